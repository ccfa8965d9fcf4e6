#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using namespace stock;

constexpr auto north = known<LocationId>("north"), south = known<LocationId>("south");
constexpr auto ann = known<ReservationId>("ann"), bob = known<ReservationId>("bob");
constexpr auto mug = known<Sku>("MUG");
constexpr auto order_1 = known<OrderId>("order-1");
constexpr Time noon = known<Time>(1'300'000'000'000), later_on = known<Time>(1'300'000'600'000);
constexpr Quantity q(std::int64_t count) { return known<Quantity>(count); }
constexpr Units u(std::int64_t count) { return known<Units>(count); }

Received received(std::int64_t count, const LocationId& location = north) {
    return {known<MovementId>("m1"), location, q(count)};
}
Reserved reserved(const ReservationId& id, Splits splits) {
    return {id, std::move(splits), no_units, later_on, {}, {}};
}

// A shop with two locations that tells of one SKU, the mug.
class StockView : public ::testing::Test, public ToldViews {
protected:
    StockView() {
        header.at_ms = noon;
        open(north);
        open(south);
    }
    void open(const LocationId& location, bool accepts_orders = true) {
        tell<Stock>(location.raw(), {LocationSet{location, known<Label>("Shop"), known<Priority>(1),
                                                 accepts_orders}});
    }
    template <class... Events> void mug_had(const Events&... events) {
        tell<Stock>("MUG", list_of<Event>(events...));
    }
    AvailabilityRow row() { return read().availability(mug).value().value(); }
    ShelfRow shelf(std::size_t place = 0) { return row().locations.at(place); }
    ReservationRow reservation(const ReservationId& id) {
        return read().reservation(mug, id).value().value();
    }
    std::vector<StockEntryRow> ledger() { return read().stock_ledger(mug, {}).value().rows; }
};

TEST_F(StockView, counts_what_was_received_as_available) {
    mug_had(received(10), received(5, south));
    EXPECT_EQ(row().available, 15);
    EXPECT_EQ(row().version, 2U);
    EXPECT_EQ(row().changed_at_ms, noon);
    EXPECT_EQ(shelf(0), (ShelfRow{.location = north, .on_hand = 10, .available = 10}));
    EXPECT_EQ(shelf(1), (ShelfRow{.location = south, .on_hand = 5, .available = 5}));
}
TEST_F(StockView, knows_no_sku_that_nothing_happened_to) {
    EXPECT_FALSE(read().availability(mug).value());
    EXPECT_FALSE(read().availability(known<Sku>("north")).value()) << "a location is no SKU";
}
TEST_F(StockView, follows_a_reservation_to_its_shipment) {
    mug_had(received(10), reserved(ann, {{north, q(4)}}));
    EXPECT_EQ(shelf().reserved, 4);
    EXPECT_EQ(row().available, 6);
    mug_had(Claimed{ann, order_1, later_on}, Committed{ann, order_1});
    EXPECT_EQ(shelf().reserved, 0);
    EXPECT_EQ(shelf().committed, 4);
    EXPECT_EQ(reservation(ann).order, order_1);
    EXPECT_EQ(reservation(ann).expires_at_ms, std::nullopt);
    mug_had(Shipped{ann, order_1, known<ShipmentId>("s"), north, q(4), no_units});
    EXPECT_EQ(shelf(), (ShelfRow{.location = north, .on_hand = 6, .available = 6}));
    EXPECT_EQ(reservation(ann).state, ReservationState::shipped);
    EXPECT_EQ(reservation(ann).quantity, 0);
}
TEST_F(StockView, frees_what_is_released_and_keeps_the_rest_held) {
    mug_had(received(10), received(10, south), reserved(ann, {{north, q(10)}, {south, q(2)}}));
    mug_had(Released{ann, {{south, q(2)}, {north, q(1)}}});
    EXPECT_EQ(shelf(0).reserved, 9);
    EXPECT_EQ(shelf(1).reserved, 0);
    EXPECT_EQ(reservation(ann).quantity, 9);
    EXPECT_EQ(reservation(ann).state, ReservationState::held);
    mug_had(Released{ann, {{north, q(9)}}});
    EXPECT_EQ(row().available, 20);
    EXPECT_EQ(reservation(ann).state, ReservationState::released);
}
TEST_F(StockView, frees_what_expired) {
    mug_had(received(3), reserved(ann, {{north, q(3)}}));
    EXPECT_EQ(row().available, 0);
    mug_had(Expired{ann});
    EXPECT_EQ(row().available, 3);
    EXPECT_EQ(reservation(ann).state, ReservationState::expired);
}
TEST_F(StockView, begins_a_reservation_anew_whose_id_was_used_before) {
    mug_had(received(3), reserved(ann, {{north, q(3)}}), Expired{ann});
    mug_had(reserved(ann, {{north, q(1)}}));
    EXPECT_EQ(reservation(ann).quantity, 1);
    EXPECT_EQ(reservation(ann).state, ReservationState::held);
}
TEST_F(StockView, adds_what_a_claim_needs_beyond_what_was_held) {
    mug_had(received(5), reserved(ann, {{north, q(2)}}));
    mug_had(reserved(ann, {{north, q(3)}}), Claimed{ann, order_1, later_on});
    EXPECT_EQ(reservation(ann).quantity, 5);
    EXPECT_EQ(reservation(ann).state, ReservationState::claimed);
    mug_had(Unclaimed{ann, order_1, later_on});
    EXPECT_EQ(reservation(ann).state, ReservationState::held);
    EXPECT_EQ(reservation(ann).order, std::nullopt);
}
TEST_F(StockView, moves_units_back_when_a_commit_is_undone) {
    mug_had(received(5), reserved(ann, {{north, q(2)}}), Committed{ann, order_1});
    mug_had(Uncommitted{ann, order_1, later_on});
    EXPECT_EQ(shelf().reserved, 2);
    EXPECT_EQ(shelf().committed, 0);
    EXPECT_EQ(reservation(ann).state, ReservationState::claimed);
}
TEST_F(StockView, offers_nothing_where_a_promise_is_short) {
    const auto count = known<MovementId>("m2");
    mug_had(received(5), reserved(ann, {{north, q(5)}}), Counted{count, north, u(3), u(5)},
            FellShort{{{ann, north, q(2)}}});
    EXPECT_EQ(shelf().on_hand, 3);
    EXPECT_EQ(shelf().short_of, 2);
    EXPECT_EQ(reservation(ann).splits.at(0).short_of, 2);
    mug_had(received(4), Healed{{{ann, north, q(2)}}});
    EXPECT_EQ(shelf().short_of, 0);
    EXPECT_EQ(shelf().available, 2);
}
TEST_F(StockView, keeps_a_shortage_within_what_a_partly_shipped_reservation_still_holds) {
    mug_had(received(5), reserved(ann, {{north, q(5)}}), Committed{ann, order_1},
            Counted{known<MovementId>("m2"), north, u(2), u(5)}, FellShort{{{ann, north, q(3)}}},
            Shipped{ann, order_1, known<ShipmentId>("s"), north, q(4), u(2)});
    EXPECT_EQ(shelf().on_hand, 0);
    EXPECT_EQ(shelf().committed, 1);
    EXPECT_EQ(shelf().short_of, 1);
}
TEST_F(StockView, keeps_damaged_and_quarantined_units_apart) {
    mug_had(received(10),
            Reclassified{known<MovementId>("m2"), north, q(3), Bin::sellable, Bin::damaged},
            Reclassified{known<MovementId>("m3"), north, q(1), Bin::damaged, Bin::quarantined},
            WrittenOff{known<MovementId>("m4"), north, q(2), Bin::damaged},
            Restocked{known<ReturnId>("r"), order_1, north, q(1), Bin::damaged});
    EXPECT_EQ(
        shelf(),
        (ShelfRow{
            .location = north, .on_hand = 9, .damaged = 1, .quarantined = 1, .available = 7}));
}
TEST_F(StockView, offers_nothing_at_a_location_that_takes_no_orders) {
    mug_had(received(10), received(5, south));
    open(north, false);
    EXPECT_EQ(row().available, 5);
    EXPECT_EQ(shelf(0).available, 10);
    EXPECT_FALSE(shelf(0).accepts_orders);
    EXPECT_EQ(read().location(north).value()->name, "Shop");
    EXPECT_EQ(read().locations({}).value().rows.size(), 2U);
}
TEST_F(StockView, takes_a_location_from_its_own_stream_alone) {
    header.origin.source = fb::Source::follow_up;
    open(known<LocationId>("west"));
    EXPECT_FALSE(read().location(known<LocationId>("west")).value());
}
TEST_F(StockView, keeps_safety_stock_back) {
    mug_had(received(10), PolicySet{u(5), no_units, {}, u(4), u(20), u(30), q(2), {}});
    EXPECT_EQ(row().available, 6);
    EXPECT_EQ(row().policy.backorder_max, 5);
    EXPECT_EQ(row().policy.cart_max, 2);
    EXPECT_EQ(row().policy.customer_max, std::nullopt);
}
TEST_F(StockView, sums_up_all_skus) {
    mug_had(received(10), reserved(ann, {{north, q(4)}}));
    tell<Stock>("CUP", {received(5)});
    tell<Stock>("CUP", {reserved(bob, {{north, q(1)}}), Committed{bob, order_1}});
    EXPECT_EQ(*read().stock_totals().value(),
              (StockTotalsRow{.skus = 2, .on_hand = 15, .reserved = 4, .committed = 1}));
}
TEST_F(StockView, lists_all_skus_in_pages) {
    for (const auto* sku : {"CUP", "JUG", "MUG"}) tell<Stock>(sku, {received(1)});
    const auto first = read().availability({.limit = 2}).value();
    ASSERT_EQ(first.rows.size(), 2U);
    EXPECT_EQ(first.rows[1].sku.raw(), "JUG");
    const auto second = views.availability({first.next, 2}).value();
    ASSERT_EQ(second.rows.size(), 1U);
    EXPECT_EQ(second.rows[0].sku.raw(), "MUG");
    EXPECT_EQ(second.next, "");
}

// ---- the ledger ----

TEST_F(StockView, writes_an_entry_for_each_effect_newest_first) {
    header.envelope.actor = "kim";
    header.envelope.reason = "delivery";
    header.envelope.reference = "PO 7";
    mug_had(received(10));
    mug_had(reserved(ann, {{north, q(4)}}), Committed{ann, order_1});
    const auto entries = ledger();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].kind, StockChange::committed);
    EXPECT_EQ(entries[0].committed, 4);
    EXPECT_EQ(entries[0].order, order_1);
    EXPECT_EQ(entries[1].kind, StockChange::reserved);
    EXPECT_EQ(entries[1].quantity, 4);
    EXPECT_EQ(entries[1].change, 0);
    EXPECT_EQ(entries[1].reserved, 4);
    EXPECT_EQ(entries[1].reservation, ann);
    const auto& receipt = entries[2];
    EXPECT_EQ(receipt.kind, StockChange::received);
    EXPECT_EQ(receipt.change, 10);
    EXPECT_EQ(receipt.on_hand, 10);
    EXPECT_EQ(receipt.movement, "m1");
    EXPECT_EQ(receipt.at_ms, noon);
    EXPECT_EQ(receipt.actor + receipt.reason + receipt.reference, "kimdeliveryPO 7");
}
TEST_F(StockView, pages_through_the_ledger_without_losing_an_entry) {
    for (int i = 0; i < 7; ++i) mug_had(received(1));
    std::vector<std::int64_t> on_hand;
    Listing listing{.limit = 3};
    do {
        const auto page = read().stock_ledger(mug, listing).value();
        for (const auto& entry : page.rows) on_hand.push_back(entry.on_hand);
        listing.cursor = page.next;
    } while (!listing.cursor.empty());
    EXPECT_EQ(on_hand, (std::vector<std::int64_t>{7, 6, 5, 4, 3, 2, 1}));
}
TEST_F(StockView, has_a_cursor_of_one_list_refused_by_another) {
    for (int i = 0; i < 3; ++i) mug_had(received(1));
    const auto cursor = read().stock_ledger(mug, {.limit = 1}).value().next;
    EXPECT_EQ(views.stock_ledger(known<Sku>("CUP"), {cursor}).error().code, Error::refused);
    EXPECT_EQ(views.stock_ledger(mug, {cursor + "A"}).error().code, Error::refused);
    EXPECT_TRUE(views.stock_ledger(mug, {cursor}));
}
// There its bytes may name another entry.
TEST_F(StockView, has_a_cursor_refused_in_another_generation_of_the_log) {
    for (int i = 0; i < 3; ++i) mug_had(received(1));
    for (const std::uint32_t generation : {1U, 2U, 3U}) {
        const auto cursor =
            read().stock_ledger(mug, {.limit = 1, .generation = generation}).value().next;
        for (const std::uint32_t other : {1U, 2U, 3U})
            EXPECT_EQ(views.stock_ledger(mug, {.cursor = cursor, .generation = other}).has_value(),
                      generation == other);
    }
}
TEST_F(StockView, sums_movements_by_month_kind_and_reason) {
    header.envelope.reason = "unmatched_return";
    mug_had(received(10));
    mug_had(received(2));
    header.envelope.asked_at_ms = known<Time>(1'291'161'600'000);  // 2010-12-01
    mug_had(Adjusted{known<MovementId>("m2"), north, known<Change>(-3)});
    const Adjust adjust{known<MovementId>("m3"), north, known<Change>(-30)};
    tell<Stock>("MUG", adjust,
                std::unexpected(stock::Refusal{Rejection::stock_is_insufficient, 9, {}}));
    const auto rows = read().movements({}).value().rows;
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0], (MovementTotalsRow{.month = "2010-12",
                                          .kind = StockChange::adjusted,
                                          .reason = "unmatched_return",
                                          .movements = 1,
                                          .refused = 1,
                                          .units_out = 3}));
    EXPECT_EQ(rows[1], (MovementTotalsRow{.month = "2011-03",
                                          .kind = StockChange::received,
                                          .reason = "unmatched_return",
                                          .movements = 2,
                                          .units_in = 12}));
}
TEST_F(StockView, takes_nothing_from_a_group_of_which_one_refused) {
    wire::Decision<Stock> group;
    group.header = header;
    group.header.outcome = fb::Outcome::refused;
    group.parts.push_back({"MUG", {}, 0, Expire{}, list_of<Event>(received(5))});
    group.parts.push_back(
        {"PEN",
         {},
         0,
         Expire{},
         std::unexpected(stock::Refusal{stock::Rejection::sku_is_unknown, 0, {}})});
    append<Stock>("MUG", group);
    EXPECT_FALSE(read().availability(mug).value());
}

}  // namespace
}  // namespace holdfast::projections
