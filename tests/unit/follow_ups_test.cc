// Each line of the table in follow_ups.h: what is decided, and who is told what.
#include "engine/domain/follow_ups.h"

#include <gmock/gmock.h>

#include "cart_tables.h"
#include "fulfillment_tables.h"
#include "order_tables.h"
#include "payment_tables.h"
#include "stock_tables.h"
#include "tests/unit/order_given.h"

namespace holdfast {
namespace {

using order::begin;
using order::confirmed;
using order::east;
using order::fulfillment;
using order::noon;
using order::o1;
using order::payment;
using order::placed;
using order::sku_in;
using order::some;
using order::west;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Told = std::vector<std::string>;

const auto x = sku_in(1), y = sku_in(6);
const CartId cart_1 = known<CartId>("cart-1");
const ShipmentId s1 = known<ShipmentId>("s1");
const CancellationId c1 = known<CancellationId>("c1");

Told told(const std::vector<FollowUp>& said) {
    Told lines;
    for (const auto& message : said)
        lines.push_back(
            message.key + (message.everywhere ? " everywhere: " : ": ") +
            std::visit([](const auto& command) { return shown(command); }, message.command));
    return lines;
}

// A stream, and who is told what after what it is told.
template <class C> class Stream {
public:
    explicit Stream(std::string key, typename C::State state = {})
        : key_(std::move(key)), state_(std::move(state)) {}

    Told tell(const typename C::Command& command, Time at = noon) {
        const stock::Locations locations;
        const Policy policy;
        const auto decided = decide(state_, command, Terms{at, 8, policy, locations});
        if (decided)
            for (const auto& event : *decided) evolve(state_, event);
        return told(follow_ups(Outcome<C>{key_, command, decided, state_}));
    }

private:
    std::string key_;
    typename C::State state_;
};

Stream<Order> after(const Scenario<Order>& scenario) {
    return Stream<Order>("o1", scenario.state());
}
order::Begin from_a_cart(order::Begin begin) {
    begin.cart = cart_1;
    return begin;
}

// SKUs of one partition, which are asked together.
class Shelves {
public:
    Shelves() { set(east, 1), set(west, 2); }

    void set(const LocationId& location, std::int64_t priority, bool accepts_orders = true) {
        evolve(locations_,
               stock::LocationSet{location, {}, known<Priority>(priority), accepts_orders});
    }
    void receive(const std::string& sku, const LocationId& location, std::int64_t n) {
        evolve(skus_[sku], stock::Received{known<MovementId>("m"), location, pieces(n)});
    }
    Told tell(const std::vector<std::pair<std::string, stock::Command>>& group, Time at = noon) {
        const Policy policy;
        std::vector<stock::Decision> decided;
        bool accepted = true;
        for (const auto& [sku, command] : group) {
            decided.push_back(decide(skus_[sku], command, Terms{at, 8, policy, locations_}));
            accepted = accepted && decided.back().has_value();
        }
        std::vector<Outcome<Stock>> outcomes;
        for (std::size_t i = 0; i < group.size(); ++i) {
            auto& sku = skus_[group[i].first];
            if (accepted)
                for (const auto& event : *decided[i]) evolve(sku, event);
            outcomes.push_back({group[i].first, group[i].second, decided[i], sku});
        }
        return told(follow_ups(std::span<const Outcome<Stock>>(outcomes)));
    }

private:
    std::map<std::string, stock::State> skus_;
    stock::Locations locations_;
};

stock::Reserve reserve(std::int64_t n) {
    return {known<ReservationId>("o1"), pieces(n), {}, {}, {}, o1};
}

TEST(FollowUps, of_a_frozen_cart_begin_its_order) {
    Stream<Cart> cart("cart-1");
    cart.tell(cart::Open{gbp(), {}, {}, {line("a", x, 2, 100)}, {shipping("post", 50)}, {}});
    EXPECT_THAT(cart.tell(cart::Complete{o1, pounds(250), {by_token(250)}}),
                ElementsAre("o1: Begin{order: o1, cart: cart-1, currency: GBP, customer: -, "
                            "country: , lines: [{a, " +
                            x +
                            ", 2, 100, [], [], -, 0, }], charges: [{post, shipping, , 50, []}], "
                            "payments: [{250, approve, -, 0}], total: 250, personal: -}"));
}
TEST(FollowUps, of_an_order_that_is_refused_open_its_cart_again) {
    auto wrong = from_a_cart(begin({line("a", x, 2, 100)}));
    wrong.total = amount(1);
    EXPECT_THAT(Stream<Order>("o1").tell(wrong),
                ElementsAre("cart-1: Unfreeze{order: o1, why: order_was_refused}"));
}
TEST(FollowUps, of_a_cart_that_waited_too_long_ask_its_order) {
    Stream<Cart> cart("cart-1");
    cart.tell(cart::Open{gbp(), {}, {}, {line("a", x, 2, 100)}, {}, {}});
    cart.tell(cart::Complete{o1, pounds(200), {by_token(200)}});
    EXPECT_THAT(cart.tell(cart::AskOrder{}, later(order::give_up_at, known<Duration>(60'000))),
                ElementsAre("o1: NoteCartWaits{cart: cart-1}"));
}
TEST(FollowUps, of_an_order_that_a_cart_asks_tell_it_how_it_ended) {
    const auto sale = from_a_cart(begin({line("a", x, 2, 100), untracked(line("b", "V", 1, 9))}));
    const auto told = [](const Scenario<Order>& scenario) {
        return after(scenario).tell(order::NoteCartWaits{cart_1});
    };
    const auto thaw = [](const std::string& why) {
        return ElementsAre("cart-1: Unfreeze{order: o1, why: " + why + "}");
    };
    EXPECT_THAT(told({}), thaw("order_never_began"));
    EXPECT_THAT(told(Scenario<Order>{}.when(sale, noon)), IsEmpty());
    EXPECT_THAT(told(placed(sale)), IsEmpty());
    EXPECT_THAT(told(confirmed(sale)), ElementsAre("cart-1: Convert{order: o1}"));
    EXPECT_THAT(told(Scenario<Order>{}.when(sale, noon).when(order::NoteNotReserved{}, noon)),
                thaw("stock_was_insufficient"));
    EXPECT_THAT(told(placed(sale).when(order::NoteDeclined{payment(1), {}}, noon)),
                thaw("payment_was_declined"));
    EXPECT_THAT(told(placed(sale).when(order::GiveUp{}, order::give_up_at)),
                thaw("order_was_given_up"));
    EXPECT_THAT(told(placed(sale).when(order::Cancel{c1, {}}, noon)), thaw("order_was_cancelled"));
}
TEST(FollowUps, of_a_sale_that_was_cancelled_since_tell_its_cart_that_it_was_one) {
    auto sale = confirmed(from_a_cart(begin({line("a", x, 2, 100)})));
    const Told another{"cart-2: Unfreeze{order: o1, why: order_was_refused}"};
    EXPECT_EQ(after(sale).tell(order::NoteCartWaits{known<CartId>("cart-2")}), another);
    sale.when(order::Cancel{c1, {}}, noon)
        .when(order::NoteCancelAnswer{fulfillment(1), c1, {some("a", 2)}, {}}, noon);
    ASSERT_EQ(sale.state().stage, order::Stage::cancelled);
    EXPECT_EQ(after(sale).tell(order::NoteCartWaits{cart_1}), Told{"cart-1: Convert{order: o1}"});
}
TEST(FollowUps, of_an_order_ask_stock_for_each_sku_once) {
    const auto also_x = std::max(sku_in(1, 1), x), first_x = std::min(sku_in(1, 1), x);
    EXPECT_THAT(
        Stream<Order>("o1").tell(
            begin({line("a", first_x, 2, 100), line("b", y, 1, 100), line("c", first_x, 3, 90),
                   with_reservation(line("d", also_x, 4, 100), "mine")})),
        ElementsAre(first_x + ": Reserve{reservation: o1, quantity: 5, location: -, ttl_ms: -, "
                              "customer: -, order: o1}",
                    also_x + ": Claim{reservation: mine, order: o1, quantity: 4}"));
}

TEST(FollowUps, of_stock_that_has_it_all_tell_the_order_where_it_is) {
    Shelves shelves;
    shelves.receive("a", east, 3);
    shelves.receive("a", west, 3);
    shelves.receive("b", west, 3);
    EXPECT_THAT(shelves.tell({{"a", reserve(5)}, {"b", reserve(1)}}),
                ElementsAre("o1: NoteReserved{allocations: [{a, east, 3}, {a, west, 2}, "
                            "{b, west, 1}]}"));
}
TEST(FollowUps, of_stock_that_lacks_something_tell_the_order_what) {
    Shelves shelves;
    shelves.receive("a", east, 3);
    shelves.receive("b", west, 3);
    EXPECT_THAT(shelves.tell({{"a", reserve(5)}, {"b", reserve(1)}, {"c", reserve(1)}}),
                ElementsAre("o1: NoteNotReserved{shortages: [{a, stock_is_insufficient, 3}, "
                            "{c, sku_is_unknown, 0}]}"));
}
TEST(FollowUps, of_stock_that_lacks_something_count_only_what_orders_can_have) {
    Shelves shelves;
    shelves.set(west, 2, false);
    shelves.receive("a", east, 3);
    shelves.receive("a", west, 40);
    EXPECT_THAT(shelves.tell({{"a", reserve(5)}}),
                ElementsAre("o1: NoteNotReserved{shortages: [{a, stock_is_insufficient, 3}]}"));
}
TEST(FollowUps, name_at_most_twenty_shortages) {
    std::vector<std::pair<std::string, stock::Command>> group;
    for (int i = 0; i < 30; ++i) group.push_back({"sku" + std::to_string(i), reserve(1)});
    const auto said = Shelves().tell(group);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(std::ranges::count(said.front(), '}'), 21);
}
TEST(FollowUps, of_a_reservation_of_nobodys_order_are_none) {
    Shelves shelves;
    shelves.receive("a", east, 3);
    auto own = reserve(1);
    own.order.reset();
    EXPECT_THAT(shelves.tell({{"a", own}}), IsEmpty());
    EXPECT_THAT(shelves.tell({{"b", own}}), IsEmpty());
}
TEST(FollowUps, of_a_lapsed_claim_ask_the_order_whether_it_wants_it) {
    Shelves shelves;
    shelves.receive("a", east, 3);
    shelves.tell({{"a", reserve(1)}});
    EXPECT_THAT(shelves.tell({{"a", stock::Expire{}}}, known<Time>(noon.raw() + 3'600'000)),
                ElementsAre("o1: NoteClaimLapsed{sku: a}"));
}
TEST(FollowUps, of_a_location_go_to_every_partition) {
    EXPECT_THAT(
        Shelves().tell(
            {{"north", stock::SetLocation{known<LocationId>("north"), known<Label>("North"),
                                          known<Priority>(3), true}}}),
        ElementsAre("north everywhere: SetLocation{location: north, name: North, priority: 3, "
                    "accepts_orders: 1}"));
}

TEST(FollowUps, of_stock_held_ask_each_payment) {
    auto asked =
        after(order::given(order::begun(order::paid_by(begin({line("a", x, 1, 100)}),
                                                       {by_token(60), order::outside(40)})),
                           order::StockAsked{1, {}}));
    EXPECT_THAT(asked.tell(order::NoteReserved{{{known<Sku>(x), east, pieces(1)}}}),
                ElementsAre("o1-p1: Authorize{order: o1, amount: {60, GBP}, gateway: -, "
                            "token: approve, outside: 0}",
                            "o1-p2: Authorize{order: o1, amount: {40, GBP}, gateway: -, "
                            "token: , outside: 1}"));
}
TEST(FollowUps, of_a_payment_tell_its_order) {
    Stream<Payment> paid("o1-p1");
    EXPECT_THAT(paid.tell(payment::Authorize{o1, pounds(100), {}, {}, true}),
                ElementsAre("o1: NoteAuthorized{payment: o1-p1, amount: 100}",
                            "o1: NoteCaptured{payment: o1-p1, operation: outside, amount: 100}"));
    EXPECT_THAT(paid.tell(payment::Refund{order::operation("r"), pounds(30)}),
                ElementsAre("o1: NoteRefunded{payment: o1-p1, operation: r, amount: 30}"));
}
TEST(FollowUps, of_a_gateways_no_tell_the_order) {
    const auto no = [](std::string_view id, payment::Kind kind) {
        return payment::RecordAnswer{
            order::operation(id), kind, payment::Outcome::failed, {}, known<Label>("no")};
    };
    const auto yes = payment::RecordAnswer{order::operation("authorization-1"),
                                           payment::Kind::authorization,
                                           payment::Outcome::succeeded,
                                           {},
                                           {}};
    Stream<Payment> declined("o1-p1"), authorized("o1-p1");
    const payment::Authorize authorize{o1, pounds(100), {}, known<GatewayToken>("t"), false};
    EXPECT_THAT(declined.tell(authorize), IsEmpty());
    EXPECT_THAT(declined.tell(no("authorization-1", payment::Kind::authorization)),
                ElementsAre("o1: NoteDeclined{payment: o1-p1, detail: no}"));
    authorized.tell(authorize);
    EXPECT_THAT(authorized.tell(yes),
                ElementsAre("o1: NoteAuthorized{payment: o1-p1, amount: 100}"));
    authorized.tell(payment::Capture{order::operation("c"), pounds(60)});
    EXPECT_THAT(authorized.tell(no("c", payment::Kind::capture)),
                ElementsAre("o1: NotePaymentFailed{payment: o1-p1, operation: c, amount: 60, "
                            "trouble: capture_failed, detail: no}"));
    authorized.tell(payment::Void{order::operation("v"), pounds(60)});
    EXPECT_THAT(authorized.tell(no("v", payment::Kind::void_)),
                ElementsAre("o1: NotePaymentFailed{payment: o1-p1, operation: v, amount: 60, "
                            "trouble: void_failed, detail: no}"));
}
TEST(FollowUps, of_what_a_payment_refuses_tell_the_order_if_it_was_its_wish) {
    Stream<Payment> paid("o1-p1");
    EXPECT_THAT(paid.tell(payment::Authorize{o1, pounds(0), {}, {}, true}),
                ElementsAre("o1: NoteDeclined{payment: o1-p1, detail: amount_is_zero}"));
    paid.tell(payment::Authorize{o1, pounds(100), {}, {}, true});
    EXPECT_THAT(paid.tell(payment::Refund{order::operation("order:refund-1"), pounds(101)}),
                ElementsAre("o1: NotePaymentFailed{payment: o1-p1, operation: order:refund-1, "
                            "amount: 101, trouble: refund_failed, detail: "
                            "amount_exceeds_what_is_captured}"));
    EXPECT_THAT(paid.tell(payment::Refund{order::operation("by-hand"), pounds(101)}), IsEmpty());
}

TEST(FollowUps, of_a_confirmed_order_go_to_stock_its_cart_and_each_warehouse) {
    auto held =
        after(placed(from_a_cart(begin({with_reservation(line("a", x, 3, 100), "mine"),
                                        line("b", y, 1, 100), untracked(line("v", y, 1, 100))})),
                     2));
    EXPECT_THAT(
        held.tell(order::NoteAuthorized{payment(1), amount(500)}),
        ElementsAre(
            x + ": Commit{reservation: mine, order: o1}",
            y + ": Commit{reservation: o1, order: o1}", "cart-1: Convert{order: o1}",
            "o1.1: Request{order: o1, location: east, items: [{a, " + x + ", 2}, {b, " + y +
                ", 1}], personal: -}",
            "o1.2: Request{order: o1, location: west, items: [{a, " + x + ", 1}], personal: -}"));
}
TEST(FollowUps, of_a_declined_order_give_everything_back) {
    auto held = after(placed(order::paid_by(
        from_a_cart(begin({with_reservation(line("a", x, 3, 100), "mine"), line("b", y, 1, 100)})),
        {by_token(150), by_token(250)})));
    held.tell(order::NoteAuthorized{payment(2), amount(250)});
    EXPECT_THAT(held.tell(order::NoteDeclined{payment(1), {}}),
                ElementsAre("cart-1: Unfreeze{order: o1, why: payment_was_declined}",
                            x + ": Unclaim{reservation: mine, order: o1}",
                            y + ": Release{reservation: o1, quantity: -, order: o1, location: -}",
                            "o1-p2: Void{operation: order:void-1, amount: -}"));
}
TEST(FollowUps, of_an_order_without_stock_open_its_cart) {
    Stream<Order> asked("o1");
    asked.tell(from_a_cart(begin({line("a", x, 1, 100)})));
    EXPECT_THAT(asked.tell(order::NoteNotReserved{}),
                ElementsAre("cart-1: Unfreeze{order: o1, why: stock_was_insufficient}"));
}
TEST(FollowUps, of_an_order_given_up_or_called_off_open_its_cart) {
    const auto sale = from_a_cart(begin({line("a", x, 1, 100)}));
    const auto release = x + ": Release{reservation: o1, quantity: -, order: o1, location: -}";
    EXPECT_THAT(after(placed(sale)).tell(order::GiveUp{}, order::give_up_at),
                ElementsAre("cart-1: Unfreeze{order: o1, why: order_was_given_up}", release));
    EXPECT_THAT(after(placed(sale)).tell(order::Cancel{c1, {}}),
                ElementsAre("cart-1: Unfreeze{order: o1, why: order_was_cancelled}", release));
}

TEST(FollowUps, of_a_cancellation_ask_each_warehouse_and_release_where_it_agrees) {
    auto sold = after(confirmed(begin({line("a", x, 3, 100), line("b", x, 2, 100)}), 4));
    EXPECT_THAT(sold.tell(order::Cancel{c1, {}}),
                ElementsAre("o1.1: CancelLines{cancellation: c1, lines: [{a, 3}, {b, 1}]}",
                            "o1.2: CancelLines{cancellation: c1, lines: [{b, 1}]}"));
    EXPECT_THAT(
        sold.tell(order::NoteCancelAnswer{fulfillment(1), c1, {some("a", 3), some("b", 1)}, {}}),
        ElementsAre(x + ": Release{reservation: o1, quantity: 4, order: o1, location: east}"));
    EXPECT_THAT(
        sold.tell(order::NoteCancelAnswer{fulfillment(2), c1, {some("b", 1)}, {}}),
        ElementsAre(x + ": Release{reservation: o1, quantity: 1, order: o1, location: west}",
                    "o1-p1: Void{operation: order:void-1, amount: -}"));
}
TEST(FollowUps, of_a_shipment_take_the_units_of_a_sku_together) {
    auto sold =
        after(confirmed(begin({line("b", y, 1, 100), line("a", x, 3, 100), line("c", x, 2, 100)})));
    EXPECT_THAT(sold.tell(order::NoteShipped{
                    fulfillment(1), s1, {some("a", 3), some("b", 1), some("c", 1)}}),
                ElementsAre(x + ": Ship{reservation: o1, order: o1, shipment: s1, location: east, "
                                "quantity: 4}",
                            y + ": Ship{reservation: o1, order: o1, shipment: s1, location: east, "
                                "quantity: 1}",
                            "o1-p1: Capture{operation: order:capture-1, amount: {500, GBP}}"));
    EXPECT_THAT(sold.tell(order::NoteShipped{fulfillment(1), s1, {some("c", 1)}}),
                ElementsAre(x + ": Ship{reservation: o1, order: o1, shipment: s1, location: east, "
                                "quantity: 1}",
                            "o1-p1: Settle{operation: order:settle-2, capture: {600, GBP}}"));
}
TEST(FollowUps, of_a_return_restock_and_refund) {
    auto sold = after(confirmed(begin({line("a", x, 3, 100)})));
    sold.tell(order::NoteShipped{fulfillment(1), s1, {some("a", 3)}});
    sold.tell(order::NoteCaptured{payment(1), order::operation("order:settle-1-c"), amount(300)});
    const auto back = [](std::int64_t n, order::Condition condition) {
        return order::ReturnedLine{order::line_id("a"), pieces(n), condition};
    };
    EXPECT_THAT(
        sold.tell(
            order::Return{known<ReturnId>("r1"),
                          {back(1, order::Condition::sellable), back(2, order::Condition::damaged)},
                          true,
                          true}),
        ElementsAre(
            x + ": Restock{returned: r1, order: o1, location: east, quantity: 1, into: sellable}",
            x + ": Restock{returned: r1, order: o1, location: east, quantity: 2, into: damaged}",
            "o1-p1: Refund{operation: order:refund-2, amount: {300, GBP}}"));
}

TEST(FollowUps, of_a_warehouse_tell_its_order) {
    const fulfillment::Item two{order::line_id("a"), known<Sku>(x), pieces(2)};
    const fulfillment::Request request{o1, east, {two}, {}};
    const fulfillment::LineUnits one{order::line_id("a"), pieces(1)};
    Stream<Fulfillment> work("o1.1"), unwanted("o1.1");
    EXPECT_THAT(work.tell(request), IsEmpty());
    EXPECT_THAT(work.tell(fulfillment::Ship{s1, {one}, {}, {}}),
                ElementsAre("o1: NoteShipped{fulfillment: o1.1, shipment: s1, lines: [{a, 1}]}"));
    EXPECT_THAT(work.tell(fulfillment::CancelLines{c1, {{order::line_id("a"), pieces(2)}}}),
                ElementsAre("o1: NoteCancelAnswer{fulfillment: o1.1, cancellation: c1, "
                            "cancelled: [{a, 1}], refused: [{a, 1}]}"));
    unwanted.tell(request);
    EXPECT_THAT(unwanted.tell(fulfillment::Reject{}),
                ElementsAre("o1: NoteRejected{fulfillment: o1.1, lines: [{a, 2}]}"));
}
TEST(FollowUps, of_a_request_that_is_refused_count_as_a_warehouse_that_will_not) {
    const fulfillment::Item two{order::line_id("a"), known<Sku>(x), pieces(2)};
    Stream<Fulfillment> work("o1.1");
    work.tell(fulfillment::Request{o1, east, {two}, {}});
    EXPECT_THAT(work.tell(fulfillment::Request{o1, west, {two}, {}}),
                ElementsAre("o1: NoteRejected{fulfillment: o1.1, lines: [{a, 2}]}"));
}

}  // namespace
}  // namespace holdfast
