#include "tests/unit/payment_given.h"

namespace holdfast::payment {
namespace {

const auto said = known<Label>("as the gateway says");
const auto gateways = known<Reference>("gw-2");

TEST(Answer, settles_the_operation_it_names) {
    const auto settled = [](Scenario<Payment> scenario, std::string_view id, Kind kind,
                            Outcome outcome) {
        return scenario.when(answer(operation(id), kind, outcome), noon);
    };
    using enum Outcome;
    const auto id = first_attempt;
    settled(given(asked), id.raw(), Kind::authorization, succeeded)
        .then(Authorized{id, order, amount(100), gateways});
    settled(given(asked), id.raw(), Kind::authorization, failed).then(Declined{id, order, said});

    const auto capturing = given(asked, authorized, capture_asked("c", 60));
    settled(capturing, "c", Kind::capture, succeeded)
        .then(Captured{operation("c"), order, amount(60), gateways});
    settled(capturing, "c", Kind::capture, failed)
        .then(CaptureFailed{operation("c"), order, amount(60), said});

    const auto voiding = given(asked, authorized, void_asked("v", 40));
    settled(voiding, "v", Kind::void_, succeeded)
        .then(Voided{operation("v"), order, amount(40), gateways});
    settled(voiding, "v", Kind::void_, failed)
        .then(VoidFailed{operation("v"), order, amount(40), said});

    const auto refunding =
        given(asked, authorized, capture_asked("c", 60), captured("c", 60), refund_asked("r", 10));
    settled(refunding, "r", Kind::refund, succeeded)
        .then(Refunded{operation("r"), order, amount(10), gateways});
    settled(refunding, "r", Kind::refund, failed)
        .then(RefundFailed{operation("r"), order, amount(10), said});
}
TEST(Answer, counts_what_succeeded) {
    const auto state =
        given(asked, authorized, capture_asked("c", 60), captured("c", 60), void_asked("v", 40),
              voided("v", 40), refund_asked("r", 10), refunded("r", 10))
            .state();
    EXPECT_EQ(state.authorized, amount(100));
    EXPECT_EQ(state.captured, amount(60));
    EXPECT_EQ(state.voided, amount(40));
    EXPECT_EQ(state.refunded, amount(10));
}
TEST(Answer, changes_nothing_when_it_comes_again) {
    auto scenario = given(asked, authorized);
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::succeeded), noon).then();
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::unknown), noon).then();
}
TEST(Answer, that_contradicts_an_earlier_one_is_refused) {
    given(asked, authorized)
        .when(answer(first_attempt, Kind::authorization, Outcome::failed), noon)
        .then_rejected(Rejection::operation_is_settled);
    given(asked, authorized, capture_asked("c", 60),
          CaptureFailed{operation("c"), order, amount(60), said})
        .when(answer(operation("c"), Kind::capture, Outcome::succeeded), noon)
        .then_rejected(Rejection::operation_is_settled);
}
TEST(Answer, is_to_something_that_was_asked) {
    given()
        .when(answer(first_attempt, Kind::authorization, Outcome::succeeded), noon)
        .then_rejected(Rejection::payment_is_unknown);
    given(asked)
        .when(answer(operation("c"), Kind::capture, Outcome::succeeded), noon)
        .then_rejected(Rejection::operation_is_unknown);
    given(asked)
        .when(answer(first_attempt, Kind::capture, Outcome::succeeded), noon)
        .then_rejected(Rejection::operation_is_unknown);
}

TEST(Answer, that_is_unknown_leaves_the_operation_pending) {
    auto scenario = given(asked);
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::unknown), noon).then();
    EXPECT_EQ(deadline(scenario.state()), answer_by);
}
TEST(Payment, asks_again_and_waits_twice_as_long_each_time) {
    auto scenario = given(asked);
    scenario.when(AskAgain{}, after_noon(29'999)).then();
    auto now = answer_by;
    for (std::uint32_t attempt = 2; attempt <= 12; ++attempt) {
        ASSERT_EQ(deadline(scenario.state()), now);
        const auto wait = 30'000 * std::min<std::int64_t>(std::int64_t{1} << (attempt - 1), 64);
        const auto next = known<Time>(now.raw() + wait);
        scenario.when(on_deadline(scenario.state()), now)
            .then(AskedAgain{first_attempt, attempt, next});
        now = next;
    }
    EXPECT_EQ(pending(scenario.state()).front().attempt, 12U);
    scenario.when(answer(first_attempt, Kind::authorization, Outcome::succeeded), now)
        .then(Authorized{first_attempt, order, amount(100), gateways});
    EXPECT_FALSE(deadline(scenario.state()));
    scenario.when(AskAgain{}, now).then();
}
TEST(Payment, never_waits_longer_than_a_duration_can_say) {
    Policy patient;
    patient.gateway_ms = known<Duration>(AnyDuration::max);
    given(asked)
        .under(patient)
        .when(AskAgain{}, answer_by)
        .then(AskedAgain{first_attempt, 2, later(answer_by, patient.gateway_ms)});
}
TEST(Payment, asks_again_for_each_operation_that_is_due) {
    auto late = capture_asked("b", 10);
    late.answer_by_ms = after_noon(40'000);
    auto scenario = given(asked, authorized, capture_asked("a", 10), late, void_asked("c", 10));
    EXPECT_EQ(deadline(scenario.state()), answer_by);
    scenario.when(AskAgain{}, answer_by)
        .then(AskedAgain{operation("a"), 2, after_noon(90'000)},
              AskedAgain{operation("c"), 2, after_noon(90'000)});
    EXPECT_EQ(deadline(scenario.state()), after_noon(40'000));
}
TEST(Payment, says_what_the_gateway_is_to_be_asked) {
    const auto with_capture = given(asked, authorized, capture_asked("c", 60));
    const auto ask = asked_by(with_capture.state(), capture_asked("c", 60));
    ASSERT_TRUE(ask);
    EXPECT_EQ(ask->operation, operation("c"));
    EXPECT_EQ(ask->kind, Kind::capture);
    EXPECT_EQ(ask->amount, pounds(60));
    EXPECT_EQ(ask->gateway, sandbox);
    EXPECT_EQ(ask->token, token);
    EXPECT_EQ(ask->gateway_reference, reference) << "what the capture points to";
    EXPECT_EQ(ask->attempt, 1U);
    EXPECT_FALSE(asked_by(with_capture.state(), authorized)) << "an answer asks nothing";
    EXPECT_FALSE(asked_by(with_capture.state(), asked)) << "it is answered";
    const AskedAgain again{operation("c"), 2, answer_by};
    EXPECT_EQ(
        asked_by(given(asked, authorized, capture_asked("c", 60), again).state(), again)->attempt,
        2U);
    EXPECT_EQ(pending(given(asked).state()).front().gateway_reference, Reference());
}

}  // namespace
}  // namespace holdfast::payment
