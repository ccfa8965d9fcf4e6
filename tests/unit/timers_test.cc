#include "engine/runtime/timers.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using Keys = std::vector<std::string>;
constexpr std::size_t all = 100;

Time at(std::int64_t ms) { return known<Time>(ms); }

TEST(Timers, are_due_by_time_and_then_by_key) {
    Timers timers;
    timers.change("c", {}, at(10));
    timers.change("b", {}, at(20));
    timers.change("a", {}, at(20));
    EXPECT_EQ(timers.next(), at(10));
    EXPECT_EQ(timers.take_due(at(9), all), Keys{});
    EXPECT_EQ(timers.take_due(at(20), 2), (Keys{"c", "a"}));
    EXPECT_EQ(timers.next(), at(20)) << "b was not given out";
    EXPECT_EQ(timers.take_due(at(20), all), Keys{"b"});
    EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(Timers, are_given_out_again_when_they_have_landed) {
    Timers timers;
    timers.change("a", {}, at(10));
    EXPECT_EQ(timers.take_due(at(10), all), Keys{"a"});
    EXPECT_EQ(timers.take_due(at(1'000), all), Keys{}) << "one round at a time";
    timers.landed("a");
    EXPECT_EQ(timers.next(), at(10));
    EXPECT_EQ(timers.take_due(at(10), all), Keys{"a"});
}

TEST(Timers, wait_when_they_are_told_to) {
    Timers timers;
    timers.change("a", {}, at(10));
    timers.change("b", {}, at(30));
    EXPECT_EQ(timers.take_due(at(10), all), Keys{"a"});
    timers.wait("a", at(40));
    EXPECT_EQ(timers.next(), at(30));
    EXPECT_EQ(timers.take_due(at(39), all), Keys{"b"});
    EXPECT_EQ(timers.next(), at(40));
    EXPECT_EQ(timers.take_due(at(40), all), Keys{"a"});
    EXPECT_EQ(timers.take_due(at(1'000), all), Keys{}) << "one round at a time";
}

TEST(Timers, that_moved_wait_no_longer) {
    Timers timers;
    timers.change("a", {}, at(10));
    EXPECT_EQ(timers.take_due(at(10), all), Keys{"a"});
    timers.wait("a", at(1'000));
    timers.change("a", at(10), at(20));
    timers.landed("a");
    EXPECT_EQ(timers.take_due(at(20), all), Keys{"a"});
    timers.change("a", at(20), {});
    timers.landed("a");
    EXPECT_EQ(timers.next(), std::nullopt);
}

}  // namespace
}  // namespace holdfast
