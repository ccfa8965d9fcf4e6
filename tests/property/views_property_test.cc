// The read models beside the states of the domain, under random work: what a view shows of a stream
// is what the stream is.
#include "tests/property/shopping.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

constexpr std::uint64_t runs = 40;
constexpr int steps = 300;

// Everything that happened in a shop, and the views of it.
class Retold : public ToldViews {
public:
    explicit Retold(const Conversation& shop) : shop_(shop) {
        header.at_ms = shop.now();
        retell<Stock>();
        retell<Cart>();
        retell<Order>();
        retell<Payment>();
        retell<Fulfillment>();
        read();
        EXPECT_EQ(projector.parked(), 0U);
    }

    void expect_stock() const {
        StockTotalsRow sum;
        shop_.each<Stock>([&](const Sku& id, const stock::State& sku) {
            if (!sku.known) return;
            const auto row = views.availability(id).value();
            ASSERT_TRUE(row) << id.raw();
            EXPECT_EQ(row->version, events<Stock>(id.raw()));
            ASSERT_EQ(row->locations.size(), sku.shelves.size()) << id.raw();
            for (std::size_t place = 0; place < sku.shelves.size(); ++place)
                expect_shelf(row->locations[place], sku.shelves[place], sum);
            ++sum.skus;
            sku.reservations.each(
                [&](const auto& entry) { expect_reservation(id, sku, entry.key, entry.value); });
        });
        EXPECT_EQ(views.stock_totals().value().value_or(StockTotalsRow{}), sum);
    }
    void expect_carts() const {
        shop_.each<Cart>([&](const CartId& id, const cart::State& cart) {
            if (cart.stage == cart::Stage::none) return;
            const auto row = views.cart(id).value();
            ASSERT_TRUE(row) << id.raw();
            EXPECT_EQ(row->state, cart.stage);
            EXPECT_EQ(row->order, cart.order);
            EXPECT_EQ(row->version, events<Cart>(id.raw()));
            if (cart.stage == cart::Stage::open || cart.stage == cart::Stage::frozen) {
                EXPECT_EQ(row->lines, cart.lines);
            }
        });
    }
    void expect_orders() const {
        shop_.each<Order>([&](const OrderId& id, const order::State& order) {
            if (order.stage == order::Stage::none) return;
            const auto row = views.order(id).value();
            ASSERT_TRUE(row) << id.raw();
            EXPECT_EQ(row->state, order.stage) << id.raw();
            EXPECT_EQ(row->needs_attention, order.needs_attention);
            EXPECT_EQ(row->charges_cancelled, order.charges_cancelled.raw());
            EXPECT_EQ(row->version, events<Order>(id.raw()));
            for (const auto& line : row->lines) expect_line(line, order);
            ASSERT_EQ(row->payments.size(), order.payments.size());
            for (std::size_t n = 0; n < order.payments.size(); ++n)
                expect_paid(row->payments[n], order.payments[n]);
        });
    }
    void expect_payments() const {
        shop_.each<Payment>([&](const PaymentId& id, const payment::State& payment) {
            if (!payment.order) return;
            const auto row = views.payment(id).value();
            ASSERT_TRUE(row) << id.raw();
            EXPECT_EQ(row->order, payment.order);
            EXPECT_EQ(row->asked, payment.asked.raw());
            expect_sums(*row, payment);
            ASSERT_EQ(row->operations.size(), payment.operations.size());
            for (const auto& operation : row->operations)
                EXPECT_EQ(operation.state, payment.operations.find(operation.operation)->standing);
        });
    }
    void expect_fulfillments() const {
        shop_.each<Fulfillment>([&](const FulfillmentId& id, const fulfillment::State& work) {
            if (work.stage == fulfillment::Stage::none) return;
            const auto row = views.fulfillment(id).value();
            ASSERT_TRUE(row) << id.raw();
            EXPECT_EQ(row->state, work.stage);
            EXPECT_EQ(row->shipments.size(), work.shipments.size());
            for (const auto& item : row->items) {
                const auto& progress = *work.lines.find(item.line);
                EXPECT_EQ(item.shipped, progress.shipped.raw()) << id.raw();
                EXPECT_EQ(item.cancelled, progress.cancelled.raw()) << id.raw();
            }
        });
    }
    // What the sales say is what all orders together say.
    void expect_sales() const {
        SalesRow sum{.group = "all", .currency = gbp()};
        for (const auto& [key, event] : shop_.history<Order>()) {
            sum.orders += std::holds_alternative<order::Confirmed>(event);
            sum.refused += std::holds_alternative<order::Refused>(event);
            sum.shipments += std::holds_alternative<order::Shipped>(event);
        }
        shop_.each<Order>([&](const OrderId&, const order::State& order) {
            for (const auto& payment : order.payments) {
                sum.authorized += payment.authorized.raw();
                sum.captured += payment.captured.raw();
                sum.voided += payment.voided.raw();
                sum.refunded += payment.refunded.raw();
            }
            for (const auto& [line, progress] : order.progress)
                sum.returned += progress.amount_returned.raw();
        });
        const auto page = views.sales({.by = SalesBy::all}, {}).value();
        if (page.rows.empty()) return;
        const auto& row = page.rows[0];
        EXPECT_EQ(row.orders, sum.orders);
        EXPECT_EQ(row.refused, sum.refused);
        EXPECT_EQ(row.shipments, sum.shipments);
        EXPECT_EQ(row.returned, sum.returned);
        expect_sums(row, sum);
        expect_groups_to_sum_up(row);
    }

private:
    template <class C> void retell() {
        for (const auto& [key, event] : shop_.history<C>()) tell<C>(key.raw(), {event});
    }
    template <class C> Version events(std::string_view key) const {
        Version count = 0;
        for (const auto& happened : shop_.history<C>()) count += happened.key.raw() == key;
        return count;
    }

    static std::int64_t raw(std::int64_t number) { return number; }
    static std::int64_t raw(Amount amount) { return amount.raw(); }
    static void expect_sums(const auto& row, const auto& state) {
        EXPECT_EQ(row.authorized, raw(state.authorized));
        EXPECT_EQ(row.captured, raw(state.captured));
        EXPECT_EQ(row.voided, raw(state.voided));
        EXPECT_EQ(row.refunded, raw(state.refunded));
    }
    static void expect_shelf(const ShelfRow& row, const stock::Shelf& shelf, StockTotalsRow& sum) {
        EXPECT_EQ(row.location, shelf.location);
        EXPECT_EQ(row.on_hand, shelf.on_hand.raw());
        EXPECT_EQ(row.damaged, shelf.damaged.raw());
        EXPECT_EQ(row.quarantined, shelf.quarantined.raw());
        EXPECT_EQ(row.reserved, shelf.reserved.raw());
        EXPECT_EQ(row.committed, shelf.committed.raw());
        EXPECT_EQ(row.short_of, shelf.short_of.raw());
        EXPECT_EQ(row.available, available(shelf).raw());
        sum.on_hand += row.on_hand;
        sum.damaged += row.damaged;
        sum.quarantined += row.quarantined;
        sum.reserved += row.reserved;
        sum.committed += row.committed;
        sum.short_of += row.short_of;
    }
    void expect_reservation(const Sku& sku, const stock::State& state, const ReservationId& id,
                            const stock::Reservation& reservation) const {
        const auto row = views.reservation(sku, id).value();
        ASSERT_TRUE(row) << id.raw();
        EXPECT_EQ(static_cast<int>(row->state), static_cast<int>(reservation.stage));
        EXPECT_EQ(row->order, reservation.order);
        ASSERT_EQ(row->splits.size(), reservation.splits.size());
        for (std::size_t place = 0; place < row->splits.size(); ++place) {
            const auto& held = reservation.splits[place];
            EXPECT_EQ(row->splits[place],
                      (ReservationSplitRow{state.shelves[held.shelf].location, held.quantity.raw(),
                                           held.short_of.raw()}));
        }
    }
    static void expect_line(const OrderLineRow& row, const order::State& order) {
        const auto& progress = *order.progress.find(row.line);
        EXPECT_EQ(row.cancelled, progress.cancelled.raw());
        EXPECT_EQ(row.shipped, progress.shipped.raw());
        EXPECT_EQ(row.returned, progress.returned.raw());
        EXPECT_EQ(row.amount_cancelled, progress.amount_cancelled.raw());
        EXPECT_EQ(row.amount_shipped, progress.amount_shipped.raw());
        EXPECT_EQ(row.amount_returned, progress.amount_returned.raw());
        EXPECT_EQ(row.quantity, row.open + row.cancelled + row.shipped);
    }
    static void expect_paid(const OrderPaymentRow& row, const order::PaymentProgress& progress) {
        EXPECT_EQ(row.payment, progress.payment);
        expect_sums(row, progress);
    }
    // Every day's sum, every month's, every country's: all the same.
    void expect_groups_to_sum_up(const SalesRow& all) const {
        for (const auto by : {SalesBy::day, SalesBy::month, SalesBy::country, SalesBy::channel}) {
            std::int64_t total = 0, cancelled = 0, captured = 0;
            const auto page = views.sales({.by = by}, {.limit = page_rows_max}).value();
            for (const auto& row : page.rows) {
                total += row.total;
                cancelled += row.cancelled;
                captured += row.captured;
            }
            EXPECT_EQ(total, all.total);
            EXPECT_EQ(cancelled, all.cancelled);
            EXPECT_EQ(captured, all.captured);
        }
    }

    const Conversation& shop_;
};

TEST(Views, show_of_every_stream_what_it_is) {
    std::size_t orders = 0;
    for (std::uint64_t run = 1; run <= runs && !::testing::Test::HasFailure(); ++run) {
        SCOPED_TRACE("run " + std::to_string(run));
        Random random(run);
        const Policy policy;
        Conversation shop(random, static_cast<std::uint16_t>(random.between(1, 5)), policy);
        SeededGateway gateway(random, shop);
        Shopping shopping(random, shop, gateway);
        shopping.open_the_shop();
        for (int step = 0; step < steps; ++step) shopping.step();
        if (random.one_in(2)) shopping.finish();
        const Retold retold(shop);
        retold.expect_stock();
        retold.expect_carts();
        retold.expect_orders();
        retold.expect_payments();
        retold.expect_fulfillments();
        retold.expect_sales();
        orders += retold.views.orders({}, {}).value().rows.size();
    }
    EXPECT_GT(orders, runs) << "too little happened to show anything";
}

}  // namespace
}  // namespace holdfast::projections
