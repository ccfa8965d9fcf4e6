#include "tests/unit/stock_given.h"

namespace holdfast::stock {
namespace {

const Committed committed{ann, first};
Ship ship(std::int64_t count, const LocationId& location = north) {
    return {ann, first, shipment, location, q(count)};
}
Shipped shipped(std::int64_t count, std::int64_t found = 0) {
    return {ann, first, shipment, north, q(count), u(found)};
}

TEST(Stock, ships_what_its_order_committed) {
    auto stock = given(north_opened, received(5), held(ann, 3), claimed(ann), committed);
    stock.when(ship(1), noon).then(shipped(1));
    EXPECT_EQ(stock.state().shelves[0].on_hand, u(4));
    EXPECT_EQ(stock.state().shelves[0].committed, u(2));
    stock.when(ship(2), noon)
        .then(shipped(2))
        .when(ship(1), noon)
        .then_rejected(Rejection::reservation_is_unknown);
    EXPECT_EQ(available(stock.state()), u(2));
    EXPECT_TRUE(stock.state().reservations.empty());
}
TEST(Stock, ships_no_more_than_its_order_committed_there) {
    given(north_opened, south_opened, received(5), held(ann, 3), claimed(ann), committed)
        .when(ship(4), noon)
        .then_rejected(Rejection::reservation_is_smaller, 3)
        .when(ship(1, south), noon)
        .then_rejected(Rejection::reservation_is_smaller, 0)
        .when(Ship{ann, second, shipment, north, q(1)}, noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order);
    given(north_opened, received(5), held(ann, 3), claimed(ann))
        .when(ship(3), noon)
        .then_rejected(Rejection::reservation_is_smaller, 0);
}
TEST(Stock, says_how_many_units_were_found_beyond_the_ledger) {
    auto stock = given(north_opened, received(5), held(ann, 5), claimed(ann), committed,
                       Counted{m2, north, u(2), u(5)}, FellShort{{{ann, north, q(3)}}});
    stock.when(ship(1), noon).then(shipped(1));
    EXPECT_EQ(stock.state().reservations.find(ann)->splits[0].short_of, u(3));
    stock.when(ship(4), noon).then(shipped(4, 3));
    EXPECT_EQ(stock.state().shelves[0].on_hand, no_units);
    EXPECT_EQ(stock.state().shelves[0].short_of, no_units);
    EXPECT_EQ(deadline(stock.state()), std::nullopt);
}
TEST(Stock, ships_beyond_a_ledger_that_is_full) {
    auto stock = given(north_opened, received(5), held(ann, 5), claimed(ann), committed,
                       Counted{m2, north, u(units_max), u(5)});
    for (auto left = units_max; left > 0; left -= quantity_max)
        stock.when(Reclassify{known<MovementId>("d" + std::to_string(left)), north, q(quantity_max),
                              Bin::sellable, Bin::damaged},
                   noon);
    EXPECT_EQ(stock.state().shelves[0].damaged, u(units_max));
    stock.when(ship(5), noon).then(shipped(5, 5));
    EXPECT_EQ(stock.state().shelves[0].on_hand, u(units_max));
}
TEST(Stock, does_not_ship_what_is_damaged) {
    auto stock = given(north_opened, received(5), held(ann, 5), claimed(ann), committed,
                       Reclassified{m2, north, q(2), Bin::sellable, Bin::damaged},
                       FellShort{{{ann, north, q(2)}}});
    stock.when(ship(5), noon).then(shipped(5, 2));
    EXPECT_EQ(stock.state().shelves[0].on_hand, u(2));
}
TEST(Stock, passes_the_gap_on_when_a_short_promise_was_shipped_all_the_same) {
    auto stock = given(north_opened, received(8), held(bob, 4), held(ann, 4), claimed(ann),
                       committed, Counted{m2, north, u(4), u(8)}, FellShort{{{ann, north, q(4)}}});
    stock.when(ship(4), noon).then(shipped(4));
    EXPECT_EQ(deadline(stock.state()), known<Time>(0));
    stock.when(Expire{}, noon).then(FellShort{{{bob, north, q(4)}}});
    EXPECT_EQ(deadline(stock.state()), after_noon(ttl_ms));
}

TEST(Stock, restocks_what_came_back) {
    auto stock = given(north_opened, received(1));
    stock.when(Restock{returned, first, north, q(2), Bin::sellable}, noon)
        .then(Restocked{returned, first, north, q(2), Bin::sellable})
        .when(Restock{returned, first, north, q(3), Bin::damaged}, noon)
        .then(Restocked{returned, first, north, q(3), Bin::damaged})
        .when(Restock{returned, first, south, q(1), Bin::sellable}, noon)
        .then_rejected(Rejection::location_is_unknown);
    EXPECT_EQ(stock.state().shelves[0].on_hand, u(6));
    EXPECT_EQ(available(stock.state()), u(3));
}

}  // namespace
}  // namespace holdfast::stock
