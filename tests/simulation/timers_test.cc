// Timers of a whole engine: each fires until it has nothing left to do, and none goes round idly.
#include "engine/runtime/rows.h"
#include "engine/wire/state.h"
#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

void reserve(DrivenEngine& shop, const std::string& reservation, std::int64_t quantity) {
    shop.post<Stock>(
        "reserve-" + reservation, "A",
        stock::Reserve{id<ReservationId>(reservation), known<Quantity>(quantity), {}, {}, {}, {}});
}

TEST(Timers, end_every_hold_that_is_due_at_one_instant) {
    constexpr int holds = 200;  // more than one decision expires
    DrivenEngine shop(1);
    receive(shop, "A", holds);
    for (int i = 0; i < holds; ++i) reserve(shop, "r" + std::to_string(i), 1);
    shop.run();
    shop.clock.pass(shop.policy.reservation_ttl_ms.raw());
    shop.run();
    EXPECT_EQ((events<Stock, stock::Expired>(shop, "A").size()), std::size_t{holds});
    reserve(shop, "all", holds);
    shop.run();
    EXPECT_EQ(shop.decision<Stock>("reserve-all").header.outcome, fb::Outcome::accepted);
}

// A row that says that the stream is due, though nothing in it is.
void make_due(DrivenEngine& shop, const std::string& sku) {
    shop.state();
    const auto at = shop.engine().partition_of(Stock::number, sku);
    const auto due = known<Time>(shop.clock.now_ms());
    const auto row = stream_row(at, sku);
    const auto stored = shop.store.get(std::vector{row}).value().front().value();
    std::string_view bytes = stored;
    const auto version = wire::decode<Version>(bytes);
    ASSERT_TRUE(wire::decode<std::optional<Time>>(bytes));
    std::string changed;
    wire::encode(changed, *version);
    wire::encode(changed, std::optional(due));
    changed.append(bytes);
    ASSERT_TRUE(shop.store.ingest({{row, changed}, {timer_row(at, due, sku), ""}}));
    shop.crash();
}

TEST(Timers, without_an_effect_are_tried_again_and_do_not_go_round) {
    DrivenEngine shop(2);
    receive(shop, "A", 1);
    make_due(shop, "A");
    const auto at = shop.engine().partition_of(Stock::number, "A");
    const auto records_of_a_minute = [&] {
        const auto before = shop.log.end(at);
        shop.clock.pass(60'000);
        for (int round = 0; round < 100; ++round) shop.step();
        return shop.log.end(at) - before;
    };
    EXPECT_EQ(records_of_a_minute(), 1U);
    EXPECT_EQ(records_of_a_minute(), 1U);
}

}  // namespace
}  // namespace holdfast
