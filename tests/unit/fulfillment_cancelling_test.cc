#include "tests/unit/fulfillment_given.h"

namespace holdfast::fulfillment {
namespace {

const std::vector<LineUnits> one_mug{{mugs, pieces(1)}};
const std::vector<LineUnits> everything{{mugs, pieces(2)}, {plate, pieces(1)}};

TEST(Cancelling, takes_off_what_was_not_sent_yet) {
    auto scenario = given(requested);
    scenario.when(cancel("x", one_mug), noon).then(answered("x", one_mug, {}));
    scenario.when(cancel("y", {{plate, pieces(1)}, {mugs, pieces(1)}}), noon)
        .then(answered("y", {{mugs, pieces(1)}, {plate, pieces(1)}}, {}), ended);
}
TEST(Cancelling, answers_line_by_line_what_is_too_late) {
    given(requested, accepted, shipped("s", one_mug))
        .when(cancel("x", {{mugs, pieces(2)}, {plate, pieces(1)}, {bowl, pieces(7)}}), noon)
        .then(answered("x", {{mugs, pieces(1)}, {plate, pieces(1)}},
                       {{mugs, pieces(1)}, {bowl, pieces(7)}}),
              ended);
}
TEST(Cancelling, counts_a_line_that_is_named_twice) {
    given(requested)
        .when(cancel("x", {{mugs, pieces(1)}, {plate, pieces(1)}, {mugs, pieces(3)}}), noon)
        .then(answered("x", {{mugs, pieces(1)}, {mugs, pieces(1)}, {plate, pieces(1)}},
                       {{mugs, pieces(2)}}),
              ended);
}
TEST(Cancelling, is_answered_once) {
    auto scenario = given(requested, answered("x", one_mug, {}));
    scenario.when(cancel("x", one_mug), noon).then();
    scenario.when(cancel("x", everything), noon).then();
}
TEST(Cancelling, of_what_has_ended_is_answered_with_a_no_to_each_line) {
    given(requested, accepted, shipped("s", everything), ended)
        .when(cancel("x", everything), noon)
        .then(answered("x", {}, everything));
    given(requested, Rejected{order, {}, everything}, ended)
        .when(cancel("x", everything), noon)
        .then(answered("x", {}, everything));
}
TEST(Cancelling, needs_a_fulfillment) {
    given().when(cancel("x", one_mug), noon).then_rejected(Rejection::fulfillment_is_unknown);
}

}  // namespace
}  // namespace holdfast::fulfillment
