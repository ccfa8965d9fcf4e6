#include "tests/unit/stock_given.h"

namespace holdfast::stock {
namespace {

Reserved split(std::vector<Split> splits) {
    auto reserved = held(ann, 1);
    reserved.splits = std::move(splits);
    return reserved;
}
Reserve only_at(const LocationId& location, std::int64_t count) {
    auto only = reserve(ann, count);
    only.location = location;
    return only;
}
LocationSet opened(const LocationId& location, std::int64_t priority, bool accepts_orders = true) {
    return {location, {}, known<Priority>(priority), accepts_orders};
}

TEST(Sourcing, takes_from_the_location_of_the_first_priority_then_from_the_next) {
    given(north_opened, south_opened, received(3, south), received(3, north))
        .when(reserve(ann, 2), noon)
        .then(split({{north, q(2)}}))
        .when(Release{ann, {}, {}, {}}, noon)
        .when(reserve(ann, 5), noon)
        .then(split({{north, q(3)}, {south, q(2)}}));
    given(opened(north, 2), opened(south, 1), received(3, south), received(3, north))
        .when(reserve(ann, 5), noon)
        .then(split({{south, q(3)}, {north, q(2)}}));
}
TEST(Sourcing, takes_by_id_where_the_priority_is_the_same) {
    given(opened(south, 1), opened(north, 1), received(3, south), received(3, north))
        .when(reserve(ann, 4), noon)
        .then(split({{north, q(3)}, {south, q(1)}}));
}
TEST(Sourcing, takes_nothing_where_no_orders_are_accepted) {
    given(opened(north, 1, false), south_opened, received(3), received(2, south))
        .when(reserve(ann, 3), noon)
        .then_rejected(Rejection::stock_is_insufficient, 2)
        .when(reserve(ann, 2), noon)
        .then(split({{south, q(2)}}));
}
TEST(Sourcing, takes_from_the_named_location_alone) {
    given(north_opened, opened(south, 2, false), received(3), received(3, south))
        .when(only_at(north, 4), noon)
        .then_rejected(Rejection::stock_is_insufficient, 3)
        .when(only_at(south, 1), noon)
        .then_rejected(Rejection::location_does_not_accept_orders)
        .when(only_at(known<LocationId>("west"), 1), noon)
        .then_rejected(Rejection::location_is_unknown)
        .when(only_at(north, 3), noon)
        .then(split({{north, q(3)}}));
    given(north_opened, south_opened, received(3))
        .when(only_at(south, 1), noon)
        .then_rejected(Rejection::stock_is_insufficient, 0);
}
TEST(Sourcing, leaves_the_safety_stock_wherever_it_lies) {
    auto set = policy();
    set.safety = u(4);
    given(north_opened, south_opened, received(3), received(3, south), set)
        .when(only_at(north, 3), noon)
        .then_rejected(Rejection::stock_is_insufficient, 2)
        .when(reserve(ann, 2), noon)
        .then(split({{north, q(2)}}));
}

}  // namespace
}  // namespace holdfast::stock
