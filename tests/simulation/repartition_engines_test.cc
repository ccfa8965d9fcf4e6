// Several engines on a history that came from other partitions: they follow it, lead it, and say
// nothing again of what was said there.
#include "tests/simulation/cluster.h"
#include "tests/support/moved.h"

namespace holdfast {
namespace {

// One order sold and one cart open, in four partitions.
void sell(DrivenEngine& shop) {
    const std::vector<Line> lines{line("X", 1, 100), line("Y", 1, 100), line("Z", 1, 100)};
    for (const auto* sku : {"X", "Y", "Z"}) receive(shop, sku, 9);
    fill_cart(shop, "sold", lines);
    complete(shop, "sold", 300, "tok_approve");
    shop.run();
    fill_cart(shop, "open", lines);
    shop.kill();
}

// Not all that was sent is always confirmed: then it goes on.
void move_into(kafka::SimulatedBrokers& brokers, const DrivenEngine& shop) {
    for (int tries = 0;; ++tries) {
        kafka::DrivenKafkaLog to(brokers, all_partitions());
        ASSERT_TRUE(to.read_to_end());
        const auto copied = moved(shop.log, to, partitions_each);
        if (copied) break;
        ASSERT_LT(tries, 1'000) << copied.error().detail;
    }
    kafka::DrivenKafkaLog copy(brokers, all_partitions());
    ASSERT_TRUE(copy.read_to_end());
    expect_the_same_streams(shop.log, copy);
}

TEST(EnginesInOtherPartitions, decide_once_and_agree_whatever_becomes_of_them) {
    constexpr std::uint64_t schedules = 200;
    DrivenEngine shop(1);
    sell(shop);
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Cluster cluster(seed, [&](auto& brokers) { move_into(brokers, shop); });
        open_shop(cluster);
        check_out(cluster);
        cluster.send<Cart>("complete-open", "open", complete("open", 300, "tok_approve"));
        cluster.send<Cart>("complete-sold", "sold", complete("sold", 300, "tok_approve"));
        for (int i = 0; i < 400; ++i) cluster.stumble();
        cluster.settle();
        EXPECT_EQ(cluster.answers().at("complete-sold").how, Taken::repeated);
        EXPECT_EQ((count_of<Order, order::Confirmed>(cluster)), 4 + 2);
        EXPECT_EQ((count_of<Order, order::Refused>(cluster)), 2);
        EXPECT_EQ((count_of<Cart, cart::Converted>(cluster)), 4 + 2);
        EXPECT_EQ((count_of<Payment, payment::Authorized>(cluster)), 4 + 2);
        EXPECT_EQ((count_of<Stock, stock::Committed>(cluster)), 2 * 4 + 3 * 2);
        cluster.ask_all_again();
        const auto states = cluster.states();
        for (const auto& state : states) EXPECT_TRUE(state == states.front());
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace holdfast
