// DrivenShop: what a storefront does with a driven engine, in a few words, and what came of it.
#pragma once

#include "tests/support/driven_engine.h"

namespace holdfast {

template <class T> T id(std::string_view text) { return T::from(text).value(); }
inline const LocationId warehouse = id<LocationId>("main");

inline Line line(const std::string& sku, std::int64_t quantity, std::int64_t price) {
    return {id<LineId>(sku),
            id<Sku>(sku),
            known<LineQuantity>(quantity),
            known<Amount>(price),
            {},
            {},
            {},
            false,
            {}};
}
inline Money pounds(std::int64_t pence) { return {known<Amount>(pence), id<Currency>("GBP")}; }

// What is said to a warehouse and to carts, all in pounds.
inline stock::SetLocation open_warehouse() { return {warehouse, {}, known<Priority>(0), true}; }
inline stock::Receive receive(std::int64_t quantity) {
    return {id<MovementId>("m1"), warehouse, known<Quantity>(quantity)};
}
inline cart::Open open_cart(std::vector<Line> lines) {
    return {id<Currency>("GBP"), {}, {}, std::move(lines), {}, {}};
}
inline cart::Complete complete(const std::string& order, std::int64_t total,
                               std::string_view token) {
    return {id<OrderId>(order),
            pounds(total),
            {{known<Amount>(total), GatewayToken::from(token).value(), {}, false}}};
}

inline void receive(DrivenEngine& shop, const std::string& sku, std::int64_t quantity) {
    shop.post<Stock>("location", "@main", open_warehouse());
    shop.run();
    shop.post<Stock>("receive-" + sku, sku, receive(quantity));
    shop.run();
}
inline void fill_cart(DrivenEngine& shop, const std::string& cart, std::vector<Line> lines) {
    shop.post<Cart>("open-" + cart, cart, open_cart(std::move(lines)));
    shop.run();
}
inline void complete(DrivenEngine& shop, const std::string& cart, std::int64_t total,
                     std::string_view token) {
    shop.post<Cart>("complete-" + cart, cart, complete(cart, total, token));
}
// The events of that kind that a stream had, from the log.
template <class C, class E> std::vector<E> events(DrivenEngine& shop, const std::string& stream) {
    std::vector<E> found;
    const auto at = shop.engine().partition_of(C::number, stream);
    for (Sequence from = 0; from < shop.log.durable(at);) {
        const auto stored = shop.log.read(at, from).value();
        wire::open(*stored.blob)->each([&](Sequence, wire::RecordView record) {
            if (record.kind != fb::RecordKind::decision) return true;
            const auto decision = wire::read_decision<C>(record.bytes).value();
            for (const auto& part : decision.parts) {
                if (part.key != stream || !part.decided) continue;
                for (const auto& event : *part.decided)
                    if (const auto* one = std::get_if<E>(&event)) found.push_back(*one);
            }
            return true;
        });
        from = stored.first + stored.count;
    }
    return found;
}

}  // namespace holdfast
