#include "engine/runtime/deciding.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace holdfast {
namespace {

// Memory that outlives an engine; what an engine wrote there when it died.
class Dying : public testing::Test {
protected:
    void die_of(const InputId& input, std::size_t shard = 0) {
        Deciding deciding(memory());
        auto place = deciding.place(shard);
        place.begin(InputId{1, 1});
        place.end();
        place.begin(input);
    }
    bool is_poison(const InputId& input) {
        Deciding deciding(memory());
        return deciding.place(0).is_poison(input);
    }
    std::span<std::byte> memory() { return std::as_writable_bytes(std::span(&page_, 1)); }

    Deciding::Page page_{};
    static constexpr InputId bad{7, 9};
};

TEST_F(Dying, makes_poison_of_what_was_decided_the_second_time) {
    EXPECT_FALSE(is_poison(bad));
    die_of(bad);
    EXPECT_FALSE(is_poison(bad));
    EXPECT_FALSE(is_poison(bad)) << "a start is no death";
    die_of(bad);
    EXPECT_TRUE(is_poison(bad));
    EXPECT_TRUE(is_poison(bad)) << "from then on";
    EXPECT_FALSE(is_poison(InputId{9, 7}));
    EXPECT_FALSE(is_poison(InputId{1, 1})) << "that one had ended";
}

TEST_F(Dying, is_counted_for_each_shard_whichever_decides_it_next) {
    die_of(bad, 3);
    die_of(bad, 0);
    EXPECT_TRUE(is_poison(bad));
}

TEST_F(Dying, of_two_things_once_makes_poison_of_neither) {
    die_of(bad);
    die_of(InputId{9, 7});
    EXPECT_FALSE(is_poison(bad));
    EXPECT_FALSE(is_poison(InputId{9, 7}));
}

TEST_F(Dying, is_forgotten_when_there_were_many_since) {
    die_of(bad);
    for (std::uint64_t n = 0; n < Deciding::deaths_max; ++n) die_of(InputId{1'000, n});
    EXPECT_EQ(Deciding(memory()).deaths().size(), Deciding::deaths_max);
    die_of(bad);
    EXPECT_FALSE(is_poison(bad));
    die_of(bad);
    EXPECT_TRUE(is_poison(bad));
}

TEST_F(Dying, is_not_read_out_of_memory_that_says_something_else) {
    std::ranges::fill(memory(), std::byte{0xA5});
    EXPECT_TRUE(Deciding(memory()).deaths().empty());
    die_of(bad);
    EXPECT_EQ(Deciding(memory()).deaths().size(), 1U);
}

TEST_F(Dying, leaves_nothing_without_memory) {
    Deciding deciding({});
    auto place = deciding.place(0);
    place.begin(bad);
    EXPECT_FALSE(place.is_poison(bad));
    EXPECT_TRUE(deciding.deaths().empty());
}

TEST_F(Dying, is_not_what_ending_by_its_own_will_is) {
    for (int end = 0; end < 3; ++end) {
        Deciding deciding(memory());
        deciding.place(0).begin(bad);
        deciding.end();
        deciding.place(1).begin(InputId{2, 2});  // another thread does not know yet
    }
    EXPECT_FALSE(is_poison(bad));
    EXPECT_FALSE(is_poison(InputId{2, 2}));
    die_of(bad);
    die_of(bad);
    EXPECT_TRUE(is_poison(bad)) << "deaths after that count";
}

}  // namespace
}  // namespace holdfast
