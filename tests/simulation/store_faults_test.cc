// A state store that does not answer, or holds what cannot be read: nothing is decided on a guess.
#include "engine/runtime/rows.h"
#include "engine/runtime/streams.h"
#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

constexpr simulated::StoreFaults no_reads{.read_unavailable = 1'000};
constexpr int stocked = 10, held = 4;

class StoreFaults : public testing::Test {
protected:
    static void reserve(DrivenEngine& shop, const std::string& reservation, std::int64_t quantity) {
        shop.post<Stock>(
            "reserve-" + reservation, "A",
            stock::Reserve{
                id<ReservationId>(reservation), known<Quantity>(quantity), {}, {}, {}, {}});
    }
    // Some stock, a part of it held, all of it in the store and none in memory.
    static void open(DrivenEngine& shop) {
        receive(shop, "A", stocked);
        reserve(shop, "held", held);
        shop.run();
        shop.state();
        shop.crash();
    }
    static Error step_that_fails(DrivenEngine& shop) {
        for (const auto& shard : shop.engine().shards())
            if (const auto stepped = shop.engine().step(*shard); !stepped) return stepped.error();
        ADD_FAILURE() << "every shard went on";
        return {};
    }
    static std::vector<Sequence> ends(DrivenEngine& shop) {
        std::vector<Sequence> ends;
        for (std::uint8_t context = 1; context <= contexts_count; ++context)
            for (std::uint16_t p = 0; p < shop.settings.partitions; ++p)
                ends.push_back(shop.log.end({context, p}));
        return ends;
    }
    static void start_without_faults(DrivenEngine& shop) {
        shop.kill();
        shop.store.set_faults({});
        shop.start();
    }
    static fb::Outcome outcome_of_reserving(DrivenEngine& shop, const std::string& reservation,
                                            std::int64_t quantity) {
        reserve(shop, reservation, quantity);
        shop.run();
        return shop.decision<Stock>("reserve-" + reservation).header.outcome;
    }
};

TEST_F(StoreFaults, at_a_timer_stop_the_shard_before_it_decides) {
    DrivenEngine shop(1);
    open(shop);
    const auto before = ends(shop);
    shop.store.set_faults(no_reads);
    shop.clock.pass(shop.policy.reservation_ttl_ms.raw());
    EXPECT_EQ(step_that_fails(shop).code, Error::unavailable);
    EXPECT_EQ(ends(shop), before);
    start_without_faults(shop);
    shop.run();
    EXPECT_EQ((events<Stock, stock::Expired>(shop, "A").size()), 1U);
    EXPECT_EQ(outcome_of_reserving(shop, "all", stocked), fb::Outcome::accepted);
}

TEST_F(StoreFaults, at_a_command_stop_the_shard_before_it_decides) {
    DrivenEngine shop(2);
    open(shop);
    const auto before = ends(shop);
    shop.store.set_faults(no_reads);
    reserve(shop, "rest", stocked - held);
    EXPECT_EQ(step_that_fails(shop).code, Error::unavailable);
    EXPECT_EQ(ends(shop), before);
    start_without_faults(shop);
    EXPECT_EQ(outcome_of_reserving(shop, "rest", stocked - held), fb::Outcome::accepted);
    EXPECT_EQ(outcome_of_reserving(shop, "more", 1), fb::Outcome::refused);
}

TEST_F(StoreFaults, leave_no_stream_in_memory_that_was_not_loaded) {
    DrivenEngine shop(3);
    open(shop);
    Memory memory{1 << 20};
    Streams<Stock> streams(shop.engine().partition_of(Stock::number, "A"), shop.store, memory);
    const std::vector<std::string> keys{"new", "A", "A"};
    shop.store.set_faults(no_reads);
    EXPECT_FALSE(streams.load(keys));
    EXPECT_EQ(streams.bytes(), 0U);
    EXPECT_EQ(memory.bytes, 0U);
    shop.store.set_faults({});
    const auto loaded = streams.load(keys);
    ASSERT_TRUE(loaded);
    EXPECT_EQ((*loaded)[0]->version, 0U);
    EXPECT_EQ((*loaded)[1]->version, 2U);
    EXPECT_EQ((*loaded)[1], (*loaded)[2]);
}

TEST_F(StoreFaults, in_the_row_of_an_id_stop_the_shard_before_a_repeat_is_decided_again) {
    for (const auto kind : {RowKind::id, RowKind::natural_id}) {
        SCOPED_TRACE(static_cast<char>(kind));
        DrivenEngine shop(5);
        open(shop);
        const bool natural = kind == RowKind::natural_id;
        std::string row;
        make_id_row(row_prefix(shop.engine().partition_of(Stock::number, "A"), kind),
                    natural ? wire::command_id("A", "m1") : wire::command_id("test", "receive-A"),
                    row);
        ASSERT_TRUE(shop.store.get(std::vector{row}).value().front());
        ASSERT_TRUE(shop.store.ingest({{row, "?"}}));
        const auto before = ends(shop);
        shop.post<Stock>(natural ? "receive-again" : "receive-A", "A", receive(stocked));
        EXPECT_EQ(step_that_fails(shop).code, Error::damaged);
        EXPECT_EQ(ends(shop), before);
    }
}

TEST_F(StoreFaults, in_a_row_of_a_child_are_met_again_at_every_look) {
    DrivenEngine shop(4);
    open(shop);
    const auto at = shop.engine().partition_of(Stock::number, "A");
    for (const auto* child : {"", "held"}) {
        SCOPED_TRACE(child);
        const auto row = children_of(at, "A") + child;
        const auto stored = shop.store.get(std::vector{row}).value().front();
        ASSERT_TRUE(stored);
        ASSERT_TRUE(shop.store.ingest({{row, "?"}}));
        Memory memory{1 << 20};
        Streams<Stock> streams(at, shop.store, memory);
        for (int look = 0; look < 2; ++look) {
            const auto loaded = streams.load(std::vector<std::string>{"A"});
            ASSERT_FALSE(loaded);
            EXPECT_EQ(loaded.error().code, Error::damaged);
        }
        ASSERT_TRUE(shop.store.ingest({{row, *stored}}));
        EXPECT_TRUE(streams.load(std::vector<std::string>{"A"}));
    }
}

}  // namespace
}  // namespace holdfast
