// A history that several engines load, each request at its own time: a timer meets no conversation
// that began before it, and fires all the same.
#include "tests/simulation/cluster.h"

namespace holdfast {
namespace {

constexpr std::int64_t began_ms = 1'290'000'000'000, hour_ms = 3'600'000;

void let_it_be(Cluster& cluster, std::int64_t hours) {
    cluster.own_time = known<Time>(began_ms + hours * hour_ms);
}

void hold(Cluster& cluster, const std::string& reservation) {
    cluster.send<Stock>(
        "hold-" + reservation, "B",
        stock::Reserve{id<ReservationId>(reservation), known<Quantity>(1), {}, {}, {}, {}});
}

// All at once, an hour between two: later than any of their deadlines.
void check_out_by_the_hour(Cluster& cluster) {
    for (std::size_t n = 0; n < carts; ++n) {
        let_it_be(cluster, static_cast<std::int64_t>(n));
        cluster.send<Cart>("complete-" + cart_of(n), cart_of(n),
                           complete(cart_of(n), 250, "tok_approve"));
    }
}

TEST(OwnTimes, of_several_engines_fire_no_timer_into_a_conversation_and_each_at_its_time) {
    constexpr std::uint64_t schedules = 500;
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Cluster cluster(seed, true);
        let_it_be(cluster, 0);
        open_shop(cluster);
        check_out_by_the_hour(cluster);
        for (int i = 0; i < 400; ++i) cluster.stumble();
        cluster.settle();
        EXPECT_EQ((count_of<Order, order::Confirmed>(cluster)), 4);
        EXPECT_EQ((count_of<Order, order::GivenUp>(cluster)), 0);
        hold(cluster, "held");
        cluster.settle();
        EXPECT_EQ((count_of<Stock, stock::Expired>(cluster)), 0);
        let_it_be(cluster, carts);
        cluster.send<Stock>("a day's end", "A", receive(1));
        cluster.settle();
        EXPECT_EQ((count_of<Stock, stock::Expired>(cluster)), 1);
        const auto states = cluster.states();
        for (const auto& state : states) EXPECT_TRUE(state == states.front());
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace holdfast
