#include "tests/unit/stock_given.h"

namespace holdfast::stock {
namespace {

Reserved until(Reserved reserved, Time expires_at_ms) {
    reserved.expires_at_ms = expires_at_ms;
    return reserved;
}
Reserved for_customer(Reserved reserved) {
    reserved.customer = customer;
    return reserved;
}
Reserve for_customer(Reserve reserve) {
    reserve.customer = customer;
    return reserve;
}
Reserve for_order(Reserve reserve, const OrderId& order = first) {
    reserve.order = order;
    return reserve;
}
Reserve with_ttl(Reserve reserve, std::int64_t ms) {
    reserve.ttl_ms = known<Duration>(ms);
    return reserve;
}
PolicySet limited(std::int64_t customer_max) {
    auto set = policy();
    set.customer_max = q(customer_max);
    return set;
}

TEST(Stock, reserves_what_is_available_and_no_unit_more) {
    given(north_opened, received(5))
        .when(reserve(ann, 6), noon)
        .then_rejected(Rejection::stock_is_insufficient, 5)
        .when(reserve(ann, 3), noon)
        .then(held(ann, 3))
        .when(reserve(bob, 3), noon)
        .then_rejected(Rejection::stock_is_insufficient, 2)
        .when(reserve(bob, 2), noon)
        .then(held(bob, 2));
}
TEST(Stock, knows_no_sku_that_nobody_received_or_described) {
    given(north_opened).when(reserve(ann, 1), noon).then_rejected(Rejection::sku_is_unknown);
}
TEST(Stock, keeps_the_safety_stock) {
    auto set = policy();
    set.safety = u(2);
    auto stock = given(north_opened, received(5), set);
    EXPECT_EQ(available(stock.state()), u(3));
    stock.when(reserve(ann, 4), noon).then_rejected(Rejection::stock_is_insufficient, 3);
    set.safety = u(9);
    EXPECT_EQ(available(given(north_opened, received(5), set).state()), no_units);
}
TEST(Stock, accepts_a_repeated_reservation_without_an_event) {
    given(north_opened, received(5), held(ann, 3))
        .when(reserve(ann, 3), noon)
        .then()
        .when(reserve(ann, 2), noon)
        .then_rejected(Rejection::reservation_exists_with_another_quantity, 3)
        .when(for_order(reserve(ann, 3)), noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order)
        .when(reserve(ann, 3), after_noon(ttl_ms))
        .then_rejected(Rejection::reservation_has_expired);
}
TEST(Stock, claims_what_an_order_reserves) {
    auto reserved = until(held(ann, 3), after_noon(claim_ms));
    reserved.order = first;
    auto stock = given(north_opened, received(5));
    stock.when(for_order(reserve(ann, 3)), noon)
        .then(reserved)
        .when(for_order(reserve(ann, 3)), noon)
        .then()
        .when(for_order(reserve(ann, 3), second), noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order);
    EXPECT_EQ(stock.state().reservations.find(ann)->stage, Stage::claimed);
}
TEST(Stock, holds_for_as_long_as_is_asked_and_allowed) {
    given(north_opened, received(5))
        .when(with_ttl(reserve(ann, 1), 1'000), noon)
        .then(until(held(ann, 1), after_noon(1'000)))
        .when(with_ttl(reserve(bob, 1), 86'400'001), noon)
        .then_rejected(Rejection::ttl_is_too_long, 86'400'000);
}

TEST(Stock, limits_what_one_customer_has_open) {
    auto stock = given(north_opened, received(9), limited(3), for_customer(held(ann, 2)));
    stock.when(for_customer(reserve(bob, 2)), noon)
        .then_rejected(Rejection::customer_limit_is_exceeded, 3)
        .when(for_customer(reserve(bob, 1)), noon)
        .then(for_customer(held(bob, 1)))
        .when(reserve(cid, 5), noon)
        .then(held(cid, 5))
        .when(Release{ann, {}, {}, {}}, noon)
        .when(for_customer(reserve(ann, 2)), noon)
        .then(for_customer(held(ann, 2)));
}
TEST(Stock, limits_what_one_order_has_of_it) {
    auto set = policy();
    set.cart_max = q(2);
    auto reserved = until(held(bob, 2), after_noon(claim_ms));
    reserved.order = first;
    given(north_opened, received(9), set)
        .when(for_order(reserve(bob, 3)), noon)
        .then_rejected(Rejection::cart_limit_is_exceeded, 2)
        .when(for_order(reserve(bob, 2)), noon)
        .then(reserved)
        .when(reserve(ann, 3), noon)
        .then(held(ann, 3));
}
TEST(Stock, counts_what_a_customer_had_open_before_the_limit_was_set) {
    auto stock = given(north_opened, received(9), for_customer(held(ann, 2)), limited(3));
    stock.when(for_customer(reserve(bob, 2)), noon)
        .then_rejected(Rejection::customer_limit_is_exceeded, 3);
}

TEST(Stock, extends_a_reservation_and_never_shortens_it) {
    given(north_opened, received(5), held(ann, 3))
        .when(Extend{ann, {}}, after_noon(1))
        .then(Extended{ann, after_noon(ttl_ms + 1)})
        .when(Extend{ann, known<Duration>(5)}, after_noon(2))
        .then()
        .when(Extend{ann, known<Duration>(86'400'001)}, noon)
        .then_rejected(Rejection::ttl_is_too_long, 86'400'000)
        .when(Extend{ann, {}}, after_noon(ttl_ms + 1))
        .then_rejected(Rejection::reservation_has_expired)
        .when(Extend{bob, {}}, noon)
        .then_rejected(Rejection::reservation_is_unknown);
    given(north_opened, received(5), held(ann, 3), claimed(ann))
        .when(Extend{ann, {}}, noon)
        .then_rejected(Rejection::reservation_belongs_to_an_order);
}

TEST(Stock, releases_whole_or_in_part) {
    auto stock = given(north_opened, received(5), held(ann, 3));
    stock.when(Release{ann, q(4), {}, {}}, noon)
        .then_rejected(Rejection::reservation_is_smaller, 3)
        .when(Release{ann, q(1), {}, {}}, noon)
        .then(Released{ann, {{north, q(1)}}});
    EXPECT_EQ(available(stock.state()), u(3));
    stock.when(Release{ann, {}, {}, {}}, noon).then(Released{ann, {{north, q(2)}}});
    EXPECT_EQ(available(stock.state()), u(5));
    EXPECT_EQ(deadline(stock.state()), std::nullopt);
    stock.when(Release{ann, {}, {}, {}}, noon).then_rejected(Rejection::reservation_is_unknown);
}
TEST(Stock, releases_for_an_order_what_is_its_own_in_any_stage) {
    given(north_opened, received(5), held(ann, 3), claimed(ann), Committed{ann, first})
        .when(Release{ann, {}, {}, {}}, noon)
        .then_rejected(Rejection::reservation_belongs_to_an_order)
        .when(Release{ann, {}, second, {}}, noon)
        .then_rejected(Rejection::reservation_belongs_to_another_order)
        .when(Release{ann, q(1), first, {}}, noon)
        .then(Released{ann, {{north, q(1)}}})
        .when(Release{ann, {}, first, {}}, noon)
        .then(Released{ann, {{north, q(2)}}})
        .when(Release{ann, {}, first, {}}, noon)
        .then();
}
TEST(Stock, releases_from_the_last_location_back) {
    given(north_opened, south_opened, received(3), received(3, south))
        .when(reserve(ann, 5), noon)
        .when(Release{ann, q(3), {}, {}}, noon)
        .then(Released{ann, {{south, q(2)}, {north, q(1)}}});
}

TEST(Stock, releases_where_the_units_will_not_be_sent) {
    given(north_opened, south_opened, received(3), received(3, south))
        .when(for_order(reserve(ann, 5)), noon)
        .when(Release{ann, q(4), first, north}, noon)
        .then_rejected(Rejection::reservation_is_smaller, 3)
        .when(Release{ann, q(1), first, north}, noon)
        .then(Released{ann, {{north, q(1)}}})
        .when(Release{ann, {}, first, north}, noon)
        .then(Released{ann, {{north, q(2)}}})
        .when(Release{ann, {}, first, north}, noon)
        .then()
        .when(Release{ann, {}, first, {}}, noon)
        .then(Released{ann, {{south, q(2)}}});
}

TEST(Stock, expires_what_is_due_and_asks_the_order_about_the_rest) {
    auto stock = given(north_opened, received(9), held(ann, 3), until(held(bob, 2), after_noon(10)),
                       held(cid, 1), claimed(cid));
    EXPECT_EQ(deadline(stock.state()), after_noon(10));
    stock.when(Expire{}, after_noon(9)).then();
    stock.when(on_deadline(stock.state()), after_noon(10)).then(Expired{bob});
    EXPECT_EQ(deadline(stock.state()), after_noon(ttl_ms));
    stock.when(Expire{}, after_noon(claim_ms))
        .then(Expired{ann}, ClaimLapsed{cid, first, after_noon(2 * claim_ms)});
    EXPECT_EQ(deadline(stock.state()), after_noon(2 * claim_ms));
    EXPECT_EQ(available(stock.state()), u(8));
    stock.when(Commit{cid, first}, after_noon(claim_ms)).then(Committed{cid, first});
    EXPECT_EQ(deadline(stock.state()), std::nullopt);
}
TEST(Stock, expires_by_time_then_by_arrival_64_at_once) {
    Scenario<Stock> stock = given(north_opened, received(100));
    std::vector<ReservationId> ids;
    for (int i = 0; i < 100; ++i) {
        ids.push_back(known<ReservationId>("r-" + std::to_string(i)));
        stock.when(with_ttl(reserve(ids.back(), 1), 100 - i / 2), noon);
    }
    stock.when(Expire{}, after_noon(51)).then(Expired{ids[98]}, Expired{ids[99]});
    stock.when(Expire{}, after_noon(200));
    EXPECT_EQ(stock.state().reservations.size(), 34U);
    EXPECT_TRUE(stock.state().reservations.contains(ids[33]));
    EXPECT_EQ(deadline(stock.state()), after_noon(84));
}
TEST(Stock, expires_once_what_was_put_off_and_back_again) {
    given(north_opened, received(9), until(held(bob, 1), after_noon(10)), held(ann, 3),
          claimed(ann), Unclaimed{ann, first, after_noon(ttl_ms)})
        .when(Expire{}, after_noon(ttl_ms))
        .then(Expired{bob}, Expired{ann});
}
TEST(Stock, knows_the_next_deadline_after_any_number_of_short_holds) {
    Scenario<Stock> stock = given(north_opened, received(2), held(bob, 1));
    for (int i = 0; i < 1'000; ++i)
        stock.when(reserve(ann, 1), after_noon(i)).when(Release{ann, {}, {}, {}}, after_noon(i));
    EXPECT_EQ(deadline(stock.state()), after_noon(ttl_ms));
    EXPECT_LT(stock.state().due.size(), 100U);
    stock.when(Expire{}, after_noon(ttl_ms)).then(Expired{bob});
    EXPECT_EQ(deadline(stock.state()), std::nullopt);
}

}  // namespace
}  // namespace holdfast::stock
