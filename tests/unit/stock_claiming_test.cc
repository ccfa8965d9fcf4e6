#include "tests/unit/stock_given.h"

namespace holdfast::stock {
namespace {

TEST(Stock, claims_what_is_held_for_an_order_once) {
    auto stock = given(north_opened, received(5), held(ann, 3));
    stock.when(Claim{ann, first, q(3)}, noon)
        .then(claimed(ann))
        .when(Claim{ann, first, q(3)}, after_noon(1))
        .then()
        .when(Claim{ann, first, q(2)}, noon)
        .then_rejected(Rejection::reservation_exists_with_another_quantity, 3)
        .when(Claim{ann, second, q(3)}, noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order)
        .when(Claim{bob, first, q(3)}, noon)
        .then_rejected(Rejection::reservation_is_unknown);
    EXPECT_EQ(deadline(stock.state()), after_noon(claim_ms));
}
TEST(Stock, reserves_the_rest_when_an_order_claims_more_than_was_held) {
    auto rest = held(ann, 1);
    auto stock = given(north_opened, received(5), held(ann, 3), held(bob, 1));
    stock.when(Claim{ann, first, q(5)}, noon)
        .then_rejected(Rejection::stock_is_insufficient, 4)
        .when(Claim{ann, first, q(4)}, noon)
        .then(rest, claimed(ann));
    EXPECT_EQ(splits_of(stock.state(), ann), (Splits{{north, q(4)}}));
    EXPECT_EQ(available(stock.state()), no_units);
}
TEST(Stock, releases_the_excess_when_an_order_claims_less_than_was_held) {
    auto stock = given(north_opened, received(5), held(ann, 3));
    stock.when(Claim{ann, first, q(1)}, noon).then(Released{ann, {{north, q(2)}}}, claimed(ann));
    EXPECT_EQ(available(stock.state()), u(4));
}
TEST(Stock, claims_no_more_than_the_customer_may_have) {
    auto set = policy();
    set.customer_max = q(3);
    auto theirs = held(ann, 2);
    theirs.customer = customer;
    given(north_opened, received(9), set, theirs)
        .when(Claim{ann, first, q(4)}, noon)
        .then_rejected(Rejection::customer_limit_is_exceeded, 3);
}
TEST(Stock, claims_no_more_than_one_order_may_have) {
    auto set = policy();
    set.cart_max = q(2);
    given(north_opened, received(9), set, held(ann, 3), held(bob, 1))
        .when(Claim{ann, first, q(3)}, noon)
        .then_rejected(Rejection::cart_limit_is_exceeded, 2)
        .when(Claim{bob, first, q(3)}, noon)
        .then_rejected(Rejection::cart_limit_is_exceeded, 2)
        .when(Claim{ann, first, q(2)}, noon)
        .then(Released{ann, {{north, q(1)}}}, claimed(ann));
    given(north_opened, received(9), held(ann, 3), claimed(ann), set)
        .when(Claim{ann, first, q(3)}, noon)
        .then();
}
TEST(Stock, never_claims_or_commits_what_has_run_out_before_its_timer_fired) {
    given(north_opened, received(5), held(ann, 3))
        .when(Claim{ann, first, q(3)}, after_noon(ttl_ms))
        .then_rejected(Rejection::reservation_has_expired)
        .when(Commit{ann, first}, after_noon(ttl_ms))
        .then_rejected(Rejection::reservation_has_expired)
        .when(Commit{ann, first}, after_noon(ttl_ms - 1))
        .then(Committed{ann, first});
}

TEST(Stock, commits_what_its_order_claimed_however_late) {
    auto stock = given(north_opened, received(5), held(ann, 3), claimed(ann));
    stock.when(Commit{ann, second}, noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order)
        .when(Commit{ann, first}, after_noon(10 * claim_ms))
        .then(Committed{ann, first})
        .when(Commit{ann, first}, after_noon(10 * claim_ms))
        .then()
        .when(Commit{bob, first}, noon)
        .then_rejected(Rejection::reservation_is_unknown);
    EXPECT_EQ(stock.state().shelves[0].committed, u(3));
    EXPECT_EQ(stock.state().shelves[0].reserved, no_units);
    EXPECT_EQ(deadline(stock.state()), std::nullopt);
}
TEST(Stock, uncommits_what_was_committed) {
    auto stock =
        given(north_opened, received(5), held(ann, 3), claimed(ann), Committed{ann, first});
    stock.when(Uncommit{ann, second}, noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order)
        .when(Uncommit{ann, first}, after_noon(5))
        .then(Uncommitted{ann, first, after_noon(claim_ms + 5)})
        .when(Uncommit{ann, first}, after_noon(6))
        .then()
        .when(Uncommit{bob, first}, noon)
        .then();
    EXPECT_EQ(stock.state().shelves[0].reserved, u(3));
    EXPECT_EQ(deadline(stock.state()), after_noon(claim_ms + 5));
}
TEST(Stock, unclaims_what_was_claimed_or_committed) {
    auto stock = given(north_opened, received(5), held(ann, 3), claimed(ann));
    stock.when(Unclaim{ann, second}, noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order)
        .when(Unclaim{ann, first}, after_noon(5))
        .then(Unclaimed{ann, first, after_noon(ttl_ms + 5)})
        .when(Unclaim{ann, first}, after_noon(6))
        .then()
        .when(Unclaim{bob, first}, noon)
        .then()
        .when(Claim{ann, second, q(3)}, after_noon(7))
        .then(Claimed{ann, second, after_noon(claim_ms + 7)})
        .when(Commit{ann, second}, after_noon(8))
        .when(Unclaim{ann, second}, after_noon(9))
        .then(Unclaimed{ann, second, after_noon(ttl_ms + 9)});
    EXPECT_EQ(stock.state().shelves[0].committed, no_units);
}

}  // namespace
}  // namespace holdfast::stock
