#include "tests/unit/payment_given.h"

namespace holdfast::payment {
namespace {

const Money euros{amount(10), known<Currency>("EUR")};

TEST(Capture, takes_all_that_is_left_or_a_part) {
    given(asked, authorized).when(capture("c"), noon).then(capture_asked("c", 100));
    given(asked, authorized).when(capture("c", 60), noon).then(capture_asked("c", 60));
    given(asked, authorized, capture_asked("c", 60))
        .when(capture("d"), noon)
        .then(capture_asked("d", 40));
}
TEST(Capture, takes_no_more_than_what_is_left) {
    given(asked, authorized)
        .when(capture("c", 101), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 100);
    given(asked, authorized, capture_asked("c", 30), captured("c", 30), void_asked("v", 20))
        .when(capture("d", 51), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 50);
    given(asked, authorized, void_asked("v", 100), voided("v", 100))
        .when(capture("c"), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 0);
}
TEST(Capture, has_nothing_to_do_when_all_is_captured) {
    given(asked, authorized, capture_asked("c", 100)).when(capture("d"), noon).then();
    given(asked, authorized, capture_asked("c", 100))
        .when(capture("d", 1), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 0);
}
TEST(Capture, is_the_same_under_the_same_id) {
    auto scenario = given(asked, authorized, capture_asked("c", 60));
    scenario.when(capture("c", 60), noon).then();
    scenario.when(capture("c"), noon).then();
    scenario.when(capture("c", 61), noon)
        .then_rejected(Rejection::operation_has_another_amount, 60);
    scenario.when(void_of("c", 60), noon)
        .then_rejected(Rejection::operation_has_another_amount, 60);
}
TEST(Capture, gives_the_amount_back_when_it_fails) {
    const CaptureFailed failed{operation("c"), order, amount(100), {}};
    auto scenario = given(asked, authorized, capture_asked("c", 100), failed);
    scenario.when(capture("c"), noon).then();
    scenario.when(capture("d"), noon).then(capture_asked("d", 100));
}
TEST(Capture, needs_an_authorization) {
    given().when(capture("c"), noon).then_rejected(Rejection::payment_is_unknown);
    given(asked).when(capture("c"), noon).then_rejected(Rejection::payment_is_not_authorized);
    given(asked, Declined{first_attempt, order, {}})
        .when(capture("c", 10), noon)
        .then_rejected(Rejection::payment_is_not_authorized);
}
TEST(Capture, is_of_something_in_the_payments_currency) {
    given(asked, authorized).when(capture("c", 0), noon).then_rejected(Rejection::amount_is_zero);
    given(asked, authorized)
        .when(Capture{operation("c"), euros}, noon)
        .then_rejected(Rejection::currency_differs);
}
TEST(Payment, takes_two_hundred_operations) {
    auto of_many = authorize;
    of_many.amount = pounds(1'000);
    auto scenario = given().when(of_many, noon);
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::succeeded), noon);
    for (int n = 2; n <= 200; ++n) {
        const auto id = "c" + std::to_string(n);
        scenario.when(capture(id, 1), noon).then(capture_asked(id, 1));
    }
    scenario.when(capture("one-more", 1), noon).then_rejected(Rejection::too_many_operations, 200);
    scenario.when(void_of("one-more"), noon).then_rejected(Rejection::too_many_operations, 200);
    scenario.when(Settle{operation("s"), pounds(500)}, noon)
        .then_rejected(Rejection::too_many_operations, 200);
    scenario.when(Settle{operation("s"), {amount(10), known<Currency>("EUR")}}, noon)
        .then_rejected(Rejection::currency_differs);
}

TEST(Void, lets_go_of_all_that_is_left_or_a_part) {
    given(asked, authorized).when(void_of("v"), noon).then(void_asked("v", 100));
    given(asked, authorized, capture_asked("c", 60))
        .when(void_of("v"), noon)
        .then(void_asked("v", 40));
    given(asked, authorized).when(void_of("v", 10), noon).then(void_asked("v", 10));
}
TEST(Void, lets_go_of_no_more_than_what_is_left) {
    given(asked, authorized, capture_asked("c", 60))
        .when(void_of("v", 41), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 40);
    given(asked, authorized, capture_asked("c", 100))
        .when(void_of("v"), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 0);
}
TEST(Void, has_nothing_to_do_when_nothing_is_held) {
    given(asked, authorized, void_asked("v", 100)).when(void_of("w"), noon).then();
    given(asked, Declined{first_attempt, order, {}}).when(void_of("v"), noon).then();
    given().when(void_of("v"), noon).then_rejected(Rejection::payment_is_unknown);
}
TEST(Void, gives_the_amount_back_when_it_fails) {
    const VoidFailed failed{operation("v"), order, amount(100), {}};
    given(asked, authorized, void_asked("v", 100), failed)
        .when(void_of("w"), noon)
        .then(void_asked("w", 100));
}
TEST(Void, waits_for_a_pending_authorization_and_then_follows_it_at_once) {
    auto scenario = given(asked).when(void_of("v"), noon).then(VoidDeferred{operation("v")});
    scenario.when(void_of("v"), noon).then();
    scenario.when(void_of("w"), noon).then();
    EXPECT_EQ(pending(scenario.state()).size(), 1U);
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::succeeded), noon)
        .then(Authorized{first_attempt, order, amount(100), known<Reference>("gw-2")},
              void_asked("v", 100));
    scenario.when(void_of("v"), noon).then();
    scenario.when(capture("c"), noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 0);
}
TEST(Void, that_waited_is_forgotten_with_a_declined_authorization) {
    auto scenario = given(asked, VoidDeferred{operation("v")});
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::failed), noon)
        .then(Declined{first_attempt, order, known<Label>("as the gateway says")});
    EXPECT_FALSE(scenario.state().void_deferred);
}
TEST(Void, of_a_part_does_not_wait) {
    given(asked).when(void_of("v", 10), noon).then_rejected(Rejection::payment_is_not_authorized);
    given(asked)
        .when(void_of("authorization-1"), noon)
        .then_rejected(Rejection::operation_has_another_amount, 100);
}

TEST(Settle, captures_so_much_in_all_and_voids_the_rest) {
    const Settle settle{operation("s"), pounds(60)};
    given(asked, authorized)
        .when(settle, noon)
        .then(capture_asked("s-c", 60), void_asked("s-v", 40));
    given(asked, authorized, capture_asked("c", 25), captured("c", 25))
        .when(settle, noon)
        .then(capture_asked("s-c", 35), void_asked("s-v", 40));
    given(asked, authorized, capture_asked("c", 60)).when(settle, noon).then(void_asked("s-v", 40));
    given(asked, authorized, capture_asked("c", 70)).when(settle, noon).then(void_asked("s-v", 30));
    given(asked, authorized, void_asked("v", 40)).when(settle, noon).then(capture_asked("s-c", 60));
}
TEST(Settle, voids_everything_when_nothing_is_to_be_captured) {
    given(asked, authorized)
        .when(Settle{operation("s"), pounds(0)}, noon)
        .then(void_asked("s-v", 100));
}
TEST(Settle, has_nothing_to_do_when_nothing_is_left) {
    given(asked, authorized, capture_asked("c", 60), void_asked("v", 40))
        .when(Settle{operation("s"), pounds(60)}, noon)
        .then();
}
TEST(Settle, is_done_once_under_one_id) {
    const Settle settle{operation("s"), pounds(100)};
    auto scenario = given(asked, authorized).when(settle, noon).then(capture_asked("s-c", 100));
    scenario.when(answer(operation("s-c"), Kind::capture, Outcome::failed), noon);
    scenario.when(settle, noon).then();
    scenario.when(Settle{operation("t"), pounds(100)}, noon).then(capture_asked("t-c", 100));
}
TEST(Settle, refuses_what_cannot_be_captured_any_more) {
    given(asked, authorized, void_asked("v", 50))
        .when(Settle{operation("s"), pounds(60)}, noon)
        .then_rejected(Rejection::amount_exceeds_what_is_authorized, 50);
    given(asked, authorized)
        .when(Settle{operation("s"), euros}, noon)
        .then_rejected(Rejection::currency_differs);
    given(asked)
        .when(Settle{operation("s"), pounds(60)}, noon)
        .then_rejected(Rejection::payment_is_not_authorized);
    given()
        .when(Settle{operation("s"), pounds(60)}, noon)
        .then_rejected(Rejection::payment_is_unknown);
    given(asked, authorized)
        .when(Settle{operation(std::string(39, 's')), pounds(60)}, noon)
        .then_rejected(Rejection::operation_id_is_too_long, 38);
}

}  // namespace
}  // namespace holdfast::payment
