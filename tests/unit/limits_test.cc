#include "engine/http/limits.h"

#include <vector>

#include <gtest/gtest.h>

namespace holdfast::http {
namespace {

using Time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

TEST(RateLimits, let_a_burst_pass_and_then_a_steady_rate) {
    RateLimits limits({10, 3});
    const Time start{};
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limits.charge("a", 1, start).is_within);
    EXPECT_FALSE(limits.charge("a", 1, start).is_within);
    EXPECT_FALSE(limits.charge("a", 1, start + milliseconds(99)).is_within);
    EXPECT_TRUE(limits.charge("a", 1, start + milliseconds(100)).is_within);
    EXPECT_FALSE(limits.charge("a", 1, start + milliseconds(100)).is_within);
}
TEST(RateLimits, count_each_client_alone) {
    RateLimits limits({10, 1});
    EXPECT_TRUE(limits.charge("a", 1, {}).is_within);
    EXPECT_TRUE(limits.charge("b", 1, {}).is_within);
    EXPECT_FALSE(limits.charge("a", 1, {}).is_within);
}
TEST(RateLimits, charge_a_large_request_as_many_up_to_the_burst) {
    RateLimits limits({10, 20});
    EXPECT_TRUE(limits.charge("a", 15, {}).is_within);
    EXPECT_FALSE(limits.charge("a", 15, {}).is_within);
    EXPECT_TRUE(limits.charge("b", 10'000, {}).is_within);
    EXPECT_EQ(limits.charge("b", 1, {}).remaining, 0U);
}
TEST(RateLimits, say_what_is_left_and_when_to_come_back) {
    RateLimits limits({2, 10});
    Response within(200), beyond(429);
    limits.describe(limits.charge("a", 7, {}), within);
    EXPECT_EQ(within.header_lines(),
              "RateLimit-Policy: \"client\";q=10;w=5\r\nRateLimit: \"client\";r=3;t=4\r\n");
    limits.describe(limits.charge("a", 5, {}), beyond);
    EXPECT_EQ(beyond.header_lines(),
              "RateLimit-Policy: \"client\";q=10;w=5\r\nRateLimit: \"client\";r=3;t=4\r\n"
              "Retry-After: 1\r\n");
}
TEST(RateLimits, stay_within_their_memory_and_still_limit) {
    RateLimits limits({1, 1});
    for (int i = 0; i < 70'000; ++i) limits.charge("client " + std::to_string(i), 1, {});
    EXPECT_FALSE(limits.charge("client 1", 1, {}).is_within);
    EXPECT_FALSE(limits.charge("a late one", 1, {}).is_within);  // shares with the other late ones
    EXPECT_TRUE(limits.charge("a late one", 1, Time(milliseconds(1'000))).is_within);
    EXPECT_FALSE(limits.charge("a late one", 1, Time(milliseconds(1'000))).is_within);
    EXPECT_TRUE(limits.charge("another", 1, Time(milliseconds(1'000))).is_within);
}

TEST(InFlight, sheds_carts_before_reservations_before_checkouts) {
    InFlight in_flight(8);
    std::vector<InFlight::Place> places;
    const auto fits = [&](Shedding shedding) { return in_flight.enter(shedding) != nullptr; };
    const auto fill_to = [&](std::size_t count) {
        while (places.size() < count) places.push_back(in_flight.enter(Shedding::never));
    };
    fill_to(3);
    EXPECT_TRUE(fits(Shedding::carts));
    fill_to(4);
    EXPECT_FALSE(fits(Shedding::carts));
    EXPECT_TRUE(fits(Shedding::reservations));
    fill_to(6);
    EXPECT_FALSE(fits(Shedding::reservations));
    EXPECT_TRUE(fits(Shedding::checkouts));
    fill_to(8);
    EXPECT_FALSE(fits(Shedding::checkouts));
    EXPECT_TRUE(fits(Shedding::never));
    places.clear();
    EXPECT_TRUE(fits(Shedding::carts));
}

}  // namespace
}  // namespace holdfast::http
