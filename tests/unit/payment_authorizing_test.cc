#include "tests/support/explained.h"
#include "tests/unit/payment_given.h"

namespace holdfast::payment {
namespace {

const Declined declined{first_attempt, order, known<Label>("no")};
Authorize with_token(std::string_view other) {
    auto another = authorize;
    another.token = known<GatewayToken>(other);
    return another;
}
AuthorizationAsked attempt(int n, std::string_view with) {
    auto another = asked;
    another.operation = operation("authorization-" + std::to_string(n));
    another.token = known<GatewayToken>(with);
    return another;
}

TEST(Payment, asks_the_sandbox_when_no_gateway_is_named) {
    given().when(authorize, noon).then(asked);
}
TEST(Payment, asks_the_gateway_that_is_named) {
    auto elsewhere = authorize;
    elsewhere.gateway = known<GatewayName>("acme");
    auto asked_elsewhere = asked;
    asked_elsewhere.gateway = elsewhere.gateway;
    given().when(elsewhere, noon).then(asked_elsewhere);
}
TEST(Payment, is_authorized_once) {
    given(asked).when(authorize, noon).then();
    given(asked, authorized).when(authorize, noon).then();
    given(asked, declined).when(authorize, noon).then();
}
TEST(Payment, is_of_one_order_and_one_amount) {
    auto other = authorize;
    other.amount = pounds(101);
    given(asked)
        .when(other, noon)
        .then_rejected(Rejection::payment_exists_with_another_amount, 100);
    other.amount = {amount(100), known<Currency>("EUR")};
    given(asked)
        .when(other, noon)
        .then_rejected(Rejection::payment_exists_with_another_amount, 100);
    other = authorize;
    other.order = known<OrderId>("order-2");
    given(asked)
        .when(other, noon)
        .then_rejected(Rejection::payment_exists_with_another_amount, 100);
}
TEST(Payment, is_of_something) {
    auto nothing = authorize;
    nothing.amount = pounds(0);
    given().when(nothing, noon).then_rejected(Rejection::amount_is_zero);
}

TEST(Payment, tries_another_token_only_after_a_decline) {
    given(asked, declined).when(with_token("second"), noon).then(attempt(2, "second"));
    given(asked)
        .when(with_token("second"), noon)
        .then_rejected(Rejection::payment_exists_with_another_token);
    given(asked, authorized)
        .when(with_token("second"), noon)
        .then_rejected(Rejection::payment_exists_with_another_token);
}
TEST(Payment, tries_twenty_times) {
    auto scenario = given(asked, declined);
    for (int n = 2; n <= 20; ++n) {
        const auto tried = std::to_string(n);
        scenario.when(with_token(tried), noon).then(attempt(n, tried));
        const auto id = operation("authorization-" + tried);
        scenario.when(answer(id, Kind::authorization, Outcome::failed), noon);
    }
    scenario.when(with_token("21"), noon).then_rejected(Rejection::too_many_operations, 20);
}
TEST(Payment, lets_no_late_answer_of_one_attempt_touch_another) {
    auto scenario = given(asked, declined, attempt(2, "second"));
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::failed), noon).then();
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::succeeded), noon)
        .then_rejected(Rejection::operation_is_settled);
    const auto second = operation("authorization-2");
    scenario.when(answer(second, Kind::authorization, Outcome::succeeded), noon)
        .then(Authorized{second, order, amount(100), known<Reference>("gw-2")});
    EXPECT_EQ(scenario.state().authorized, amount(100));
}

TEST(Payment, takes_the_storefronts_word_for_money_taken_outside) {
    auto outside = authorize;
    outside.outside = true;
    outside.token = known<GatewayToken>("till 3, receipt 17");
    auto said = asked;
    said.gateway.reset();
    said.token = outside.token;
    const auto receipt = known<Reference>("till 3, receipt 17");
    auto scenario = given().when(outside, noon);
    scenario.then(said, Authorized{first_attempt, order, amount(100), receipt},
                  capture_asked("outside", 100),
                  Captured{operation("outside"), order, amount(100), receipt});
    EXPECT_FALSE(deadline(scenario.state()));
    EXPECT_TRUE(pending(scenario.state()).empty());
    EXPECT_FALSE(asked_by(scenario.state(), said));
    scenario.when(outside, noon).then();
    scenario.when(capture("more"), noon).then();
    scenario.when(Settle{operation("s"), pounds(60)}, noon).then();
}

// Between the events of the one decision that asks and answers it.
TEST(Authorization, is_nobodys_to_ask_for_when_the_money_is_taken_outside) {
    auto said = asked;
    said.gateway.reset();
    const auto scenario = given(said);
    EXPECT_FALSE(asked_by(scenario.state(), said));
    EXPECT_TRUE(pending(scenario.state()).empty());
}

TEST(Payment, explains_each_rejection_by_its_name) { expect_explained<Payment>(13); }

}  // namespace
}  // namespace holdfast::payment
