#include "tests/support/explained.h"
#include "tests/unit/order_given.h"

namespace holdfast::order {
namespace {

const auto low = sku_in(1), low_too = sku_in(1, 1), high = sku_in(6);
const Begin two_partitions = begin({line("a", high, 2, 500), line("b", low, 1, 300)});

Demand demand(std::string_view sku, std::int64_t n) { return {known<Sku>(sku), pieces(n), {}}; }
Allocation in_the_east(std::string_view sku, std::int64_t n) {
    return {known<Sku>(sku), east, pieces(n)};
}

TEST(OrderBegin, asks_the_lowest_partition_of_stock_first) {
    given().when(two_partitions, noon).then(begun(two_partitions), StockAsked{1, {demand(low, 1)}});
}
TEST(OrderBegin, asks_for_a_sku_once_however_many_lines_have_it) {
    const auto [first, second] = std::minmax(low, low_too);
    const auto sale =
        begin({line("a", second, 2, 500), line("b", first, 1, 300), line("c", second, 3, 100)});
    given()
        .when(sale, noon)
        .then(begun(sale), StockAsked{1, {demand(first, 1), demand(second, 5)}});
}
TEST(OrderBegin, asks_for_the_reservation_that_a_line_names) {
    const auto sale =
        begin({line("a", low, 2, 500), with_reservation(line("b", low, 1, 300), "mine")});
    given()
        .when(sale, noon)
        .then(begun(sale),
              StockAsked{1, {{known<Sku>(low), pieces(3), known<ReservationId>("mine")}}});
}
TEST(OrderBegin, says_the_total_that_would_add_up) {
    auto sale = two_partitions;
    sale.total = amount(1'299);
    given().when(sale, noon).then_rejected(Rejection::total_does_not_add_up, 1'300);
}
TEST(OrderBegin, takes_payments_that_sum_to_the_total_and_no_others) {
    given()
        .when(paid_by(two_partitions, {by_token(1'000), by_token(200)}), noon)
        .then_rejected(Rejection::payments_do_not_add_up, 1'200);
    given()
        .when(paid_by(two_partitions, {by_token(1'300), by_token(0)}), noon)
        .then_rejected(Rejection::payment_is_zero);
}
TEST(OrderBegin, refuses_what_no_order_can_be_made_of) {
    given().when(begin({}), noon).then_rejected(Rejection::order_is_empty);
    given()
        .when(begin({line("a", low, 1, 1), line("a", high, 1, 1)}), noon)
        .then_rejected(Rejection::line_id_is_repeated);
}
TEST(OrderBegin, that_is_repeated_changes_nothing) {
    given(begun(two_partitions)).when(two_partitions, noon).then();
}
TEST(OrderBegin, that_says_something_else_is_another_order) {
    given(begun(two_partitions))
        .when(begin({line("a", high, 2, 500)}), noon)
        .then_rejected(Rejection::order_exists_already);
}
TEST(OrderBegin, that_says_something_else_of_a_person_is_another_order) {
    auto for_ann = two_partitions;
    for_ann.personal = Sealed{known<SubjectId>("ann"), {1, 2, 3}};
    given(begun(for_ann)).when(for_ann, noon).then();
    auto moved = for_ann;
    moved.personal->box.push_back(4);
    given(begun(for_ann)).when(moved, noon).then_rejected(Rejection::order_exists_already);
    given(begun(for_ann)).when(two_partitions, noon).then_rejected(Rejection::order_exists_already);
}
TEST(OrderBegin, does_not_revive_an_order_that_came_to_nothing) {
    given(begun(two_partitions), GivenUp{})
        .when(two_partitions, noon)
        .then_rejected(Rejection::order_has_ended);
}

TEST(OrderReserving, asks_the_next_partition_when_one_has_answered) {
    given(begun(two_partitions), StockAsked{1, {demand(low, 1)}})
        .when(NoteReserved{{in_the_east(low, 1)}}, noon)
        .then(StockReserved{{in_the_east(low, 1)}}, StockAsked{6, {demand(high, 2)}})
        .when(NoteReserved{{in_the_east(high, 2)}}, noon)
        .then(StockReserved{{in_the_east(high, 2)}}, Placed{});
}
TEST(OrderReserving, does_not_take_other_units_for_an_answer) {
    given(begun(two_partitions), StockAsked{1, {demand(low, 1)}})
        .when(NoteReserved{{in_the_east(low, 2)}}, noon)
        .then_rejected(Rejection::allocations_do_not_add_up)
        .when(NoteReserved{{in_the_east(high, 2)}}, noon)
        .then_rejected(Rejection::allocations_do_not_add_up);
}
TEST(OrderReserving, ends_at_the_first_shortage_and_lets_go_of_what_it_had) {
    const Shortage shortage{known<Sku>(high), known<Label>("stock_is_insufficient"), no_units};
    given(begun(two_partitions), StockAsked{1, {demand(low, 1)}},
          StockReserved{{in_the_east(low, 1)}}, StockAsked{6, {demand(high, 2)}})
        .when(NoteNotReserved{{shortage}}, noon)
        .then(Refused{{shortage}}, StockLetGo{{known<Sku>(low)}});
}
TEST(OrderReserving, lets_go_of_what_comes_after_it_was_given_up) {
    given(begun(two_partitions), StockAsked{1, {demand(low, 1)}}, GivenUp{})
        .when(NoteReserved{{in_the_east(low, 1)}}, noon)
        .then(StockLetGo{{known<Sku>(low)}});
}
TEST(OrderReserving, keeps_a_claim_while_it_wants_it_and_lets_go_of_it_afterwards) {
    given(begun(two_partitions)).when(NoteClaimLapsed{known<Sku>(low)}, noon).then();
    given(begun(two_partitions), GivenUp{})
        .when(NoteClaimLapsed{known<Sku>(low)}, noon)
        .then(StockLetGo{{known<Sku>(low)}});
    given().when(NoteClaimLapsed{known<Sku>(low)}, noon).then_rejected(Rejection::order_is_unknown);
}
TEST(OrderReserving, shares_the_locations_of_a_sku_among_its_lines) {
    const auto sale = begin({line("a", low, 3, 100), line("b", low, 4, 100)});
    const auto parts = placed(sale, 5).state().parts;
    ASSERT_EQ(parts.size(), 3U);
    const auto is = [&](std::size_t n, LocationId location, std::string_view line, int quantity) {
        EXPECT_EQ(parts[n].location, location);
        EXPECT_EQ(parts[n].line, line_id(line));
        EXPECT_EQ(parts[n].quantity.raw(), quantity);
    };
    is(0, east, "a", 3);
    is(1, east, "b", 2);
    is(2, west, "b", 2);
}

TEST(OrderPaying, is_confirmed_when_every_payment_is_authorized) {
    const auto sale = paid_by(two_partitions, {by_token(1'000), by_token(300)});
    placed(sale)
        .when(NoteAuthorized{payment(2), amount(300)}, noon)
        .then(PaymentAuthorized{payment(2), amount(300)})
        .when(NoteAuthorized{payment(2), amount(300)}, noon)
        .then()
        .when(NoteAuthorized{payment(1), amount(1'000)}, noon)
        .then(PaymentAuthorized{payment(1), amount(1'000)}, Confirmed{});
}
TEST(OrderPaying, asks_for_no_payment_of_nothing) {
    given()
        .when(begin({line("a", low, 1, 0)}), noon)
        .when(NoteReserved{{in_the_east(low, 1)}}, noon)
        .then(StockReserved{{in_the_east(low, 1)}}, Placed{}, Confirmed{});
}
TEST(OrderPaying, is_declined_by_one_payment_and_voids_the_others) {
    const auto sale = paid_by(two_partitions, {by_token(1'000), by_token(300)});
    const auto broke = known<Label>("insufficient funds");
    placed(sale)
        .when(NoteAuthorized{payment(1), amount(1'000)}, noon)
        .when(NoteDeclined{payment(2), broke}, noon)
        .then(PaymentDeclined{payment(2), broke}, Declined{payment(2), broke},
              StockLetGo{{known<Sku>(low), known<Sku>(high)}},
              VoidAsked{payment(1), operation("order:void-1")});
}
TEST(OrderPaying, gives_back_what_was_paid_outside_when_another_payment_is_declined) {
    const auto sale = paid_by(two_partitions, {outside(1'000), by_token(300)});
    placed(sale)
        .when(NoteAuthorized{payment(1), amount(1'000)}, noon)
        .when(NoteDeclined{payment(2), {}}, noon)
        .then(PaymentDeclined{payment(2), {}}, Declined{payment(2), {}},
              StockLetGo{{known<Sku>(low), known<Sku>(high)}},
              RefundAsked{payment(1), operation("order:refund-1"), amount(1'000)})
        .when(NoteCaptured{payment(1), operation("outside"), amount(1'000)}, noon)
        .then(PaymentCaptured{payment(1), operation("outside"), amount(1'000)});
}
TEST(OrderPaying, voids_an_authorization_that_comes_too_late) {
    placed(two_partitions)
        .when(GiveUp{}, give_up_at)
        .then(GivenUp{}, StockLetGo{{known<Sku>(low), known<Sku>(high)}})
        .when(NoteAuthorized{payment(1), amount(1'300)}, give_up_at)
        .then(PaymentAuthorized{payment(1), amount(1'300)},
              VoidAsked{payment(1), operation("order:void-1")});
}
TEST(OrderPaying, takes_a_decline_that_comes_too_late_for_what_it_is) {
    placed(two_partitions)
        .when(GiveUp{}, give_up_at)
        .when(NoteDeclined{payment(1), {}}, give_up_at)
        .then(PaymentDeclined{payment(1), {}})
        .when(NoteDeclined{payment(1), {}}, give_up_at)
        .then();
}
TEST(OrderPaying, captures_at_confirmation_where_the_server_says_so) {
    placed(two_partitions, all_of_it, captures_at_confirmation())
        .when(NoteAuthorized{payment(1), amount(1'300)}, noon)
        .then(PaymentAuthorized{payment(1), amount(1'300)}, Confirmed{},
              CaptureAsked{payment(1), operation("order:capture-1"), amount(1'300)});
}
TEST(OrderPaying, knows_no_other_payments_than_its_own) {
    placed(two_partitions)
        .when(NoteAuthorized{payment(2), amount(1)}, noon)
        .then_rejected(Rejection::payment_is_unknown);
}
TEST(OrderPaying, completes_an_order_that_no_warehouse_sends_when_it_is_paid) {
    const auto sale = begin({untracked(line("v", low, 2, 500))}, {shipping("post", 100)});
    given()
        .when(sale, noon)
        .then(begun(sale), Placed{})
        .when(NoteAuthorized{payment(1), amount(1'100)}, noon)
        .then(PaymentAuthorized{payment(1), amount(1'100)}, Confirmed{},
              Completed{{share("v", 2, 1'000)}},
              SettlementAsked{payment(1), operation("order:settle-1"), amount(1'100)});
}
TEST(OrderPaying, completes_at_once_what_costs_nothing_and_is_not_sent) {
    const auto sale = begin({untracked(line("v", low, 2, 0))});
    given()
        .when(sale, noon)
        .then(begun(sale), Placed{}, Confirmed{}, Completed{{share("v", 2, 0)}});
}

TEST(OrderGiveUp, waits_until_its_time) {
    given(begun(two_partitions), StockAsked{1, {}})
        .when(GiveUp{}, noon)
        .then()
        .when(GiveUp{}, give_up_at)
        .then(GivenUp{});
}
TEST(OrderGiveUp, is_due_only_while_an_order_is_being_made) {
    const auto sale = placed(two_partitions);
    EXPECT_EQ(deadline(sale.state()), give_up_at);
    auto paid = confirmed(two_partitions);
    EXPECT_EQ(deadline(paid.state()), std::nullopt);
    paid.when(GiveUp{}, give_up_at).then();
}

TEST(OrderOfACart, does_not_change_when_the_cart_asks_what_became_of_it) {
    auto sale = two_partitions;
    sale.cart = known<CartId>("cart-1");
    const NoteCartWaits waits{*sale.cart};
    given().when(waits, noon).then_rejected(Rejection::order_is_unknown);
    placed(sale).when(waits, noon).then();
    confirmed(sale).when(waits, noon).then();
    placed(sale).when(Cancel{c("x"), {}}, noon).when(waits, noon).then();
    confirmed(sale)
        .when(NoteCartWaits{known<CartId>("cart-2")}, noon)
        .then_rejected(Rejection::order_exists_already);
    confirmed(two_partitions).when(waits, noon).then_rejected(Rejection::order_exists_already);
}

TEST(Order, explains_every_refusal) { expect_explained<Order>(32); }
TEST(Order, names_its_payments_and_fulfillments_after_itself) {
    const auto longest = known<OrderId>("a-thirty-six-character-long-order-id");
    EXPECT_EQ(payment_of(o1, 10).raw(), "o1-p10");
    EXPECT_EQ(fulfillment_of(o1, 1).raw(), "o1.1");
    EXPECT_EQ(fulfillment_of(longest, 46'655).raw(), "a-thirty-six-character-long-order-id.zzz");
    EXPECT_EQ(payment_of(longest, 10).raw(), "a-thirty-six-character-long-order-id-p10");
}

}  // namespace
}  // namespace holdfast::order
