#include "tests/support/explained.h"
#include "tests/unit/fulfillment_given.h"

namespace holdfast::fulfillment {
namespace {

const Request request{order, requested.location, requested.items, {}};

TEST(Fulfillment, is_requested_once) {
    auto scenario = given().when(request, noon).then(requested);
    scenario.when(request, noon).then();
    auto in_another_order = request;
    std::swap(in_another_order.items[0], in_another_order.items[1]);
    scenario.when(in_another_order, noon).then();
}
TEST(Fulfillment, is_of_one_order_one_location_and_the_same_items) {
    const auto refused = [](const Request& other) {
        given(requested)
            .when(other, noon)
            .then_rejected(Rejection::fulfillment_exists_with_other_items);
    };
    auto other = request;
    other.order = known<OrderId>("order-2");
    refused(other);
    other = request;
    other.location = known<LocationId>("york");
    refused(other);
    other = request;
    other.items[0].quantity = pieces(2);
    refused(other);
    other = request;
    other.items[0].sku = known<Sku>("saucer");
    refused(other);
    other = request;
    other.items.pop_back();
    refused(other);
}
TEST(Fulfillment, is_requested_with_distinct_lines) {
    auto other = request;
    other.items.push_back(other.items.front());
    given().when(other, noon).then_rejected(Rejection::line_id_is_repeated);
    other.items.clear();
    given().when(other, noon).then_rejected(Rejection::no_line_was_named);
    for (int i = 0; i < 2'001; ++i)
        other.items.push_back({known<LineId>(std::to_string(i)), known<Sku>("mug"), pieces(1)});
    given().when(other, noon).then_rejected(Rejection::too_many_lines, 2'000);
}

TEST(Fulfillment, is_accepted_by_its_warehouse) {
    auto scenario = given(requested).when(Accept{}, noon).then(accepted);
    scenario.when(Accept{}, noon).then();
    given().when(Accept{}, noon).then_rejected(Rejection::fulfillment_is_unknown);
    given(requested, accepted, shipped("s", {{mugs, pieces(2)}, {plate, pieces(1)}}), ended)
        .when(Accept{}, noon)
        .then_rejected(Rejection::fulfillment_has_ended);
}
TEST(Fulfillment, gives_back_what_is_left_when_its_warehouse_will_not) {
    const Reject reject{known<Label>("flooded")};
    const std::vector<LineUnits> everything{{mugs, pieces(2)}, {plate, pieces(1)}};
    auto scenario = given(requested).when(reject, noon);
    scenario.then(Rejected{order, reject.why, everything}, ended);
    scenario.when(reject, noon).then();
    scenario.when(Accept{}, noon).then_rejected(Rejection::fulfillment_has_ended);
    given(requested, accepted, answered("x", {{mugs, pieces(2)}}, {}))
        .when(reject, noon)
        .then(Rejected{order, reject.why, {{plate, pieces(1)}}}, ended);
}
TEST(Fulfillment, is_not_given_back_once_something_was_sent) {
    given(requested, accepted, shipped("s", {{mugs, pieces(1)}}))
        .when(Reject{}, noon)
        .then_rejected(Rejection::shipping_has_begun);
    given().when(Reject{}, noon).then_rejected(Rejection::fulfillment_is_unknown);
}

TEST(Fulfillment, explains_each_rejection_by_its_name) { expect_explained<Fulfillment>(11); }

}  // namespace
}  // namespace holdfast::fulfillment
