// What all command sources keep. An adapter's test names a fixture:
//
//     struct Fixture {
//         CommandSource& source();
//         void produce(PartitionId at, const CommandMessage& message);  // and it is there
//         void delete_below(PartitionId at, std::uint64_t offset);
//     };
#pragma once

#include <gtest/gtest.h>

#include "engine/ports/command_source.h"
#include "tests/support/eventually.h"

namespace holdfast {

template <class Fixture> class CommandSourceContract : public testing::Test {
protected:
    static constexpr PartitionId here{1, 0}, there{2, 1};
    using Taken = std::expected<std::optional<CommandMessage>, Error>;

    CommandMessage produce(PartitionId at, CommandMessage message) {
        fixture_.produce(at, message);
        message.offset = next_[at]++;
        return message;
    }
    void begin(PartitionId at, std::uint64_t offset) {
        const auto begun = fixture_.source().begin(at, offset);
        ASSERT_TRUE(begun) << begun.error().detail;
    }
    // A message or an Error, once there is one.
    Taken take(PartitionId at) {
        Taken taken;
        eventually([&] {
            taken = fixture_.source().take(at);
            return !taken || taken->has_value();
        });
        return taken;
    }
    void expect(PartitionId at, const CommandMessage& message) {
        const auto taken = take(at);
        ASSERT_TRUE(taken) << taken.error().detail;
        ASSERT_TRUE(*taken);
        EXPECT_EQ(**taken, message);
    }
    CommandSource& source() { return fixture_.source(); }
    Fixture fixture_;
    std::map<PartitionId, std::uint64_t> next_;
};
TYPED_TEST_SUITE_P(CommandSourceContract);

TYPED_TEST_P(CommandSourceContract, gives_what_was_produced_byte_by_byte_in_its_order) {
    const auto at = this->here;
    const auto first = this->produce(
        at, {0, "key", {{"name", "a value"}, {"name", "another"}, {"empty", ""}}, "text"});
    this->begin(at, 0);
    this->expect(at, first);
    const auto second = this->produce(at, {0, std::string("\0\xff", 2), {}, std::string(9, '\0')});
    const auto third = this->produce(at, {0, "", {}, ""});
    const auto large = this->produce(at, {0, "k", {}, std::string(1'500'000, 'x')});
    this->expect(at, second);
    this->expect(at, third);
    this->expect(at, large);
}

TYPED_TEST_P(CommandSourceContract, begins_where_it_is_told_to_as_often_as_it_is) {
    const auto at = this->here;
    std::vector<CommandMessage> all;
    for (int i = 0; i < 5; ++i) all.push_back(this->produce(at, {0, "key", {}, std::to_string(i)}));
    this->begin(at, 3);
    this->expect(at, all[3]);
    this->begin(at, 1);
    for (std::size_t i = 1; i < all.size(); ++i) this->expect(at, all[i]);
    EXPECT_EQ(this->source().end_offset(at), 5U);
    this->source().end(at);
    const auto nothing = this->source().take(at);
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing);
    EXPECT_FALSE(this->source().end_offset(at));
}

TYPED_TEST_P(CommandSourceContract, keeps_partitions_apart) {
    const auto one = this->produce(this->here, {0, "one", {}, "1"});
    const auto two = this->produce(this->there, {0, "two", {}, "2"});
    this->begin(this->here, 0);
    this->begin(this->there, 0);
    this->expect(this->there, two);
    this->expect(this->here, one);
}

TYPED_TEST_P(CommandSourceContract, says_that_messages_were_deleted_and_skips_none) {
    const auto at = this->here;
    for (int i = 0; i < 4; ++i) this->produce(at, {0, "key", {}, std::to_string(i)});
    this->fixture_.delete_below(at, 3);
    this->begin(at, 1);
    const auto taken = this->take(at);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Error::damaged) << taken.error().detail;
    const auto nothing = this->source().take(at);
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing);
    this->begin(at, 3);
    this->expect(at, {3, "key", {}, "3"});
}

TYPED_TEST_P(CommandSourceContract, says_that_the_topic_does_not_reach_up_to_what_is_next) {
    const auto at = this->here;
    this->produce(at, {0, "key", {}, "0"});
    this->begin(at, 7);
    const auto taken = this->take(at);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Error::damaged) << taken.error().detail;
}

REGISTER_TYPED_TEST_SUITE_P(CommandSourceContract,
                            gives_what_was_produced_byte_by_byte_in_its_order,
                            begins_where_it_is_told_to_as_often_as_it_is, keeps_partitions_apart,
                            says_that_messages_were_deleted_and_skips_none,
                            says_that_the_topic_does_not_reach_up_to_what_is_next);

}  // namespace holdfast
