// What all Peers keep, whatever is between them. An adapter's test names a fixture:
//
//     struct Fixture {
//         Peers& peers();
//         std::string address();  // of a peer that answers by serve
//         Serve serve;            // set before the first question
//         void run();             // until everything is told that can be
//     };
#pragma once

#include <future>

#include <gtest/gtest.h>

#include "engine/ports/peers.h"

namespace holdfast {

using Serve = std::function<void(PeerQuestion, PeerTold)>;

inline PeerAnswer answer_to(const PeerQuestion& question) {
    const auto* bytes = reinterpret_cast<const std::byte*>(question.command.data());
    return {1, question.to.partition, {bytes, bytes + question.command.size()}};
}

template <class Fixture> class PeersContract : public testing::Test {
protected:
    using Told = std::future<std::expected<PeerAnswer, Error>>;
    Told ask(const std::string& address, PeerQuestion question) {
        const auto promise = std::make_shared<std::promise<std::expected<PeerAnswer, Error>>>();
        fixture_.peers().ask(address, std::move(question),
                             [promise](auto answer) { promise->set_value(std::move(answer)); });
        return promise->get_future();
    }
    Fixture fixture_;
};
TYPED_TEST_SUITE_P(PeersContract);

TYPED_TEST_P(PeersContract, tell_what_the_other_engine_answers) {
    std::vector<PeerQuestion> heard;
    this->fixture_.serve = [&](const PeerQuestion& question, const PeerTold& told) {
        heard.push_back(question);
        told(answer_to(question));
    };
    const std::vector<PeerQuestion> asked{{{1, 3}, std::string(100'000, 'x'), 7, {}},
                                          {{5, 255}, "", {}, {1, 2}}};
    for (const auto& question : asked) {
        auto told = this->ask(this->fixture_.address(), question);
        this->fixture_.run();
        EXPECT_EQ(told.get(), answer_to(question));
    }
    EXPECT_EQ(heard, asked);
}

TYPED_TEST_P(PeersContract, tell_why_the_other_engine_does_not) {
    auto code = Error::conflict;
    this->fixture_.serve = [&](const PeerQuestion&, const PeerTold& told) {
        told(std::unexpected(Error{code, "so it is"}));
    };
    for (const auto why :
         {Error::conflict, Error::unavailable, Error::damaged, Error::refused, Error::overloaded}) {
        code = why;
        auto told = this->ask(this->fixture_.address(), {{1, 0}, "x"});
        this->fixture_.run();
        const auto answer = told.get();
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, why);
        EXPECT_EQ(answer.error().detail, "so it is");
    }
}

TYPED_TEST_P(PeersContract, keep_the_order_of_what_goes_to_one_partition) {
    std::vector<std::string> heard;
    this->fixture_.serve = [&](const PeerQuestion& question, const PeerTold& told) {
        heard.push_back(question.command);
        told(answer_to(question));
    };
    std::vector<std::string> asked;
    std::vector<typename PeersContract<TypeParam>::Told> told;
    for (int i = 0; i < 1'000; ++i) {
        asked.push_back(std::to_string(i));
        told.push_back(this->ask(this->fixture_.address(), {{1, 0}, asked.back()}));
    }
    this->fixture_.run();
    for (auto& one : told) EXPECT_TRUE(one.get());
    EXPECT_EQ(heard, asked);
}

TYPED_TEST_P(PeersContract, say_that_nothing_was_decided_where_nobody_is) {
    for (const std::string nowhere : {"127.0.0.1:1", "127.0.0.1", "", ":", "[::1]:99999"}) {
        auto told = this->ask(nowhere, {{1, 0}, "x"});
        this->fixture_.run();
        const auto answer = told.get();
        ASSERT_FALSE(answer) << nowhere;
        EXPECT_EQ(answer.error().code, Error::conflict) << nowhere;
    }
}

REGISTER_TYPED_TEST_SUITE_P(PeersContract, tell_what_the_other_engine_answers,
                            tell_why_the_other_engine_does_not,
                            keep_the_order_of_what_goes_to_one_partition,
                            say_that_nothing_was_decided_where_nobody_is);

}  // namespace holdfast
