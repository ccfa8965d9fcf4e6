// Several engines on one log: whatever the order, each command is decided once, and all agree.
#include "tests/simulation/cluster.h"

namespace holdfast {
namespace {

template <class C> void expect_each_once(Cluster& cluster, std::size_t commands) {
    const auto times_of = times_decided<C>(cluster);
    EXPECT_EQ(times_of.size(), commands) << C::name;
    for (const auto& [id, times] : times_of) EXPECT_EQ(times, 1) << C::name << ' ' << id;
}

TEST(Engines, decide_once_and_agree_whatever_becomes_of_them) {
    constexpr std::uint64_t schedules = 2'000;
    int forwarded = 0;
    std::size_t passed_over = 0;
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Cluster cluster(seed);
        open_shop(cluster);
        check_out(cluster);
        for (int i = 0; i < 400; ++i) cluster.stumble();
        cluster.settle();
        // Eight of A, two each: four orders, whoever was first; each captured once.
        EXPECT_EQ((count_of<Order, order::Confirmed>(cluster)), 4);
        EXPECT_EQ((count_of<Order, order::Refused>(cluster)), 2);
        EXPECT_EQ((count_of<Cart, cart::Converted>(cluster)), 4);
        EXPECT_EQ((count_of<Payment, payment::Authorized>(cluster)), 4);
        expect_each_once<Stock>(cluster, 3);  // a location, two receipts
        expect_each_once<Cart>(cluster, 2 * carts);
        EXPECT_EQ(cluster.answers().size(), 3 + 2 * carts);
        cluster.ask_all_again();
        forwarded += cluster.forwarded();
        passed_over += cluster.passed_over();
        const auto states = cluster.states();
        for (const auto& state : states) EXPECT_TRUE(state == states.front());
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(forwarded, static_cast<int>(schedules * carts));
    EXPECT_GT(passed_over, schedules / 2);
}

}  // namespace
}  // namespace holdfast
