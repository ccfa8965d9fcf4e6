#include "tests/unit/payment_given.h"

namespace holdfast::payment {
namespace {

const auto given_captured = given(asked, authorized, capture_asked("c", 60), captured("c", 60));

TEST(Refund, gives_back_all_that_was_captured_or_a_part) {
    Scenario(given_captured).when(refund("r"), noon).then(refund_asked("r", 60));
    Scenario(given_captured).when(refund("r", 10), noon).then(refund_asked("r", 10));
    given(asked, authorized, capture_asked("c", 60), captured("c", 60), refund_asked("r", 10),
          refunded("r", 10), refund_asked("s", 20))
        .when(refund("t"), noon)
        .then(refund_asked("t", 30));
}
TEST(Refund, gives_back_no_more_than_was_captured) {
    Scenario(given_captured)
        .when(refund("r", 61), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_captured, 60);
    given(asked, authorized, capture_asked("c", 60), captured("c", 60), refund_asked("r", 20))
        .when(refund("s", 41), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_captured, 40);
    given(asked, authorized, capture_asked("c", 60))
        .when(refund("r", 1), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_captured, 0);
    given(asked)
        .when(refund("r"), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_captured, 0);
    given().when(refund("r"), noon).then_rejected(Rejection::payment_is_unknown);
}
TEST(Refund, has_nothing_to_do_when_all_is_given_back) {
    given(asked, authorized, capture_asked("c", 60), captured("c", 60), refund_asked("r", 60))
        .when(refund("s"), noon)
        .then();
}
TEST(Refund, is_the_same_under_the_same_id) {
    auto scenario = Scenario(given_captured).when(refund("r", 10), noon);
    scenario.when(refund("r", 10), noon).then();
    scenario.when(refund("r", 11), noon).then_rejected(Rejection::operation_has_another_amount, 10);
    scenario.when(refund("c", 60), noon).then_rejected(Rejection::operation_has_another_amount, 60);
}
TEST(Refund, is_of_something_in_the_payments_currency) {
    Scenario(given_captured).when(refund("r", 0), noon).then_rejected(Rejection::amount_is_zero);
    Scenario(given_captured)
        .when(Refund{operation("r"), Money{amount(1), known<Currency>("EUR")}}, noon)
        .then_rejected(Rejection::currency_differs);
}
TEST(Refund, can_be_tried_again_under_another_id_when_it_failed) {
    const RefundFailed failed{operation("r"), order, amount(60), {}};
    given(asked, authorized, capture_asked("c", 60), captured("c", 60), refund_asked("r", 60),
          failed)
        .when(refund("s"), noon)
        .then(refund_asked("s", 60));
}
TEST(Refund, of_money_taken_outside_is_given_back_outside) {
    auto outside = authorize;
    outside.outside = true;
    outside.token = known<GatewayToken>("receipt 17");
    auto scenario = given().when(outside, noon);
    scenario.when(refund("r", 10), noon)
        .then(refund_asked("r", 10),
              Refunded{operation("r"), order, amount(10), known<Reference>("receipt 17")});
    EXPECT_FALSE(deadline(scenario.state()));
}

}  // namespace
}  // namespace holdfast::payment
