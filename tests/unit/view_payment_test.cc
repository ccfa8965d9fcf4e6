#include "tests/support/sold.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using namespace payment;

constexpr auto order_1 = known<OrderId>("order-1");
constexpr auto paid = known<PaymentId>("order-1-p1");
constexpr auto first = known<OperationId>("a1"), second = known<OperationId>("a2");
constexpr auto capture = known<OperationId>("c"), unused = known<OperationId>("v"),
               back = known<OperationId>("r");
constexpr Time noon = known<Time>(1'000);

class PaymentView : public ::testing::Test, public ToldViews {
protected:
    PaymentView() { header.at_ms = noon; }
    template <class... Events> void payment_had(const Events&... events) {
        tell<Payment>("order-1-p1", list_of<Event>(events...));
    }
    void was_authorized(std::int64_t pence) {
        payment_had(AuthorizationAsked{first, order_1, pounds(pence), known<GatewayName>("sandbox"),
                                       known<GatewayToken>("approve"), noon},
                    Authorized{first, order_1, amount(pence), known<Reference>("gw-1")});
    }
    PaymentRow row() { return read().payment(paid).value().value(); }
};

TEST_F(PaymentView, shows_what_was_asked_and_answered) {
    was_authorized(1'000);
    EXPECT_EQ(row().state, PaymentState::authorized);
    EXPECT_EQ(row().order, order_1);
    EXPECT_EQ(row().gateway, known<GatewayName>("sandbox"));
    EXPECT_EQ(row().authorized, 1'000);
    EXPECT_EQ(row().version, 2U);
    EXPECT_EQ(row().operations.at(0), (PaymentOperationRow{.operation = first,
                                                           .kind = OperationKind::authorization,
                                                           .state = Standing::succeeded,
                                                           .amount = 1'000,
                                                           .gateway_reference = "gw-1",
                                                           .asked_at_ms = noon,
                                                           .answered_at_ms = noon}));
}
TEST_F(PaymentView, is_pending_until_its_gateway_answers) {
    payment_had(AuthorizationAsked{first, order_1, pounds(500), {}, {}, noon},
                AskedAgain{first, 2, noon}, VoidDeferred{unused});
    EXPECT_EQ(row().state, PaymentState::pending);
    EXPECT_TRUE(row().outside);
    EXPECT_EQ(row().operations.at(0).attempts, 2U);
}
TEST_F(PaymentView, shows_a_decline_and_the_attempt_after_it) {
    payment_had(AuthorizationAsked{first, order_1, pounds(500), {}, {}, noon},
                Declined{first, order_1, known<Label>("no funds")});
    EXPECT_EQ(row().state, PaymentState::declined);
    EXPECT_EQ(row().operations.at(0).detail, "no funds");
    payment_had(AuthorizationAsked{second, order_1, pounds(500), {}, {}, noon});
    EXPECT_EQ(row().state, PaymentState::pending);
}
TEST_F(PaymentView, sums_what_was_captured_voided_and_refunded) {
    was_authorized(1'000);
    payment_had(CaptureAsked{capture, amount(700), noon},
                Captured{capture, order_1, amount(700), {}}, VoidAsked{unused, amount(300), noon},
                Voided{unused, order_1, amount(300), {}});
    EXPECT_EQ(row().state, PaymentState::captured);
    EXPECT_EQ(row().captured, 700);
    EXPECT_EQ(row().voided, 300);
    payment_had(RefundAsked{back, amount(700), noon}, Refunded{back, order_1, amount(700), {}});
    EXPECT_EQ(row().state, PaymentState::refunded);
    EXPECT_EQ(row().refunded, 700);
}
TEST_F(PaymentView, is_voided_when_nothing_is_left_of_it) {
    was_authorized(1'000);
    payment_had(VoidAsked{unused, amount(1'000), noon}, Voided{unused, order_1, amount(1'000), {}});
    EXPECT_EQ(row().state, PaymentState::voided);
}
TEST_F(PaymentView, counts_no_money_that_did_not_move) {
    was_authorized(1'000);
    payment_had(CaptureAsked{capture, amount(700), noon},
                CaptureFailed{capture, order_1, amount(700), known<Label>("gone")});
    EXPECT_EQ(row().state, PaymentState::authorized);
    EXPECT_EQ(row().captured, 0);
    EXPECT_EQ(row().operations.at(1).state, Standing::failed);
}
TEST_F(PaymentView, is_found_by_its_order) {
    was_authorized(1'000);
    const auto found = read().payments_of(order_1).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].payment, paid);
    EXPECT_TRUE(views.payments_of(known<OrderId>("order-10")).value().empty());
}

}  // namespace
}  // namespace holdfast::projections
