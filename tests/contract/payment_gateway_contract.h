// What every PaymentGateway keeps, on any line to it. An adapter's test names a fixture:
//
//     struct Fixture { PaymentGateway& gateway(); };  // it knows the sandbox's tokens
//     INSTANTIATE_TYPED_TEST_SUITE_P(Sandbox, PaymentGatewayContract, Fixture);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/ports/payment_gateway.h"

namespace holdfast {

template <class Fixture> class PaymentGatewayContract : public testing::Test {
protected:
    static GatewayRequest request(std::string operation, std::string token,
                                  GatewayRequest::Kind kind = GatewayRequest::authorization) {
        return {kind, "payment", std::move(operation), std::move(token), 1'999, "GBP", 1, 0};
    }

    // All that is heard of one attempt within a minute.
    std::vector<GatewayAnswer> ask_once(GatewayRequest asked, std::uint32_t attempt) {
        auto heard = std::make_shared<std::vector<GatewayAnswer>>();
        asked.attempt = attempt;
        asked.at_ms = now_ms_;
        fixture_.gateway().ask(asked,
                               [heard](const GatewayAnswer& what) { heard->push_back(what); });
        const auto until_ms = now_ms_ + 60'000;
        for (; now_ms_ < until_ms; now_ms_ += 100) fixture_.gateway().step(now_ms_);
        return *heard;
    }

    // Asks, as an engine does, until the answer is definite; unknown when it never is.
    GatewayAnswer ask(const GatewayRequest& asked) {
        for (std::uint32_t attempt = 1; attempt <= 40; ++attempt)
            for (const auto& answer : ask_once(asked, attempt))
                if (answer.outcome != GatewayAnswer::unknown) return answer;
        return {};
    }

    Fixture fixture_;
    std::int64_t now_ms_ = 1'000'000;
};

TYPED_TEST_SUITE_P(PaymentGatewayContract);

TYPED_TEST_P(PaymentGatewayContract, names_what_it_did) {
    const auto answer = this->ask(this->request("one", "tok_approve"));
    EXPECT_EQ(answer.outcome, GatewayAnswer::succeeded);
    EXPECT_FALSE(answer.reference.empty());
    EXPECT_LE(answer.reference.size(), 200U);
    EXPECT_NE(this->ask(this->request("two", "tok_approve")).reference, answer.reference);
    auto of_another_payment = this->request("one", "tok_approve");
    of_another_payment.payment = "another";
    EXPECT_NE(this->ask(of_another_payment).reference, answer.reference);
}

TYPED_TEST_P(PaymentGatewayContract, says_why_not) {
    const auto answer = this->ask(this->request("one", "tok_decline"));
    EXPECT_EQ(answer.outcome, GatewayAnswer::failed);
    EXPECT_FALSE(answer.detail.empty());
    EXPECT_LE(answer.detail.size(), 200U);
}

TYPED_TEST_P(PaymentGatewayContract, gives_one_definite_answer_however_often_it_is_asked) {
    for (const auto* token : {"tok_approve", "tok_decline", "tok_unknown_then_approve"}) {
        const auto definite = this->ask(this->request(token, token));
        for (std::uint32_t attempt = 2; attempt < 12; ++attempt)
            for (const auto& again : this->ask_once(this->request(token, token), attempt)) {
                if (again.outcome == GatewayAnswer::unknown) continue;
                EXPECT_EQ(again.outcome, definite.outcome) << token;
                EXPECT_EQ(again.reference, definite.reference) << token;
            }
    }
}

TYPED_TEST_P(PaymentGatewayContract, may_know_only_when_it_is_asked_again) {
    for (const auto& answer : this->ask_once(this->request("one", "tok_unknown_then_approve"), 1))
        EXPECT_EQ(answer.outcome, GatewayAnswer::unknown);
    EXPECT_EQ(this->ask(this->request("one", "tok_unknown_then_approve")).outcome,
              GatewayAnswer::succeeded);
}

TYPED_TEST_P(PaymentGatewayContract, may_never_answer) {
    for (const auto& answer : this->ask_once(this->request("one", "tok_timeout"), 1))
        EXPECT_EQ(answer.outcome, GatewayAnswer::unknown);
    EXPECT_EQ(this->ask(this->request("one", "tok_timeout")).outcome, GatewayAnswer::unknown);
}

TYPED_TEST_P(PaymentGatewayContract, may_refuse_the_next_step_of_what_it_authorized) {
    using Kind = GatewayRequest::Kind;
    const auto after = [&](const std::string& token, Kind kind) {
        EXPECT_EQ(this->ask(this->request("first " + token, token)).outcome,
                  GatewayAnswer::succeeded);
        return this->ask(this->request("then " + token, token, kind)).outcome;
    };
    EXPECT_EQ(after("tok_capture_fails", Kind::capture), GatewayAnswer::failed);
    EXPECT_EQ(after("tok_void_fails", Kind::void_), GatewayAnswer::failed);
    EXPECT_EQ(after("tok_refund_fails", Kind::refund), GatewayAnswer::failed);
    EXPECT_EQ(after("tok_approve", Kind::capture), GatewayAnswer::succeeded);
}

TYPED_TEST_P(PaymentGatewayContract, says_when_the_next_answer_is_due) {
    int heard = 0;
    for (int i = 0; i < 20; ++i) {
        auto asked = this->request(std::to_string(i), "tok_slow");
        asked.at_ms = this->now_ms_ + i;
        this->fixture_.gateway().ask(asked, [&](const GatewayAnswer&) { ++heard; });
    }
    while (const auto next = this->fixture_.gateway().step(this->now_ms_)) {
        EXPECT_GE(*next, this->now_ms_);
        this->now_ms_ = *next;
    }
    EXPECT_GT(heard, 0);
}

REGISTER_TYPED_TEST_SUITE_P(PaymentGatewayContract, names_what_it_did, says_why_not,
                            gives_one_definite_answer_however_often_it_is_asked,
                            may_know_only_when_it_is_asked_again, may_never_answer,
                            may_refuse_the_next_step_of_what_it_authorized,
                            says_when_the_next_answer_is_due);

}  // namespace holdfast
