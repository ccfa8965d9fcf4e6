// The whole checkout under every disturbance that the domain can meet, in any order of deliveries:
// the first, second (shopping.cc asks everything twice), fourth, fifth and sixth promise.
#include <gtest/gtest.h>

#include "tests/property/shopping.h"

namespace holdfast {
namespace {

constexpr std::uint64_t years = 150;  // runs; each a little history of its own
constexpr int steps = 600;

Policy some_policy(Random& random) {
    Policy policy;
    policy.capture = random.one_in(3) ? CaptureWhen::at_confirmation : CaptureWhen::at_shipment;
    policy.claim_ms = known<Duration>(random.between(60'000, 3'600'000));
    policy.checkout_ms = known<Duration>(random.between(60'000, 900'000));
    return policy;
}

// ---- the first promise ----

void expect_no_unit_promised_twice(const Conversation& shop) {
    shop.each<Stock>([&](const Sku& id, const stock::State& sku) {
        const auto due = deadline(sku);
        if (due && *due <= shop.now()) return;  // units are missing: their timer will say whose
        for (const auto& shelf : sku.shelves) {
            const auto promised = shelf.reserved.raw() + shelf.committed.raw();
            const auto there = shelf.on_hand.raw() - shelf.damaged.raw() - shelf.quarantined.raw();
            EXPECT_LE(promised - shelf.short_of.raw(), there) << id.raw();
        }
    });
}
// ---- the fourth ----

template <class C> void expect_the_events_to_give(const Conversation& shop) {
    std::map<std::string, typename C::State, std::less<>> again;
    for (const auto& [key, event] : shop.history<C>()) evolve(again[std::string(key.raw())], event);
    shop.each<C>([&](const auto& key, const auto& state) {
        auto& replayed = again[std::string(key.raw())];
        auto live = state;
        EXPECT_EQ(replayed.members(), live.members()) << C::name << ' ' << key.raw();
        if constexpr (std::is_same_v<C, Stock>) {
            EXPECT_EQ(replayed.reservations, live.reservations) << key.raw();
        }
    });
}
void expect_the_events_to_give_every_state(const Conversation& shop) {
    expect_the_events_to_give<Stock>(shop);
    expect_the_events_to_give<Cart>(shop);
    expect_the_events_to_give<Order>(shop);
    expect_the_events_to_give<Payment>(shop);
    expect_the_events_to_give<Fulfillment>(shop);
}

// ---- the fifth ----

bool has_ended(const order::State& order) { return order.stage >= order::Stage::completed; }
bool is_unsold(const order::State& order) { return order.stage >= order::Stage::refused; }

bool was_confirmed(const Conversation& shop, const OrderId& id) {
    return std::ranges::any_of(shop.history<Order>(), [&](const auto& happened) {
        return happened.key == id && std::holds_alternative<order::Confirmed>(happened.event);
    });
}

// An order that ends lets go at once; that stock asks after its claims is only the second line.
void expect_nothing_held_for_the_ended(const Conversation& shop) {
    shop.each<Stock>([&](const Sku& id, const stock::State& sku) {
        sku.reservations.each([&](const auto& entry) {
            if (!entry.value.order) return;
            const auto* order = shop.find<Order>(*entry.value.order);
            EXPECT_TRUE(order && !has_ended(*order)) << id.raw() << ' ' << entry.key.raw();
        });
    });
}

void expect_everything_ended(const Conversation& shop) {
    shop.each<Order>([](const OrderId& id, const order::State& order) {
        EXPECT_TRUE(order.stage == order::Stage::none || has_ended(order)) << id.raw();
    });
    shop.each<Cart>([&](const CartId& id, const cart::State& cart) {
        EXPECT_NE(cart.stage, cart::Stage::frozen) << id.raw();
        if (!cart.order) return;
        EXPECT_EQ(cart.stage == cart::Stage::converted, was_confirmed(shop, *cart.order))
            << id.raw();
        const auto* order = shop.find<Order>(*cart.order);
        if (cart.stage == cart::Stage::converted) {
            ASSERT_NE(order, nullptr);
            EXPECT_EQ(order->cart, id);
        }
    });
    shop.each<Stock>([](const Sku& id, const stock::State& sku) {
        EXPECT_TRUE(sku.reservations.empty()) << id.raw();
        for (const auto& shelf : sku.shelves)
            EXPECT_EQ(shelf.reserved.raw() + shelf.committed.raw(), 0) << id.raw();
    });
    shop.each<Fulfillment>([](const FulfillmentId& id, const fulfillment::State& work) {
        EXPECT_TRUE(work.stage == fulfillment::Stage::none ||
                    work.stage == fulfillment::Stage::ended)
            << id.raw();
    });
}

void expect_orders_and_payments_to_agree(const Conversation& shop) {
    shop.each<Order>([&](const OrderId&, const order::State& order) {
        for (const auto& books : order.payments) {
            const auto* payment = shop.find<Payment>(books.payment);
            if (!payment) {
                EXPECT_EQ(books.authorized, no_amount) << books.payment.raw();
                continue;
            }
            EXPECT_EQ(books.authorized, payment->authorized) << books.payment.raw();
            EXPECT_EQ(books.captured, payment->captured) << books.payment.raw();
            EXPECT_EQ(books.voided, payment->voided) << books.payment.raw();
            EXPECT_EQ(books.refunded, payment->refunded) << books.payment.raw();
            EXPECT_TRUE(payment::pending(*payment).empty()) << books.payment.raw();
            if (!order.needs_attention) {
                EXPECT_EQ(payment->authorized, payment->captured + payment->voided)
                    << books.payment.raw();
            }
        }
    });
}

// What left the shelves for good is what the orders say they sent and did not get back.
void expect_orders_and_stock_to_agree(const Conversation& shop) {
    std::map<Sku, std::int64_t> by_orders, by_stock;
    shop.each<Order>([&](const OrderId&, const order::State& order) {
        for (const auto& part : order.parts)
            by_orders[order::line_of(order, part.line).sku] +=
                part.shipped.raw() - part.restocked.raw();
    });
    for (const auto& [sku, event] : shop.history<Stock>()) {
        if (const auto* shipped = std::get_if<stock::Shipped>(&event))
            by_stock[sku] += shipped->quantity.raw();
        if (const auto* restocked = std::get_if<stock::Restocked>(&event))
            by_stock[sku] -= restocked->quantity.raw();
    }
    for (const auto& [sku, units] : by_orders) EXPECT_EQ(units, by_stock[sku]) << sku.raw();
    for (const auto& [sku, units] : by_stock) EXPECT_EQ(units, by_orders[sku]) << sku.raw();
}

// ---- the sixth ----

void expect_money_to_be_conserved(const Conversation& shop) {
    shop.each<Payment>([](const PaymentId& id, const payment::State& payment) {
        EXPECT_LE(payment.refunded, payment.captured) << id.raw();
        EXPECT_LE(payment.captured.raw() + payment.voided.raw(), payment.authorized.raw())
            << id.raw();
    });
    shop.each<Order>([](const OrderId& id, const order::State& order) {
        if (order.stage == order::Stage::none) return;
        std::int64_t in_hand = 0, returned = 0;
        for (const auto& books : order.payments) in_hand += (books.captured - books.refunded).raw();
        for (const auto& [line, progress] : order.progress)
            returned += progress.amount_returned.raw();
        const auto charges = order.total.raw() - order.amount_cancelled.raw() -
                             order.amount_shipped.raw() - order.charges_cancelled.raw();
        EXPECT_LE(returned, order.amount_shipped.raw()) << id.raw();
        if (order.stage == order::Stage::completed) {
            EXPECT_EQ(charges, total_of({}, order.charges)->raw()) << id.raw();
            if (!order.needs_attention) {
                EXPECT_EQ(in_hand, order.total.raw() - order.amount_cancelled.raw() -
                                       order.refunds_for_returns.raw())
                    << id.raw();
            }
        }
        if (is_unsold(order) && !order.needs_attention) {
            EXPECT_EQ(in_hand, 0) << id.raw();
        }
    });
}

TEST(Checkout, keeps_its_promises_in_any_order_of_events) {
    std::int64_t completed = 0, unsold = 0, listed = 0, asked = 0;
    for (std::uint64_t year = 1; year <= years && !::testing::Test::HasFailure(); ++year) {
        SCOPED_TRACE("run " + std::to_string(year));
        Random random(year);
        const auto policy = some_policy(random);
        Conversation shop(random, static_cast<std::uint16_t>(random.between(1, 5)), policy);
        SeededGateway gateway(random, shop);
        Shopping shopping(random, shop, gateway);
        shopping.open_the_shop();
        for (int step = 0; step < steps; ++step) {
            shopping.step();
            if (step % 50 == 0) expect_no_unit_promised_twice(shop);
        }
        expect_the_events_to_give_every_state(shop);
        shopping.calm_down();
        expect_nothing_held_for_the_ended(shop);
        shopping.finish();
        expect_no_unit_promised_twice(shop);
        expect_everything_ended(shop);
        expect_orders_and_payments_to_agree(shop);
        expect_orders_and_stock_to_agree(shop);
        expect_money_to_be_conserved(shop);
        EXPECT_EQ(shop.unheard(), std::vector<std::string>{});
        shop.each<Order>([&](const OrderId&, const order::State& order) {
            completed += order.stage == order::Stage::completed;
            unsold += is_unsold(order);
            listed += order.needs_attention;
        });
        for (const auto& [cart, event] : shop.history<Cart>())
            asked += std::holds_alternative<cart::OrderAsked>(event);
    }
    // Every kind of ending was met, or nothing was shown.
    EXPECT_GT(completed, 0);
    EXPECT_GT(unsold, 0);
    EXPECT_GT(listed, 0);
    EXPECT_GT(asked, 0);
}

}  // namespace
}  // namespace holdfast
