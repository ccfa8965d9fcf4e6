#include "tests/support/sold.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using namespace order;

constexpr auto o1 = known<OrderId>("o1");
constexpr auto operation = known<OperationId>("op");
const auto paid = payment_of(o1, 1);
constexpr Time november_30 = known<Time>(1'291'161'599'999);  // 2010, the last millisecond of it
constexpr Time december_1 = known<Time>(1'291'161'600'000);

LineShare share(std::string_view id, std::int64_t units, std::int64_t pence) {
    return {known<LineId>(id), pieces(units), amount(pence)};
}

class SalesView : public ::testing::Test, public ToldViews {
protected:
    SalesView() {
        header.at_ms = november_30;
        header.envelope.channel = "web";
    }
    void begin(const OrderId& id = o1) {
        tell<Order>(id.raw(), {Begun{id,
                                     {},
                                     gbp(),
                                     {},
                                     known<CountryName>("France"),
                                     {line("1", "MUG", 3, 500), line("2", "MUG", 1, 400),
                                      untracked(line("3", "GIFT", 2, 300))},
                                     {shipping("s", 100)},
                                     {by_token(2'600)},
                                     amount(2'600),
                                     {},
                                     december_1,
                                     false}});
    }
    template <class... Events> void had(const Events&... events) {
        tell<Order>("o1", list_of<Event>(events...));
    }
    std::vector<SalesRow> sales(SalesBy by) { return read().sales({.by = by}, {}).value().rows; }
    SalesRow of(SalesBy by, std::string_view group) {
        for (const auto& row : sales(by))
            if (row.group == group) return row;
        return {.group = "none", .currency = gbp()};
    }
};

TEST_F(SalesView, counts_an_order_when_it_is_confirmed_at_its_own_time) {
    begin();
    EXPECT_TRUE(sales(SalesBy::day).empty());
    header.at_ms = december_1;
    had(Confirmed{});
    const SalesRow expected{.group = "2010-11-30",
                            .currency = gbp(),
                            .orders = 1,
                            .lines = 3,
                            .units = 4,
                            .untracked_units = 2,
                            .total = 2'600};
    EXPECT_EQ(sales(SalesBy::day), std::vector{expected});
    EXPECT_EQ(of(SalesBy::month, "2010-11").orders, 1);
    EXPECT_EQ(of(SalesBy::country, "France").total, 2'600);
    EXPECT_EQ(of(SalesBy::channel, "web").units, 4);
    EXPECT_EQ(of(SalesBy::all, "all").lines, 3);
}
TEST_F(SalesView, takes_the_time_that_a_history_gives_itself) {
    header.envelope.asked_at_ms = november_30;
    header.at_ms = december_1;
    begin();
    had(Confirmed{});
    EXPECT_EQ(of(SalesBy::month, "2010-11").orders, 1);
}
TEST_F(SalesView, counts_what_came_to_nothing_apart) {
    for (const auto* id : {"o1", "o2", "o3"}) begin(known<OrderId>(id));
    had(Refused{{}});
    tell<Order>("o2", {Declined{paid, {}}});
    tell<Order>("o3", {GivenUp{}});
    const auto row = of(SalesBy::month, "2010-11");
    EXPECT_EQ(row.refused, 1);
    EXPECT_EQ(row.declined, 1);
    EXPECT_EQ(row.given_up, 1);
    EXPECT_EQ(row.orders, 0);
    EXPECT_EQ(row.total, 0);
}
TEST_F(SalesView, counts_what_happens_later_in_its_own_month) {
    begin();
    had(Confirmed{});
    header.at_ms = december_1;
    had(
        LinesCancelled{
            known<CancellationId>("c"), {}, {share("1", 1, 500)}, amount(100), no_amount},
        order::Shipped{known<FulfillmentId>("f"),
                       known<ShipmentId>("s"),
                       {share("1", 2, 1'000), share("2", 1, 400)}},
        Returned{known<ReturnId>("r"), {}, {share("2", 1, 400)}, {}, amount(400)});
    const auto november = of(SalesBy::month, "2010-11"), december = of(SalesBy::month, "2010-12");
    EXPECT_EQ(november.orders, 1);
    EXPECT_EQ(november.cancelled_units + november.shipped_units + november.returned_units, 0);
    EXPECT_EQ(december.orders, 0);
    EXPECT_EQ(december.cancelled_units, 1);
    EXPECT_EQ(december.cancelled, 500);
    EXPECT_EQ(december.shipments, 1);
    EXPECT_EQ(december.shipped_units, 3);
    EXPECT_EQ(december.returned_units, 1);
    EXPECT_EQ(december.returned, 400);
}
TEST_F(SalesView, counts_no_cancellation_of_what_was_never_sold) {
    begin();
    had(LinesCancelled{
        known<CancellationId>("c"), {}, {share("1", 3, 1'500)}, no_amount, no_amount});
    EXPECT_EQ(of(SalesBy::all, "all").cancelled, 0);
}
TEST_F(SalesView, sums_money_that_moved) {
    begin();
    had(PaymentAuthorized{paid, amount(2'600)}, PaymentCaptured{paid, operation, amount(2'000)},
        PaymentVoided{paid, operation, amount(600)}, PaymentRefunded{paid, operation, amount(50)});
    const auto row = of(SalesBy::day, "2010-11-30");
    EXPECT_EQ(row.authorized, 2'600);
    EXPECT_EQ(row.captured, 2'000);
    EXPECT_EQ(row.voided, 600);
    EXPECT_EQ(row.refunded, 50);
}
TEST_F(SalesView, sums_by_sku_over_the_lines) {
    begin();
    had(Confirmed{},
        LinesCancelled{known<CancellationId>("c"), {}, {share("2", 1, 400)}, no_amount, no_amount});
    const auto mugs = of(SalesBy::sku, "MUG");
    EXPECT_EQ(mugs.lines, 2);
    EXPECT_EQ(mugs.units, 4);
    EXPECT_EQ(mugs.total, 1'900);
    EXPECT_EQ(mugs.cancelled_units, 1);
    EXPECT_EQ(of(SalesBy::sku, "GIFT").untracked_units, 2);
}
TEST_F(SalesView, reads_a_range_of_one_currency) {
    for (const std::int64_t day : {0, 1, 2, 3}) {
        header.at_ms = known<Time>(december_1.raw() + day * 86'400'000);
        const auto id = known<OrderId>("order-" + std::to_string(day));
        begin(id);
        tell<Order>(id.raw(), {Confirmed{}});
    }
    const SalesFilter filter{
        .by = SalesBy::day, .currency = gbp(), .from = "2010-12-02", .until = "2010-12-04"};
    const auto rows = read().sales(filter, {}).value().rows;
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].group, "2010-12-02");
    EXPECT_EQ(rows[1].group, "2010-12-03");
    const SalesFilter other{.by = SalesBy::day, .currency = known<Currency>("EUR")};
    EXPECT_TRUE(views.sales(other, {}).value().rows.empty());
}

}  // namespace
}  // namespace holdfast::projections
