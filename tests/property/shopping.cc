#include "tests/property/shopping.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

constexpr std::int64_t skus = 8, locations = 3;
constexpr int steps_to_the_end_max = 200'000;

CountryName nowhere() { return {}; }

}  // namespace

void Shopping::open_the_shop() {
    for (std::int64_t n = 1; n <= locations; ++n) {
        const auto id = known<LocationId>("location" + std::to_string(n));
        EXPECT_TRUE(shop_.ask<Stock>(known<Sku>(id.raw()),
                                     stock::SetLocation{id, {}, known<Priority>(n), true}));
    }
    while (shop_.deliver()) {
    }
    for (int n = 0; n < 16; ++n) receive();
}

void Shopping::step() { random_.one_in(4) ? act() : happen(); }

void Shopping::happen() {
    if (random_.one_in(100)) shop_.poison();
    switch (random_.between(1, 8)) {
        case 1: gateway_.answer(); return;
        case 2: shop_.fire(); return;
        case 3: shop_.pass(random_.between(0, random_.one_in(10) ? 600'000 : 10'000)); return;
        default: shop_.deliver(); return;
    }
}

void Shopping::act() {
    switch (random_.between(1, 20)) {
        case 1:
        case 2:
        case 3: fill_a_cart(); return;
        case 4: buy_outside(); return;
        case 5: reserve(); return;
        case 6:
        case 7:
        case 8:
        case 9: cancel(); return;
        case 10:
        case 11:
        case 12: send_back(); return;
        case 13:
        case 14: receive(); return;
        case 15: lose(); return;
        default: work(); return;
    }
}

std::vector<Line> Shopping::some_lines() {
    std::vector<Line> lines;
    for (std::int64_t n = random_.between(1, 6); n > 0; --n) {
        const auto sku = random_.name("sku", skus);
        lines.push_back(
            line(std::to_string(n), sku, random_.between(1, 6), random_.between(0, 90)));
        if (random_.one_in(6)) lines.back() = untracked(lines.back());
        if (random_.one_in(3)) lines.back() = with_tax(lines.back(), random_.between(0, 50));
        const auto price = lines.back().unit_price.raw() * lines.back().quantity.raw();
        if (random_.one_in(3))
            lines.back() = with_discount(lines.back(), random_.between(0, price));
    }
    auto& one = lines.front();
    auto& held = reserved_[std::string(one.sku.raw())];
    if (!held.empty() && !one.untracked && random_.one_in(2)) {
        one = with_reservation(one, held.back());
        held.pop_back();
    }
    return lines;
}

std::vector<Tender> Shopping::some_tenders(std::int64_t total) {
    std::vector<Tender> tenders;
    while (total > 0) {
        const auto part = random_.one_in(2) ? total : random_.between(1, total);
        tenders.push_back(by_token(part));
        tenders.back().outside = random_.one_in(5);
        total -= part;
        if (tenders.size() == 3 && total > 0) tenders.back().amount += amount(total), total = 0;
    }
    return tenders;
}

// The same wish again, at once, changes nothing.
template <class C>
bool Shopping::ask_twice(const typename C::Key& key, const typename C::Command& command) {
    if (!shop_.ask<C>(key, command)) return false;
    const auto events = shop_.history<C>().size();
    EXPECT_TRUE(shop_.ask<C>(key, command)) << C::name << ' ' << key.raw();
    EXPECT_EQ(shop_.history<C>().size(), events) << C::name << ' ' << key.raw();
    return true;
}

void Shopping::fill_a_cart() {
    const auto cart = known<CartId>(fresh("cart"));
    const auto lines = some_lines();
    std::vector<Charge> charges;
    if (random_.one_in(2)) charges.push_back(shipping("post", random_.between(0, 40)));
    const auto total = *total_of(lines, charges);
    EXPECT_TRUE(ask_twice<Cart>(cart, cart::Open{gbp(), {}, nowhere(), lines, charges, {}}));
    const auto order = known<OrderId>(fresh("order"));
    EXPECT_TRUE(
        ask_twice<Cart>(cart, cart::Complete{order, {total, gbp()}, some_tenders(total.raw())}));
    orders_.push_back(order);
}

void Shopping::buy_outside() {
    const auto order = known<OrderId>(fresh("order"));
    const auto lines = some_lines();
    const auto total = *total_of(lines, {});
    EXPECT_TRUE(ask_twice<Order>(
        order,
        order::Begin{
            order, {}, gbp(), {}, nowhere(), lines, {}, some_tenders(total.raw()), total, {}}));
    orders_.push_back(order);
}

void Shopping::reserve() {
    const auto sku = random_.name("sku", skus);
    const auto id = fresh("reservation");
    if (shop_.ask<Stock>(
            known<Sku>(sku),
            stock::Reserve{
                known<ReservationId>(id), pieces(random_.between(1, 5)), {}, {}, {}, {}}))
        reserved_[sku].push_back(id);
}

std::optional<OrderId> Shopping::some_order() {
    if (orders_.empty()) return {};
    return random_.pick(orders_);
}

void Shopping::cancel() {
    const auto id = some_order();
    const auto* order = id ? shop_.find<Order>(*id) : nullptr;
    if (!order) return;
    order::Cancel wish{known<CancellationId>(fresh("cancel")), {}};
    if (!random_.one_in(3) && !order->lines.empty())
        wish.lines.push_back({random_.pick(order->lines).line, pieces(random_.between(1, 4))});
    ask_twice<Order>(*id, wish);
}

void Shopping::send_back() {
    const auto id = some_order();
    const auto* order = id ? shop_.find<Order>(*id) : nullptr;
    if (!order || order->lines.empty()) return;
    order::Return wish{known<ReturnId>(fresh("return")), {}, random_.one_in(2), random_.one_in(2)};
    for (auto n = random_.between(1, 3); n > 0; --n)
        wish.lines.push_back(
            {random_.pick(order->lines).line, pieces(random_.between(1, 3)),
             random_.one_in(2) ? order::Condition::sellable : order::Condition::damaged});
    ask_twice<Order>(*id, wish);
}

// One fulfillment at random: a parcel, all of it, or a refusal.
void Shopping::work() {
    std::vector<std::pair<FulfillmentId, const fulfillment::State*>> queue;
    shop_.each<Fulfillment>([&](const auto& id, const auto& state) {
        if (state.stage == fulfillment::Stage::requested ||
            state.stage == fulfillment::Stage::accepted)
            queue.push_back({id, &state});
    });
    if (queue.empty()) return;
    const auto& [id, state] = random_.pick(queue);
    if (random_.one_in(8)) {
        ask_twice<Fulfillment>(id, fulfillment::Reject{});
        return;
    }
    fulfillment::Ship parcel{known<ShipmentId>(fresh("parcel")), {}, {}, {}};
    if (random_.one_in(2)) {
        const auto& [line, progress] = random_.pick(state->lines);
        parcel.lines.push_back({line, pieces(random_.between(1, progress.requested.raw()))});
    }
    ask_twice<Fulfillment>(id, parcel);
}

void Shopping::receive() {
    shop_.ask<Stock>(known<Sku>(random_.name("sku", skus)),
                     stock::Receive{known<MovementId>(fresh("receipt")),
                                    known<LocationId>(random_.name("location", locations)),
                                    pieces(random_.between(1, 40))});
}

// Something breaks: it states a fact, so promised units may be among it.
void Shopping::lose() {
    shop_.ask<Stock>(known<Sku>(random_.name("sku", skus)),
                     stock::WriteOff{known<MovementId>(fresh("loss")),
                                     known<LocationId>(random_.name("location", locations)),
                                     pieces(random_.between(1, 3)), stock::Bin::sellable});
}

void Shopping::send_everything() {
    std::vector<FulfillmentId> open;
    shop_.each<Fulfillment>([&](const auto& id, const auto& state) {
        if (state.stage != fulfillment::Stage::ended && state.stage != fulfillment::Stage::none)
            open.push_back(id);
    });
    for (const auto& id : open)
        EXPECT_TRUE(shop_.ask<Fulfillment>(
            id, fulfillment::Ship{known<ShipmentId>(fresh("parcel")), {}, {}, {}}));
}

void Shopping::calm_down() {
    gateway_.be_reliable();
    while (shop_.deliver() || gateway_.answer()) {
    }
}

// Nobody wishes for anything any more; what is under way ends, and then time runs out.
void Shopping::finish() {
    for (int steps = 0; steps < steps_to_the_end_max; ++steps) {
        calm_down();
        if (shop_.fire()) continue;
        send_everything();
        if (shop_.deliver()) continue;
        const auto next = shop_.next_deadline();
        if (!next) return;
        shop_.pass(next->raw() - shop_.now().raw());
    }
    ADD_FAILURE() << "it does not end";
}

}  // namespace holdfast
