#include "engine/domain/stock/shortfall.h"
#include "tests/unit/stock_given.h"

namespace holdfast::stock {
namespace {

TEST(Shortfall, takes_the_units_of_the_newest_promises_first) {
    auto stock = given(north_opened, received(9), held(ann, 4), held(bob, 3), held(cid, 2));
    stock.when(Count{m2, north, u(5), {}}, noon)
        .then(Counted{m2, north, u(5), u(9)}, FellShort{{{cid, north, q(2)}, {bob, north, q(2)}}});
    EXPECT_EQ(stock.state().shelves[0].short_of, u(4));
    stock.when(WriteOff{m2, north, q(2), Bin::sellable}, noon)
        .then(WrittenOff{m2, north, q(2), Bin::sellable},
              FellShort{{{bob, north, q(1)}, {ann, north, q(1)}}});
}
TEST(Shortfall, heals_the_oldest_first) {
    auto stock = given(north_opened, received(9), held(ann, 4), held(bob, 3), held(cid, 2));
    stock.when(Count{m2, north, u(2), {}}, noon)
        .when(Receive{m2, north, q(4)}, noon)
        .then(Received{m2, north, q(4)}, Healed{{{ann, north, q(2)}, {bob, north, q(2)}}})
        .when(Adjust{m2, north, known<Change>(2)}, noon)
        .then(Adjusted{m2, north, known<Change>(2)},
              Healed{{{bob, north, q(1)}, {cid, north, q(1)}}});
    stock.when(Restock{returned, first, north, q(4), Bin::sellable}, noon)
        .then(Restocked{returned, first, north, q(4), Bin::sellable}, Healed{{{cid, north, q(1)}}});
    EXPECT_EQ(available(stock.state()), u(3));
}
TEST(Shortfall, follows_what_is_set_aside_and_put_back) {
    given(north_opened, received(4), held(ann, 4))
        .when(Reclassify{m2, north, q(1), Bin::sellable, Bin::quarantined}, noon)
        .then(Reclassified{m2, north, q(1), Bin::sellable, Bin::quarantined},
              FellShort{{{ann, north, q(1)}}})
        .when(Restock{returned, first, north, q(1), Bin::damaged}, noon)
        .then(Restocked{returned, first, north, q(1), Bin::damaged})
        .when(Reclassify{m2, north, q(1), Bin::quarantined, Bin::damaged}, noon)
        .then(Reclassified{m2, north, q(1), Bin::quarantined, Bin::damaged})
        .when(Reclassify{m2, north, q(2), Bin::damaged, Bin::sellable}, noon)
        .then(Reclassified{m2, north, q(2), Bin::damaged, Bin::sellable},
              Healed{{{ann, north, q(1)}}});
}
TEST(Shortfall, stays_at_its_location) {
    given(north_opened, south_opened, received(4), held(ann, 4), received(4, south),
          held(bob, 4, south))
        .when(Count{m2, north, u(3), {}}, noon)
        .then(Counted{m2, north, u(3), u(4)}, FellShort{{{ann, north, q(1)}}})
        .when(Receive{m2, south, q(1)}, noon)
        .then(Received{m2, south, q(1)});
}
TEST(Shortfall, promises_nothing_and_adjusts_nothing_down_while_a_promise_is_short) {
    given(north_opened, received(4), held(ann, 4), Counted{m2, north, u(3), u(4)},
          FellShort{{{ann, north, q(1)}}})
        .when(reserve(bob, 1), noon)
        .then_rejected(Rejection::stock_is_insufficient, 0)
        .when(Adjust{m2, north, known<Change>(-1)}, noon)
        .then_rejected(Rejection::stock_is_insufficient, 0);
}
TEST(Shortfall, gives_what_was_released_to_the_oldest_that_is_short) {
    auto stock = given(north_opened, received(6), held(ann, 2), held(bob, 2), held(cid, 2));
    stock.when(Count{m2, north, u(3), {}}, noon)
        .then(Counted{m2, north, u(3), u(6)}, FellShort{{{cid, north, q(2)}, {bob, north, q(1)}}})
        .when(Release{ann, {}, {}, {}}, noon)
        .when(reserve(ann, 1), noon)
        .then_rejected(Rejection::stock_is_insufficient, 0);
    EXPECT_EQ(deadline(stock.state()), known<Time>(0));
    stock.when(Expire{}, noon).then(Healed{{{bob, north, q(1)}, {cid, north, q(1)}}});
    EXPECT_EQ(deadline(stock.state()), after_noon(ttl_ms));
}
TEST(Shortfall, takes_back_first_what_a_released_promise_lacked) {
    auto stock = given(north_opened, received(4), held(ann, 4), Counted{m2, north, u(3), u(4)},
                       FellShort{{{ann, north, q(1)}}});
    stock.when(Release{ann, q(2), {}, {}}, noon).then(Released{ann, {{north, q(2)}}});
    EXPECT_EQ(stock.state().reservations.find(ann)->splits[0].short_of, no_units);
    EXPECT_EQ(available(stock.state()), u(1));
    EXPECT_EQ(deadline(stock.state()), after_noon(ttl_ms));
}
TEST(Shortfall, names_so_many_at_once_and_the_rest_when_the_timer_fires) {
    Scenario<Stock> stock = given(north_opened, received(1'200));
    for (int i = 0; i < 1'200; ++i)
        stock.when(reserve(known<ReservationId>("r-" + std::to_string(i)), 1), noon);
    stock.when(Count{m2, north, u(0), {}}, noon);
    EXPECT_EQ(stock.state().shelves[0].short_of, u(gaps_max));
    int rounds = 0;
    for (; deadline(stock.state()) == known<Time>(0); ++rounds) stock.when(Expire{}, noon);
    EXPECT_EQ(rounds, 2);
    EXPECT_EQ(stock.state().shelves[0].short_of, u(1'200));

    stock.when(Receive{m2, north, q(1'300)}, noon)
        .when(reserve(ann, 1), noon)
        .then_rejected(Rejection::stock_is_insufficient, 0);
    for (; deadline(stock.state()) == known<Time>(0); ++rounds) stock.when(Expire{}, noon);
    EXPECT_EQ(rounds, 4);
    EXPECT_EQ(stock.state().shelves[0].short_of, no_units);
    EXPECT_EQ(available(stock.state()), u(100));
}

}  // namespace
}  // namespace holdfast::stock
