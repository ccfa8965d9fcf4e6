#include "tests/support/sold.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using namespace order;

constexpr auto o1 = known<OrderId>("o1");
constexpr auto box = known<ShipmentId>("box");
constexpr auto operation = known<OperationId>("op");
constexpr auto cancellation = known<CancellationId>("c1");
const auto paid = payment_of(o1, 1);
const auto sent = fulfillment_of(o1, 1);

LineShare share(std::string_view id, std::int64_t units, std::int64_t pence) {
    return {known<LineId>(id), pieces(units), amount(pence)};
}

class OrderView : public ::testing::Test, public ToldViews {
protected:
    OrderView() { header.at_ms = known<Time>(1'000); }

    void begin(const OrderId& id = o1, std::optional<CustomerId> customer = {}) {
        tell<Order>(id.raw(),
                    {Begun{id,
                           known<CartId>("basket"),
                           gbp(),
                           customer,
                           known<CountryName>("France"),
                           {line("1", "MUG", 3, 500), untracked(line("2", "GIFT", 1, 900))},
                           {shipping("s", 100)},
                           {by_token(2'500)},
                           amount(2'500),
                           {},
                           known<Time>(9'000),
                           false}});
    }
    template <class... Events> void had(const Events&... events) {
        tell<Order>("o1", list_of<Event>(events...));
    }
    OrderRow row() { return read().order(o1).value().value(); }
    std::vector<std::string> ids(const OrderFilter& filter) {
        std::vector<std::string> found;
        const auto page = read().orders(filter, {}).value();
        for (const auto& row : page.rows) found.emplace_back(row.order.raw());
        return found;
    }
};
using Ids = std::vector<std::string>;

TEST_F(OrderView, shows_an_order_as_it_began) {
    header.envelope.channel = "web";
    header.envelope.reference = "PO 1";
    begin(o1, known<CustomerId>("ann"));
    EXPECT_EQ(row().state, Stage::reserving);
    EXPECT_FALSE(is_decided(row().state));
    EXPECT_EQ(row().customer, known<CustomerId>("ann"));
    EXPECT_EQ(row().cart, known<CartId>("basket"));
    EXPECT_EQ(row().total, 2'500);
    EXPECT_EQ(row().placed.channel + row().placed.reference, "webPO 1");
    EXPECT_EQ(row().lines.at(0).total, 1'500);
    EXPECT_EQ(row().lines.at(0).open, 3);
    EXPECT_TRUE(row().lines.at(1).untracked);
    EXPECT_EQ(row().payments.at(0).payment, paid);
    EXPECT_EQ(row().payments.at(0).amount, 2'500);
}
TEST_F(OrderView, follows_the_checkout) {
    begin();
    had(Placed{});
    EXPECT_EQ(row().state, Stage::paying);
    had(PaymentAuthorized{paid, amount(2'500)}, Confirmed{});
    EXPECT_EQ(row().state, Stage::confirmed);
    EXPECT_TRUE(is_decided(row().state));
    EXPECT_EQ(row().payments.at(0).authorized, 2'500);
    EXPECT_EQ(row().version, 4U);
}
TEST_F(OrderView, says_what_stock_lacked) {
    begin();
    had(Refused{{{known<Sku>("MUG"), known<Label>("stock_is_insufficient"), known<Units>(2)}}});
    EXPECT_EQ(row().state, Stage::refused);
    EXPECT_EQ(row().shortages.at(0), (ShortageRow{known<Sku>("MUG"), "stock_is_insufficient", 2}));
}
TEST_F(OrderView, says_why_a_payment_was_declined) {
    begin();
    had(PaymentDeclined{paid, known<Label>("no funds")}, Declined{paid, known<Label>("no funds")});
    EXPECT_EQ(row().state, Stage::declined);
    EXPECT_EQ(row().payments.at(0).failure, "no funds");
}
TEST_F(OrderView, keeps_the_quantity_ledger_of_each_line) {
    begin();
    had(Confirmed{}, CancellationAsked{cancellation, {}, {}},
        LinesCancelled{cancellation, sent, {share("1", 1, 500)}, amount(40), no_amount},
        Shipped{sent, box, {share("1", 2, 1'000)}}, Completed{{share("2", 1, 900)}},
        Returned{known<ReturnId>("r"), {}, {share("1", 1, 500)}, {}, amount(500)});
    const auto mugs = row().lines.at(0), gift = row().lines.at(1);
    EXPECT_EQ(mugs.open, 0);
    EXPECT_EQ(mugs.cancelled, 1);
    EXPECT_EQ(mugs.shipped, 2);
    EXPECT_EQ(mugs.returned, 1);
    EXPECT_EQ(mugs.amount_cancelled, 500);
    EXPECT_EQ(mugs.amount_shipped, 1'000);
    EXPECT_EQ(mugs.amount_returned, 500);
    EXPECT_EQ(gift.shipped, 1);
    EXPECT_EQ(row().charges_cancelled, 40);
    EXPECT_EQ(row().returns.at(0).refund, 500);
    EXPECT_EQ(row().state, Stage::completed);
}
TEST_F(OrderView, sums_its_payments) {
    begin();
    had(PaymentAuthorized{paid, amount(2'500)}, PaymentCaptured{paid, operation, amount(2'000)},
        PaymentVoided{paid, operation, amount(500)}, PaymentRefunded{paid, operation, amount(300)});
    const auto payment = row().payments.at(0);
    EXPECT_EQ(payment.captured, 2'000);
    EXPECT_EQ(payment.voided, 500);
    EXPECT_EQ(payment.refunded, 300);
}
TEST_F(OrderView, tells_who_did_what_when_and_why) {
    begin();
    had(StockAsked{0, {}}, StockReserved{{}}, Placed{});
    header.at_ms = known<Time>(5'000);
    header.envelope.actor = "kim";
    header.envelope.reason = "customer called";
    had(CancellationAsked{cancellation, {}, {}});
    const auto timeline = row().timeline;
    ASSERT_EQ(timeline.size(), 3U);
    EXPECT_EQ(timeline[0].what, "begun");
    EXPECT_EQ(timeline[1].what, "placed");
    EXPECT_EQ(timeline[2], (TimelineRow{known<Time>(5'000), "cancellation_asked", "c1", "", "kim",
                                        "customer called"}));
}
TEST_F(OrderView, puts_in_the_tracking_that_its_warehouse_knows) {
    begin();
    had(Shipped{sent, box, {share("1", 3, 1'500)}});
    EXPECT_EQ(row().shipments.at(0).tracking, "");
    tell<Fulfillment>(sent.raw(),
                      {fulfillment::Requested{o1,
                                              known<LocationId>("north"),
                                              {{known<LineId>("1"), known<Sku>("MUG"), pieces(3)}},
                                              {}},
                       fulfillment::Shipped{o1,
                                            box,
                                            {{known<LineId>("1"), pieces(3)}},
                                            known<Label>("Royal Mail"),
                                            known<Reference>("RM 1")}});
    EXPECT_EQ(row().shipments.at(0).carrier, "Royal Mail");
    EXPECT_EQ(row().shipments.at(0).tracking, "RM 1");
}
TEST_F(OrderView, lists_by_customer_and_state_newest_first) {
    const auto ann = known<CustomerId>("ann"), bob = known<CustomerId>("bob");
    begin(known<OrderId>("o1"), ann);
    header.at_ms = known<Time>(2'000);
    begin(known<OrderId>("o2"), bob);
    header.at_ms = known<Time>(3'000);
    begin(known<OrderId>("o3"), ann);
    EXPECT_EQ(ids({}), (Ids{"o3", "o2", "o1"}));
    EXPECT_EQ(ids({.customer = ann}), (Ids{"o3", "o1"}));
    had(Placed{});
    EXPECT_EQ(ids({.state = Stage::reserving}), (Ids{"o3", "o2"}));
    EXPECT_EQ(ids({.state = Stage::paying}), (Ids{"o1"}));
    EXPECT_EQ(ids({.customer = ann, .state = Stage::reserving}), (Ids{"o3"}));
}
TEST_F(OrderView, lists_what_needs_attention) {
    begin();
    begin(known<OrderId>("o2"));
    EXPECT_EQ(ids({.needs_attention = true}), Ids());
    had(PaymentFailed{paid, operation, amount(10), Trouble::capture_failed, known<Label>("gone")});
    EXPECT_EQ(ids({.needs_attention = true}), (Ids{"o1"}));
    EXPECT_EQ(row().timeline.back().what, "capture_failed");
}
TEST_F(OrderView, needs_no_attention_once_what_failed_was_made_good) {
    begin();
    had(PaymentAuthorized{paid, amount(2'500)}, SettlementAsked{paid, operation, amount(2'000)},
        PaymentFailed{paid, operation, amount(2'000), Trouble::capture_failed, {}});
    had(PaymentVoided{paid, operation, amount(500)});
    EXPECT_TRUE(row().needs_attention);
    had(PaymentCaptured{paid, operation, amount(2'000)});
    EXPECT_FALSE(row().needs_attention);
    EXPECT_EQ(ids({.needs_attention = true}), Ids());
}
TEST_F(OrderView, pages_through_orders_of_one_moment) {
    for (const auto* id : {"o1", "o2", "o3", "o4", "o5"}) begin(known<OrderId>(id));
    Ids found;
    Listing listing{.limit = 2};
    do {
        const auto page = read().orders({}, listing).value();
        EXPECT_LE(page.rows.size(), 2U);
        for (const auto& order : page.rows) found.emplace_back(order.order.raw());
        listing.cursor = page.next;
    } while (!listing.cursor.empty());
    EXPECT_EQ(found, (Ids{"o5", "o4", "o3", "o2", "o1"}));
}

}  // namespace
}  // namespace holdfast::projections
