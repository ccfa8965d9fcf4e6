// What every KeyStore keeps, wherever its keys are. An adapter's test names a fixture:
//
//     struct Fixture {
//         KeyStore& keys();                       // empty at first
//         void restart();                         // keys() is another object on the same keys
//     };
//     INSTANTIATE_TYPED_TEST_SUITE_P(Files, KeyStoreContract, Fixture);
//     INSTANTIATE_TYPED_TEST_SUITE_P(Files, KeyStoreOfThreads, Fixture);  // if it has threads
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "engine/ports/key_store.h"

namespace holdfast {

template <class Fixture> class KeyStoreContract : public testing::Test {
protected:
    KeyStore& keys() { return fixture_.keys(); }
    void restart() { fixture_.restart(); }

    void prepare(const std::string& subject) {
        const auto prepared = keys().prepare({subject});
        EXPECT_TRUE(prepared) << prepared.error().detail;
    }
    Box seal(const std::string& subject, std::string_view text) {
        prepare(subject);
        const auto sealed = keys().seal(subject, text);
        EXPECT_TRUE(sealed) << sealed.error().detail;
        return sealed ? sealed->value() : Box();
    }
    std::optional<std::string> open(std::string_view subject, const Box& box) {
        auto opened = keys().open(subject, box);
        EXPECT_TRUE(opened) << opened.error().detail;
        return opened ? *std::move(opened) : std::nullopt;
    }
    std::uint64_t fingerprint(const std::string& subject, std::string_view text) {
        prepare(subject);
        const auto number = keys().fingerprint(subject, text);
        EXPECT_TRUE(number) << number.error().detail;
        return number ? number->value() : 0;
    }
    void forget(const std::string& subject) {
        const auto forgotten = keys().forget({subject});
        EXPECT_TRUE(forgotten) << forgotten.error().detail;
    }

private:
    Fixture fixture_;
};

TYPED_TEST_SUITE_P(KeyStoreContract);

TYPED_TEST_P(KeyStoreContract, opens_what_it_sealed) {
    using namespace std::string_literals;
    for (const auto& text : {""s, "Ann, 1 High Street"s, "\0\xff"s, std::string(16'000, 'x')}) {
        const auto box = this->seal("ann", text);
        EXPECT_EQ(box.size(), text.size() + box_bytes_more);
        EXPECT_EQ(this->open("ann", box), text);
    }
}

TYPED_TEST_P(KeyStoreContract, seals_nothing_without_a_key) {
    EXPECT_EQ(this->keys().seal("ann", "Ann").value(), std::nullopt);
    EXPECT_EQ(this->keys().fingerprint("ann", "Ann").value(), std::nullopt);
    ASSERT_TRUE(this->keys().prepare({"ann", "bob", "ann"}));
    EXPECT_TRUE(this->keys().seal("ann", "Ann").value());
    EXPECT_TRUE(this->keys().fingerprint("bob", "Bob").value());
    ASSERT_TRUE(this->keys().forget({"bob", "ann"}));
    EXPECT_EQ(this->keys().seal("ann", "Ann").value(), std::nullopt);
    EXPECT_EQ(this->keys().fingerprint("bob", "Bob").value(), std::nullopt);
}

TYPED_TEST_P(KeyStoreContract, hides_the_text) {
    const std::string text = "Ann, 1 High Street";
    const auto box = this->seal("ann", text);
    EXPECT_EQ(std::string(box.begin(), box.end()).find("High"), std::string::npos);
}

TYPED_TEST_P(KeyStoreContract, makes_one_box_of_one_text_and_subject) {
    const auto box = this->seal("ann", "Ann, 1 High Street");
    EXPECT_EQ(this->seal("ann", "Ann, 1 High Street"), box);
    this->restart();
    EXPECT_EQ(this->seal("ann", "Ann, 1 High Street"), box);
    const auto differs_in_its_nonce = [&](const Box& other) {
        return !std::equal(box.begin() + 9, box.begin() + 33, other.begin() + 9);
    };
    EXPECT_TRUE(differs_in_its_nonce(this->seal("ann", "Ann, 2 High Street")));
    EXPECT_TRUE(differs_in_its_nonce(this->seal("bob", "Ann, 1 High Street")));
    this->forget("ann");
    EXPECT_TRUE(differs_in_its_nonce(this->seal("ann", "Ann, 1 High Street")));
}

TYPED_TEST_P(KeyStoreContract, opens_for_its_subject_only) {
    const auto box = this->seal("ann", "Ann, 1 High Street");
    EXPECT_EQ(this->open("nobody", box), std::nullopt);
    this->seal("bob", "Bob");
    EXPECT_EQ(this->open("bob", box), std::nullopt);
}

TYPED_TEST_P(KeyStoreContract, gives_no_text_for_a_box_with_any_byte_changed) {
    const auto box = this->seal("ann", "Ann");
    for (std::size_t i = 0; i < box.size(); ++i) {
        auto spoiled = box;
        spoiled[i] ^= 1;
        const auto opened = this->keys().open("ann", spoiled);
        if (opened)
            EXPECT_EQ(*opened, std::nullopt) << "byte " << i;
        else
            EXPECT_EQ(opened.error().code, Error::damaged);
    }
}

TYPED_TEST_P(KeyStoreContract, says_that_a_box_is_damaged) {
    const auto box = this->seal("ann", "Ann");
    auto spoiled = box;
    spoiled.back() ^= 1;
    auto cut = box;
    cut.pop_back();
    for (const Box& bad : {spoiled, cut, Box(box_bytes_more - 1), Box(), Box(box_bytes_more, 9)}) {
        const auto opened = this->keys().open("ann", bad);
        ASSERT_FALSE(opened) << bad.size() << " bytes";
        EXPECT_EQ(opened.error().code, Error::damaged);
    }
}

TYPED_TEST_P(KeyStoreContract, remembers_its_keys) {
    const auto box = this->seal("ann", "Ann");
    const auto number = this->fingerprint("ann", "a request");
    this->restart();
    EXPECT_EQ(this->open("ann", box), "Ann");
    EXPECT_EQ(this->fingerprint("ann", "a request"), number);
}

TYPED_TEST_P(KeyStoreContract, opens_nothing_of_a_forgotten_subject) {
    const auto ann = this->seal("ann", "Ann"), bob = this->seal("bob", "Bob");
    this->forget("ann");
    EXPECT_EQ(this->open("ann", ann), std::nullopt);
    EXPECT_EQ(this->open("bob", bob), "Bob");
    this->restart();
    EXPECT_EQ(this->open("ann", ann), std::nullopt);
    EXPECT_EQ(this->open("bob", bob), "Bob");
}

TYPED_TEST_P(KeyStoreContract, gives_a_new_key_to_one_who_comes_back) {
    const auto before = this->seal("ann", "Ann");
    const auto number = this->fingerprint("ann", "a request");
    this->forget("ann");
    const auto after = this->seal("ann", "Ann again");
    EXPECT_EQ(this->open("ann", before), std::nullopt);
    EXPECT_EQ(this->open("ann", after), "Ann again");
    EXPECT_NE(this->fingerprint("ann", "a request"), number);
}

TYPED_TEST_P(KeyStoreContract, forgets_whom_it_never_knew) {
    this->forget("nobody");
    this->forget("nobody");
}

TYPED_TEST_P(KeyStoreContract, tells_requests_apart_by_text_and_subject) {
    const auto number = this->fingerprint("ann", "a request");
    EXPECT_EQ(this->fingerprint("ann", "a request"), number);
    EXPECT_NE(this->fingerprint("ann", "another"), number);
    EXPECT_NE(this->fingerprint("bob", "a request"), number);
}

REGISTER_TYPED_TEST_SUITE_P(KeyStoreContract, opens_what_it_sealed, seals_nothing_without_a_key,
                            hides_the_text, makes_one_box_of_one_text_and_subject,
                            opens_for_its_subject_only,
                            gives_no_text_for_a_box_with_any_byte_changed,
                            says_that_a_box_is_damaged, remembers_its_keys,
                            opens_nothing_of_a_forgotten_subject,
                            gives_a_new_key_to_one_who_comes_back, forgets_whom_it_never_knew,
                            tells_requests_apart_by_text_and_subject);

template <class Fixture> class KeyStoreOfThreads : public KeyStoreContract<Fixture> {};
TYPED_TEST_SUITE_P(KeyStoreOfThreads);

TYPED_TEST_P(KeyStoreOfThreads, gives_one_key_to_all_who_ask_at_once) {
    std::mutex mutex;
    std::set<std::uint64_t> numbers;
    const auto ask = [&] {
        for (int i = 0; i < 50; ++i) {
            const auto number = this->fingerprint("ann" + std::to_string(i), "a request");
            const std::scoped_lock lock(mutex);
            numbers.insert(number);
        }
    };
    {
        const std::jthread one(ask), two(ask), three(ask);
    }
    EXPECT_EQ(numbers.size(), 50U);
}

REGISTER_TYPED_TEST_SUITE_P(KeyStoreOfThreads, gives_one_key_to_all_who_ask_at_once);

}  // namespace holdfast
