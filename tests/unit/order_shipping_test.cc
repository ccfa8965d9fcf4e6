#include "tests/unit/order_given.h"

namespace holdfast::order {
namespace {

const auto x = sku_in(1), y = sku_in(6);
const ShipmentId s1 = known<ShipmentId>("s1"), s2 = known<ShipmentId>("s2");

TEST(OrderShipping, of_everything_completes_it_and_settles_the_payment) {
    confirmed(begin({line("a", x, 2, 500)}, {shipping("post", 150)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 2, 1'000)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(1'150)});
}
TEST(OrderShipping, of_a_part_captures_that_part_and_the_charges) {
    confirmed(begin({line("a", x, 3, 500)}, {shipping("post", 150)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 500)}},
              CaptureAsked{payment(1), operation("order:capture-1"), amount(650)})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 2, 1'000)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-2"), amount(1'650)});
}
TEST(OrderShipping, splits_a_discount_over_the_units_to_the_penny) {
    const auto sale = begin({with_discount(line("a", x, 3, 100), 200)});
    confirmed(sale)
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 33)}},
              CaptureAsked{payment(1), operation("order:capture-1"), amount(33)})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 2, 67)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-2"), amount(100)});
}
TEST(OrderShipping, captures_from_what_was_paid_outside_first_and_then_payment_by_payment) {
    const auto sale =
        paid_by(begin({line("a", x, 10, 100)}), {by_token(400), outside(200), by_token(400)});
    confirmed(sale)
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 100)}})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 6)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 6, 600)}},
              CaptureAsked{payment(1), operation("order:capture-1"), amount(400)},
              CaptureAsked{payment(3), operation("order:capture-2"), amount(100)})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 3)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 3, 300)}}, Completed{},
              SettlementAsked{payment(3), operation("order:settle-3"), amount(400)});
}
TEST(OrderShipping, waits_for_every_location) {
    confirmed(begin({line("a", x, 5, 100)}), 3)
        .when(NoteShipped{fulfillment(2), s1, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(2), s1, {share("a", 2, 200)}},
              CaptureAsked{payment(1), operation("order:capture-1"), amount(200)})
        .when(NoteShipped{fulfillment(1), s1, {some("a", 3)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 3, 300)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-2"), amount(500)});
}
TEST(OrderShipping, delivers_what_needs_no_parcel_when_the_last_parcel_leaves) {
    confirmed(begin({line("a", x, 1, 100), untracked(line("v", y, 2, 50))}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 100)}}, Completed{{share("v", 2, 100)}},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(200)});
}
TEST(OrderShipping, asks_for_no_capture_twice_where_all_was_captured_at_confirmation) {
    confirmed(begin({line("a", x, 2, 100)}), all_of_it, captures_at_confirmation())
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 100)}})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 1, 100)}}, Completed{});
}
TEST(OrderShipping, counts_what_was_captured_by_hand) {
    confirmed(begin({line("a", x, 2, 100)}))
        .when(NoteCaptured{payment(1), operation("by-hand"), amount(150)}, noon)
        .then(PaymentCaptured{payment(1), operation("by-hand"), amount(150)})
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 100)}})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 1, 100)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(200)});
}
TEST(OrderShipping, is_impossible_of_what_the_location_does_not_have) {
    auto sale = confirmed(begin({line("a", x, 2, 100)}));
    sale.when(NoteShipped{fulfillment(1), s1, {some("a", 3)}}, noon)
        .then_rejected(Rejection::quantity_exceeds_what_is_open, 2)
        .when(NoteShipped{fulfillment(2), s1, {some("a", 1)}}, noon)
        .then_rejected(Rejection::fulfillment_is_unknown)
        .when(NoteShipped{fulfillment(1), s1, {some("b", 1)}}, noon)
        .then_rejected(Rejection::line_is_unknown);
    placed(begin({line("a", x, 2, 100)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then_rejected(Rejection::answer_is_for_another_stage);
}

}  // namespace
}  // namespace holdfast::order
