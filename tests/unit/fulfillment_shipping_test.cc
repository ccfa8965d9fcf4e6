#include "tests/unit/fulfillment_given.h"

namespace holdfast::fulfillment {
namespace {

const std::vector<LineUnits> everything{{mugs, pieces(2)}, {plate, pieces(1)}};
const std::vector<LineUnits> one_mug{{mugs, pieces(1)}};

TEST(Shipping, sends_all_that_is_left_when_no_line_is_named) {
    given(requested, accepted).when(ship("s"), noon).then(shipped("s", everything), ended);
    given(requested, accepted, shipped("s", one_mug))
        .when(ship("t"), noon)
        .then(shipped("t", {{mugs, pieces(1)}, {plate, pieces(1)}}), ended);
}
TEST(Shipping, accepts_what_was_not_accepted_yet) {
    given(requested).when(ship("s"), noon).then(accepted, shipped("s", everything), ended);
    given(requested).when(ship("s", one_mug), noon).then(accepted, shipped("s", one_mug));
}
TEST(Shipping, ends_the_fulfillment_with_its_last_unit) {
    auto scenario = given(requested, accepted);
    scenario.when(ship("s", one_mug), noon).then(shipped("s", one_mug));
    scenario.when(ship("t", {{plate, pieces(1)}}), noon).then(shipped("t", {{plate, pieces(1)}}));
    scenario.when(ship("u", one_mug), noon).then(shipped("u", one_mug), ended);
    EXPECT_EQ(scenario.state().stage, Stage::ended);
    scenario.when(ship("v", one_mug), noon).then_rejected(Rejection::fulfillment_has_ended);
}
TEST(Shipping, says_its_lines_in_their_order) {
    given(requested, accepted)
        .when(ship("s", {{plate, pieces(1)}, {mugs, pieces(2)}}), noon)
        .then(shipped("s", everything), ended);
}
TEST(Shipping, is_the_same_under_the_same_id) {
    auto scenario = given(requested, accepted, shipped("s", one_mug));
    scenario.when(ship("s", one_mug), noon).then();
    scenario.when(ship("s", {{mugs, pieces(2)}}), noon)
        .then_rejected(Rejection::shipment_exists_with_other_contents);
    scenario.when(ship("s"), noon).then_rejected(Rejection::shipment_exists_with_other_contents);
    auto other = ship("s", one_mug);
    other.tracking = known<Reference>("T-2");
    scenario.when(other, noon).then_rejected(Rejection::shipment_exists_with_other_contents);
    other = ship("s", one_mug);
    other.carrier = known<Label>("bicycle");
    scenario.when(other, noon).then_rejected(Rejection::shipment_exists_with_other_contents);
}
TEST(Shipping, of_all_that_was_left_is_the_same_with_and_without_its_lines) {
    auto scenario = given(requested).when(ship("s"), noon);
    scenario.when(ship("s"), noon).then();
    scenario.when(ship("s", {{plate, pieces(1)}, {mugs, pieces(2)}}), noon).then();
    scenario.when(ship("s", one_mug), noon)
        .then_rejected(Rejection::shipment_exists_with_other_contents);
    given(requested).when(ship("s", everything), noon).when(ship("s"), noon).then();
}
TEST(Shipping, sends_no_more_than_what_is_left) {
    given(requested)
        .when(ship("s", {{mugs, pieces(3)}}), noon)
        .then_rejected(Rejection::quantity_exceeds_what_is_left, 2);
    given(requested, accepted, shipped("s", one_mug), answered("x", one_mug, {}))
        .when(ship("t", one_mug), noon)
        .then_rejected(Rejection::quantity_exceeds_what_is_left, 0);
    given(requested)
        .when(ship("s", {{bowl, pieces(1)}}), noon)
        .then_rejected(Rejection::line_is_unknown);
}
TEST(Shipping, names_each_line_once) {
    given(requested)
        .when(ship("s", {{mugs, pieces(1)}, {plate, pieces(1)}, {mugs, pieces(1)}}), noon)
        .then_rejected(Rejection::line_id_is_repeated);
    given(requested)
        .when(ship("s", std::vector<LineUnits>(2'001, {mugs, pieces(1)})), noon)
        .then_rejected(Rejection::too_many_lines, 2'000);
    given().when(ship("s"), noon).then_rejected(Rejection::fulfillment_is_unknown);
}
TEST(Shipping, takes_five_hundred_parcels) {
    auto many = requested;
    many.items[0].quantity = pieces(502);
    auto scenario = given(many, accepted);
    for (int i = 1; i <= 500; ++i)
        scenario.when(ship(std::to_string(i), {{plate, pieces(1)}}), noon)
            .then(shipped(std::to_string(i), {{plate, pieces(1)}}));
    scenario.when(ship("501"), noon).then_rejected(Rejection::too_many_shipments, 500);
    scenario.when(ship("500", {{plate, pieces(1)}}), noon).then();
}

}  // namespace
}  // namespace holdfast::fulfillment
