// What producers put into the commands topics, while engines take over from each other, die, and
// read badly: each message has one record, in the order of the topic; no command is lost, none is
// decided twice, however often it was produced or also sent over HTTP.
#include "tests/simulation/cluster.h"

namespace holdfast {
namespace {

using Offsets = std::vector<std::uint64_t>;

// Of the records of a context, by partition: the offsets they name.
template <class C> std::map<PartitionId, Offsets> recorded(Cluster& cluster) {
    std::map<PartitionId, Offsets> offsets;
    for (std::uint16_t p = 0; p < partitions_each; ++p) {
        const PartitionId at{C::number, p};
        for (const auto& batch : cluster.brokers.at(at).batches) {
            const auto view = wire::open(*batch.blob).value();
            view.each([&](Sequence, wire::RecordView record) {
                if (record.kind != fb::RecordKind::decision) return true;
                const auto header = wire::read_header(record.bytes).value();
                if (header.origin.source == fb::Source::commands_topic)
                    offsets[at].push_back(header.origin.position);
                return true;
            });
            const auto& all = offsets[at];
            EXPECT_EQ(view.header().commands_next, all.empty() ? 0 : all.back() + 1);
        }
    }
    return offsets;
}

// How often each command of a client was decided, whichever way it came.
template <class C> std::map<std::uint64_t, int> times_decided_at_all(Cluster& cluster) {
    std::map<std::uint64_t, int> times;
    for (const auto& decision : cluster.decisions<C>()) {
        const auto& header = decision.header;
        const bool is_clients = header.origin.source == fb::Source::direct ||
                                header.origin.source == fb::Source::commands_topic;
        if (is_clients && header.envelope.client == "test" &&
            header.outcome != fb::Outcome::turned_away)
            ++times[header.envelope.id.high];
    }
    return times;
}

void check_out_by_topic(Cluster& cluster) {
    for (std::size_t n = 0; n < carts; ++n) {
        auto complete_it = complete(cart_of(n), 250, "tok_approve");
        cluster.produce<Cart>("complete-" + cart_of(n), cart_of(n), complete_it);
        if (n % 2 == 0)
            cluster.send<Cart>("complete-" + cart_of(n), cart_of(n), std::move(complete_it));
    }
    for (int n = 0; n < 20; ++n)
        cluster.produce<Stock>("more-" + std::to_string(n), n % 2 == 0 ? "A" : "B", receive(1));
}

TEST(CommandsTopic, is_decided_once_message_by_message_whatever_becomes_of_the_engines) {
    constexpr std::uint64_t schedules = 500;
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Cluster cluster(seed);
        open_shop(cluster);
        for (int i = 0; i < 100; ++i) cluster.stumble();
        check_out_by_topic(cluster);
        for (int i = 0; i < 400; ++i) cluster.stumble();
        cluster.settle();
        for (const auto& [at, offsets] : recorded<Cart>(cluster))
            EXPECT_EQ(offsets, cluster.topics.offsets(at)) << wire::name_of(at);
        for (const auto& [at, offsets] : recorded<Stock>(cluster))
            EXPECT_EQ(offsets, cluster.topics.offsets(at)) << wire::name_of(at);
        const auto stock = times_decided_at_all<Stock>(cluster);
        const auto cart = times_decided_at_all<Cart>(cluster);
        EXPECT_EQ(stock.size(), 3 + 20U);  // the location and the first receipts came by HTTP
        EXPECT_EQ(cart.size(), 2 * carts);
        for (const auto& [id, times] : stock) EXPECT_EQ(times, 1) << id;
        for (const auto& [id, times] : cart) EXPECT_EQ(times, 1) << id;
        // Every cart became an order or was refused: there are A and B for four at least.
        const auto orders = count_of<Order, order::Confirmed>(cluster);
        EXPECT_GE(orders, 4);
        const auto refused = count_of<Order, order::Refused>(cluster);
        EXPECT_EQ(orders + refused, static_cast<int>(carts));
        const auto states = cluster.states();
        for (const auto& state : states) EXPECT_TRUE(state == states.front());
        if (testing::Test::HasFailure()) return;
    }
}

TEST(CommandsTopic, waits_for_a_leader_and_names_what_it_lacks) {
    Cluster cluster(1);
    open_shop(cluster);
    const PartitionId at{Cart::number, partition_of(cart_of(0), partitions_each)};
    cluster.lead_nothing();
    cluster.produce<Cart>("complete-0", cart_of(0), complete(cart_of(0), 250, "tok_approve"));
    for (int i = 0; i < 50; ++i) cluster.run_all();
    EXPECT_TRUE(recorded<Cart>(cluster)[at].empty());
    cluster.settle();
    EXPECT_EQ(recorded<Cart>(cluster)[at], cluster.topics.offsets(at));

    EXPECT_FALSE(cluster.is_stuck(at));
    const auto next = cluster.topics.end(at);
    cluster.topics.produce(at, {0, cart_of(0), {}, ""});
    cluster.topics.produce(at, {0, cart_of(0), {}, ""});
    cluster.topics.delete_below(at, next + 1);
    for (int i = 0; i < 50; ++i) cluster.run_all();
    EXPECT_TRUE(cluster.is_stuck(at));
    EXPECT_EQ(recorded<Cart>(cluster)[at].back() + 1, next);
}

}  // namespace
}  // namespace holdfast
