#include "tests/unit/order_given.h"

namespace holdfast::order {
namespace {

const auto x = sku_in(1), y = sku_in(6);
const ShipmentId s1 = known<ShipmentId>("s1"), s2 = known<ShipmentId>("s2");

ReturnId r(std::string_view id) { return known<ReturnId>(id); }
ReturnedLine back(std::string_view id, std::int64_t n, Condition condition = Condition::sellable) {
    return {line_id(id), pieces(n), condition};
}
Restocking to(LocationId location, std::string_view id, std::int64_t n,
              Condition condition = Condition::sellable) {
    return {line_id(id), location, pieces(n), condition};
}
// Everything shipped, from every location, and captured.
Scenario<Order> delivered(const Begin& begin, std::int64_t in_the_east = all_of_it) {
    auto scenario = confirmed(begin, in_the_east);
    std::vector<NoteShipped> notes;
    for (const auto& [id, location] : scenario.state().fulfillments) {
        notes.push_back({id, s1, {}});
        for (const auto& part : scenario.state().parts)
            if (part.location == location)
                notes.back().lines.push_back({part.line, pieces(part.quantity.raw())});
    }
    for (const auto& note : notes) scenario.when(note, noon);
    for (const auto& paid : std::vector(scenario.state().payments))
        scenario.when(NoteCaptured{paid.payment, operation("all"), paid.tender.amount}, noon);
    EXPECT_EQ(scenario.state().stage, Stage::completed);
    return scenario;
}

TEST(OrderReturning, restocks_where_it_came_from_and_refunds) {
    delivered(begin({line("a", x, 3, 100)}))
        .when(Return{r("r1"), {back("a", 2)}, true, true}, noon)
        .then(
            Returned{
                r("r1"), {back("a", 2)}, {share("a", 2, 200)}, {to(east, "a", 2)}, amount(200)},
            RefundAsked{payment(1), operation("order:refund-2"), amount(200)});
}
TEST(OrderReturning, restocks_at_each_location_no_more_than_it_sent) {
    delivered(begin({line("a", x, 5, 100)}), 3)
        .when(Return{r("r1"), {back("a", 2), back("a", 2, Condition::damaged)}, true, false}, noon)
        .then(Returned{r("r1"),
                       {back("a", 2), back("a", 2, Condition::damaged)},
                       {share("a", 2, 200), share("a", 2, 200)},
                       {to(east, "a", 2), to(east, "a", 1, Condition::damaged),
                        to(west, "a", 1, Condition::damaged)},
                       no_amount})
        .when(Return{r("r2"), {back("a", 1)}, true, false}, noon)
        .then(
            Returned{r("r2"), {back("a", 1)}, {share("a", 1, 100)}, {to(west, "a", 1)}, no_amount});
}
TEST(OrderReturning, ends_at_a_limit_that_it_names) {
    auto sale = delivered(begin({line("a", x, returns_max + 1, 1)}));
    for (std::size_t n = 0; n < returns_max; ++n)
        sale.when(Return{r("r" + std::to_string(n)), {back("a", 1)}, false, false}, noon);
    sale.when(Return{r("one-more"), {back("a", 1)}, false, false}, noon)
        .then_rejected(Rejection::too_many_returns, std::int64_t{returns_max});
}
TEST(OrderReturning, refunds_shares_that_sum_to_what_was_paid) {
    auto sale = delivered(begin({with_discount(line("a", x, 3, 100), 200)}));
    const auto returns = [&](std::string_view id, std::int64_t pence) {
        sale.when(Return{r(id), {back("a", 1)}, false, true}, noon);
        EXPECT_EQ(sale.state().refunds_for_returns.raw(), pence);
    };
    returns("r1", 33);
    returns("r2", 66);
    returns("r3", 100);
}
TEST(OrderReturning, splits_a_refund_over_the_payments_that_captured) {
    delivered(paid_by(begin({line("a", x, 3, 100)}), {by_token(50), by_token(250)}))
        .when(Return{r("r1"), {back("a", 2)}, false, true}, noon)
        .then(Returned{r("r1"), {back("a", 2)}, {share("a", 2, 200)}, {}, amount(200)},
              RefundAsked{payment(1), operation("order:refund-3"), amount(50)},
              RefundAsked{payment(2), operation("order:refund-4"), amount(150)});
}
TEST(OrderReturning, refunds_a_part_while_the_rest_is_still_to_come) {
    confirmed(begin({line("a", x, 3, 100)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .when(NoteCaptured{payment(1), operation("order:capture-1"), amount(100)}, noon)
        .when(Return{r("r1"), {back("a", 1)}, true, true}, noon)
        .then(
            Returned{
                r("r1"), {back("a", 1)}, {share("a", 1, 100)}, {to(east, "a", 1)}, amount(100)},
            RefundAsked{payment(1), operation("order:refund-2"), amount(100)})
        .when(NoteShipped{fulfillment(1), s2, {some("a", 2)}}, noon)
        .then(Shipped{fulfillment(1), s2, {share("a", 2, 200)}}, Completed{},
              SettlementAsked{payment(1), operation("order:settle-3"), amount(300)});
}
TEST(OrderReturning, promises_a_refund_before_its_money_is_there) {
    confirmed(begin({line("a", x, 1, 100)}))
        .when(NoteShipped{fulfillment(1), s1, {some("a", 1)}}, noon)
        .when(Return{r("r1"), {back("a", 1)}, false, true}, noon)
        .then(Returned{r("r1"), {back("a", 1)}, {share("a", 1, 100)}, {}, amount(100)})
        .when(NoteCaptured{payment(1), operation("order:settle-1-c"), amount(100)}, noon)
        .then(PaymentCaptured{payment(1), operation("order:settle-1-c"), amount(100)},
              RefundAsked{payment(1), operation("order:refund-2"), amount(100)});
}
TEST(OrderReturning, restocks_nothing_that_is_not_kept_in_stock) {
    delivered(begin({line("a", x, 1, 100), untracked(line("v", y, 2, 50))}))
        .when(Return{r("r1"), {back("v", 1)}, true, true}, noon)
        .then(Returned{r("r1"), {back("v", 1)}, {share("v", 1, 50)}, {}, amount(50)},
              RefundAsked{payment(1), operation("order:refund-2"), amount(50)});
}
TEST(OrderReturning, takes_back_only_what_was_shipped) {
    auto sale = confirmed(begin({line("a", x, 3, 100)}));
    sale.when(NoteShipped{fulfillment(1), s1, {some("a", 2)}}, noon)
        .when(Return{r("r1"), {back("a", 3)}, true, true}, noon)
        .then_rejected(Rejection::quantity_exceeds_what_was_shipped, 2)
        .when(Return{r("r1"), {back("a", 1), back("a", 2, Condition::damaged)}, true, true}, noon)
        .then_rejected(Rejection::quantity_exceeds_what_was_shipped, 1)
        .when(Return{r("r1"), {back("z", 1)}, true, true}, noon)
        .then_rejected(Rejection::line_is_unknown)
        .when(Return{r("r1"), {}, true, true}, noon)
        .then_rejected(Rejection::no_line_was_named);
}
TEST(OrderReturning, that_is_repeated_changes_nothing) {
    delivered(begin({line("a", x, 3, 100)}))
        .when(Return{r("r1"), {back("a", 1)}, true, true}, noon)
        .when(Return{r("r1"), {back("a", 1)}, true, true}, noon)
        .then()
        .when(Return{r("r1"), {back("a", 2)}, true, true}, noon)
        .then_rejected(Rejection::return_exists_with_other_contents)
        .when(Return{r("r1"), {back("a", 1)}, false, true}, noon)
        .then_rejected(Rejection::return_exists_with_other_contents)
        .when(Return{r("r1"), {back("a", 1)}, true, false}, noon)
        .then_rejected(Rejection::return_exists_with_other_contents);
    delivered(begin({untracked(line("v", y, 2, 0)), line("a", x, 1, 100)}))
        .when(Return{r("r1"), {back("v", 1)}, true, true}, noon)
        .when(Return{r("r1"), {back("v", 1)}, false, false}, noon)
        .then();
}
TEST(OrderReturning, is_not_possible_of_what_was_never_sold) {
    const Return wish{r("r1"), {back("a", 1)}, true, true};
    given().when(wish, noon).then_rejected(Rejection::order_is_unknown);
    placed(begin({line("a", x, 3, 100)}))
        .when(wish, noon)
        .then_rejected(Rejection::order_is_not_confirmed)
        .when(GiveUp{}, give_up_at)
        .when(wish, give_up_at)
        .then_rejected(Rejection::order_has_ended);
}

}  // namespace
}  // namespace holdfast::order
