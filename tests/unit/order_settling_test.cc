#include "tests/unit/order_given.h"

namespace holdfast::order {
namespace {

const auto x = sku_in(1);
const ShipmentId s1 = known<ShipmentId>("s1");
const auto settle = operation("order:settle-1");
const auto hand = operation("by-hand");

Scenario<Order> shipped() {
    return confirmed(begin({line("a", x, 3, 100)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 3)}}, noon);
}

TEST(OrderSettling, keeps_the_books_of_its_payments) {
    auto sale = shipped();
    sale.when(NoteCaptured{payment(1), settle, amount(300)}, noon)
        .then(PaymentCaptured{payment(1), settle, amount(300)})
        .when(NoteRefunded{payment(1), hand, amount(20)}, noon)
        .then(PaymentRefunded{payment(1), hand, amount(20)});
    const auto& books = sale.state().payments.front();
    EXPECT_EQ(books.captured.raw(), 300);
    EXPECT_EQ(books.refunded.raw(), 20);
    EXPECT_FALSE(sale.state().needs_attention);
}
TEST(OrderSettling, lists_a_capture_that_failed_until_it_succeeds_after_all) {
    auto sale = shipped();
    const NotePaymentFailed failed{payment(1), settle, amount(300), Trouble::capture_failed,
                                   known<Label>("card expired")};
    sale.when(failed, noon)
        .then(PaymentFailed{payment(1), settle, amount(300), Trouble::capture_failed,
                            known<Label>("card expired")});
    EXPECT_TRUE(sale.state().needs_attention);
    sale.when(NoteCaptured{payment(1), hand, amount(100)}, noon);
    EXPECT_TRUE(sale.state().needs_attention);
    sale.when(NoteCaptured{payment(1), hand, amount(200)}, noon);
    EXPECT_FALSE(sale.state().needs_attention);
}
TEST(OrderSettling, lists_what_no_payment_has_left_to_capture) {
    auto sale = confirmed(begin({line("a", x, 3, 100)}));
    sale.when(NoteVoided{payment(1), hand, amount(250)}, noon)
        .when(NoteShipped{fulfillment(1), s1, {some("a", 3)}}, noon)
        .then(
            Shipped{fulfillment(1), s1, {share("a", 3, 300)}}, Completed{},
            SettlementAsked{payment(1), settle, amount(50)},
            PaymentFailed{payment(1), operation("order:none"), amount(250), Trouble::capture_failed,
                          known<Label>("no payment has it left to capture")});
    EXPECT_TRUE(sale.state().needs_attention);
    sale.when(NoteCaptured{payment(1), settle, amount(50)}, noon);
    EXPECT_TRUE(sale.state().needs_attention);
}
TEST(OrderSettling, gives_back_a_capture_by_hand_of_an_order_that_came_to_nothing) {
    placed(begin({line("a", x, 3, 100)}))
        .when(GiveUp{}, give_up_at)
        .when(NoteAuthorized{payment(1), amount(300)}, give_up_at)
        .when(NoteCaptured{payment(1), hand, amount(300)}, give_up_at)
        .then(PaymentCaptured{payment(1), hand, amount(300)},
              RefundAsked{payment(1), operation("order:refund-2"), amount(300)});
}
TEST(OrderSettling, tells_its_own_operations_from_others) {
    EXPECT_TRUE(is_an_orders(settle));
    EXPECT_FALSE(is_an_orders(hand));
}
TEST(OrderSettling, knows_no_other_payments_than_its_own) {
    auto sale = shipped();
    sale.when(NoteCaptured{payment(9), hand, amount(1)}, noon)
        .then_rejected(Rejection::payment_is_unknown)
        .when(NoteVoided{payment(9), hand, amount(1)}, noon)
        .then_rejected(Rejection::payment_is_unknown)
        .when(NotePaymentFailed{payment(9), hand, amount(1), Trouble::void_failed, {}}, noon)
        .then_rejected(Rejection::payment_is_unknown);
}

}  // namespace
}  // namespace holdfast::order
