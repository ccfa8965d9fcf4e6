#include "tests/unit/order_given.h"

namespace holdfast::order {
namespace {

const auto x = sku_in(1), y = sku_in(6);
const ShipmentId s1 = known<ShipmentId>("s1");

NoteCancelAnswer cancelled(std::size_t n, std::string_view id, std::vector<LineUnits> lines) {
    return {fulfillment(n), c(id), std::move(lines), {}};
}
LinesCancelled lines_cancelled(std::size_t n, std::string_view id, std::vector<LineShare> lines,
                               std::int64_t charges = 0) {
    return {c(id), fulfillment(n), std::move(lines), amount(charges), amount(0)};
}
LinesCancelled refunding(std::int64_t refund, LinesCancelled cancelled) {
    cancelled.refund = amount(refund);
    return cancelled;
}

TEST(OrderCancelling, asks_the_warehouse_and_does_what_it_answers) {
    confirmed(begin({line("a", x, 3, 100)}, {shipping("post", 50)}))
        .when(Cancel{c("c1"), {some("a", 2)}}, noon)
        .then(
            CancellationAsked{c("c1"), {some("a", 2)}, {{fulfillment(1), line_id("a"), pieces(2)}}})
        .when(NoteCancelAnswer{fulfillment(1), c("c1"), {some("a", 1)}, {some("a", 1)}}, noon)
        .then(CancellationRefused{c("c1"), fulfillment(1), {some("a", 1)}},
              lines_cancelled(1, "c1", {share("a", 1, 100)}));
}
TEST(OrderCancelling, of_everything_cancels_the_charges_too_and_voids_the_payment) {
    confirmed(begin({line("a", x, 3, 100), line("b", y, 1, 70)}, {shipping("post", 50)}))
        .when(Cancel{c("c1"), {}}, noon)
        .then(CancellationAsked{
            c("c1"),
            {},
            {{fulfillment(1), line_id("a"), pieces(3)}, {fulfillment(1), line_id("b"), pieces(1)}}})
        .when(cancelled(1, "c1", {some("a", 3), some("b", 1)}), noon)
        .then(lines_cancelled(1, "c1", {share("a", 3, 300), share("b", 1, 70)}, 50),
              Cancelled{true}, VoidAsked{payment(1), operation("order:void-1")});
}
TEST(OrderCancelling, waits_for_the_answer_of_each_location) {
    confirmed(begin({line("a", x, 5, 100)}), 3)
        .when(Cancel{c("c1"), {}}, noon)
        .then(CancellationAsked{
            c("c1"),
            {},
            {{fulfillment(1), line_id("a"), pieces(3)}, {fulfillment(2), line_id("a"), pieces(2)}}})
        .when(cancelled(2, "c1", {some("a", 2)}), noon)
        .then(lines_cancelled(2, "c1", {share("a", 2, 200)}))
        .when(cancelled(1, "c1", {some("a", 3)}), noon)
        .then(lines_cancelled(1, "c1", {share("a", 3, 300)}), Cancelled{true},
              VoidAsked{payment(1), operation("order:void-1")});
}
TEST(OrderCancelling, of_a_part_lowers_what_is_captured_in_the_end) {
    confirmed(begin({line("a", x, 3, 100)}, {shipping("post", 50)}))
        .when(Cancel{c("c1"), {some("a", 2)}}, noon)
        .when(cancelled(1, "c1", {some("a", 2)}), noon)
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 100)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(150)});
}
TEST(OrderCancelling, of_the_rest_completes_what_was_shipped_in_part) {
    confirmed(begin({line("a", x, 3, 100)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 2)}}, noon)
        .when(Cancel{c("c1"), {}}, noon)
        .when(cancelled(1, "c1", {some("a", 1)}), noon)
        .then(lines_cancelled(1, "c1", {share("a", 1, 100)}), Completed{},
              SettlementAsked{payment(1), operation("order:settle-2"), amount(200)});
}
TEST(OrderCancelling, takes_the_last_units_of_a_line_so_that_what_ships_costs_what_it_would_have) {
    const auto sale = begin({with_discount(line("a", x, 3, 100), 200)});
    confirmed(sale)
        .when(Cancel{c("c1"), {some("a", 1)}}, noon)
        .when(cancelled(1, "c1", {some("a", 1)}), noon)
        .then(lines_cancelled(1, "c1", {share("a", 1, 34)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 2, 66)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(66)});
}
TEST(OrderCancelling, gives_back_what_was_captured_already) {
    confirmed(begin({line("a", x, 3, 100)}), all_of_it, captures_at_confirmation())
        .when(NoteCaptured{payment(1), operation("order:capture-1"), amount(300)}, noon)
        .when(Cancel{c("c1"), {some("a", 1)}}, noon)
        .when(cancelled(1, "c1", {some("a", 1)}), noon)
        .then(refunding(100, lines_cancelled(1, "c1", {share("a", 1, 100)})),
              RefundAsked{payment(1), operation("order:refund-2"), amount(100)});
}
TEST(OrderCancelling, gives_back_a_capture_on_its_way_when_it_has_arrived) {
    confirmed(begin({line("a", x, 3, 100)}), all_of_it, captures_at_confirmation())
        .when(Cancel{c("c1"), {}}, noon)
        .when(cancelled(1, "c1", {some("a", 3)}), noon)
        .then(refunding(300, lines_cancelled(1, "c1", {share("a", 3, 300)})), Cancelled{true})
        .when(NoteCaptured{payment(1), operation("order:capture-1"), amount(300)}, noon)
        .then(PaymentCaptured{payment(1), operation("order:capture-1"), amount(300)},
              RefundAsked{payment(1), operation("order:refund-2"), amount(300)});
}
TEST(OrderCancelling, of_what_no_warehouse_sends_asks_nobody) {
    confirmed(begin({line("a", x, 1, 100), untracked(line("v", y, 2, 50))}))
        .when(Cancel{c("c1"), {some("v", 1)}}, noon)
        .then(CancellationAsked{c("c1"), {some("v", 1)}, {}},
              LinesCancelled{c("c1"), {}, {share("v", 1, 50)}, no_amount, no_amount})
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .then(Shipped{fulfillment(1), s1, {share("a", 1, 100)}}, Completed{{share("v", 1, 50)}},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(150)});
}
TEST(OrderCancelling, of_all_that_is_sent_delivers_the_rest) {
    confirmed(begin({line("a", x, 1, 100), untracked(line("v", y, 2, 50))}))
        .when(Cancel{c("c1"), {some("a", 1)}}, noon)
        .when(cancelled(1, "c1", {some("a", 1)}), noon)
        .then(lines_cancelled(1, "c1", {share("a", 1, 100)}), Completed{{share("v", 2, 100)}},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(100)});
}
TEST(OrderCancelling, before_it_is_a_sale_ends_the_order) {
    placed(begin({line("a", x, 1, 100)}))
        .when(Cancel{c("c1"), {some("a", 1)}}, noon)
        .then_rejected(Rejection::order_is_not_confirmed)
        .when(Cancel{c("c1"), {}}, noon)
        .then(CancellationAsked{c("c1"), {}, {}}, Cancelled{false}, StockLetGo{{known<Sku>(x)}})
        .when(Cancel{c("c1"), {}}, noon)
        .then()
        .when(Cancel{c("c2"), {}}, noon)
        .then_rejected(Rejection::order_has_ended)
        .when(NoteAuthorized{payment(1), amount(100)}, noon)
        .then(PaymentAuthorized{payment(1), amount(100)},
              VoidAsked{payment(1), operation("order:void-1")});
}
TEST(OrderCancelling, asks_for_no_unit_twice) {
    confirmed(begin({line("a", x, 3, 100)}))
        .when(Cancel{c("c1"), {some("a", 2)}}, noon)
        .when(Cancel{c("c1"), {some("a", 2)}}, noon)
        .then()
        .when(Cancel{c("c1"), {some("a", 1)}}, noon)
        .then_rejected(Rejection::cancellation_exists_with_other_lines)
        .when(Cancel{c("c2"), {some("a", 2)}}, noon)
        .then_rejected(Rejection::quantity_exceeds_what_is_open, 1)
        .when(Cancel{c("c3"), {}}, noon)
        .then(CancellationAsked{c("c3"), {}, {{fulfillment(1), line_id("a"), pieces(1)}}})
        .when(Cancel{c("c4"), {}}, noon)
        .then_rejected(Rejection::nothing_is_open_to_cancel);
}
TEST(OrderCancelling, may_be_wished_again_of_what_was_refused) {
    confirmed(begin({line("a", x, 3, 100)}))
        .when(Cancel{c("c1"), {some("a", 3)}}, noon)
        .when(NoteCancelAnswer{fulfillment(1), c("c1"), {}, {some("a", 3)}}, noon)
        .then(CancellationRefused{c("c1"), fulfillment(1), {some("a", 3)}})
        .when(Cancel{c("c2"), {some("a", 3)}}, noon)
        .then(CancellationAsked{
            c("c2"), {some("a", 3)}, {{fulfillment(1), line_id("a"), pieces(3)}}});
}
TEST(OrderCancelling, names_the_line_that_is_wrong) {
    confirmed(begin({line("a", x, 3, 100)}))
        .when(Cancel{c("c1"), {some("z", 1)}}, noon)
        .then_rejected(Rejection::line_is_unknown)
        .when(Cancel{c("c1"), {some("a", 1), some("a", 1)}}, noon)
        .then_rejected(Rejection::line_id_is_repeated)
        .when(Cancel{c("c1"), {some("a", 4)}}, noon)
        .then_rejected(Rejection::quantity_exceeds_what_is_open, 3);
}
TEST(OrderCancelling, by_a_warehouse_that_will_not_send_is_a_cancellation_like_any_other) {
    confirmed(begin({line("a", x, 5, 100)}), 3)
        .when(NoteRejected{fulfillment(1), {some("a", 3)}}, noon)
        .then(lines_cancelled(1, "o1.1", {share("a", 3, 300)}))
        .when(NoteShipped{fulfillment(2), s1, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(2), s1, {share("a", 2, 200)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(200)});
}
TEST(OrderCancelling, hears_a_late_refusal_of_what_the_warehouse_rejected_before) {
    confirmed(begin({line("a", x, 3, 100)}))
        .when(Cancel{c("c1"), {some("a", 1)}}, noon)
        .when(NoteRejected{fulfillment(1), {some("a", 3)}}, noon)
        .then(lines_cancelled(1, "o1.1", {share("a", 3, 300)}), Cancelled{true},
              VoidAsked{payment(1), operation("order:void-1")})
        .when(NoteCancelAnswer{fulfillment(1), c("c1"), {}, {some("a", 1)}}, noon)
        .then(CancellationRefused{c("c1"), fulfillment(1), {some("a", 1)}});
}
TEST(OrderCancelling, has_a_limit) {
    auto sale = confirmed(begin({line("a", x, 1'000, 1)}));
    for (int n = 0; n < 500; ++n)
        sale.when(Cancel{c("c" + std::to_string(n)), {some("a", 1)}}, noon);
    sale.when(Cancel{c("one-more"), {some("a", 1)}}, noon)
        .then_rejected(Rejection::too_many_cancellations, 500);
}

}  // namespace
}  // namespace holdfast::order
