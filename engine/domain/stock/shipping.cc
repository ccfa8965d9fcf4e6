#include "engine/domain/stock/handles.h"

namespace holdfast::stock {
namespace {

void change(Shelf& shelf, const Restocked& restocked) {
    const auto back = units(restocked.quantity);
    if (auto* into = bin_of(shelf, restocked.into)) *into += back;
    shelf.on_hand += back;
}

}  // namespace

// A shipment is a fact: what left was there, whatever the ledger said.
template <> Decision handle(const State& sku, const Ship& ship, const Terms&) {
    const auto* reservation = sku.reservations.find(ship.reservation);
    if (!reservation) return reject(Rejection::reservation_is_unknown);
    if (is_another_orders(*reservation, ship.order))
        return reject(Rejection::reservation_belongs_to_another_order);
    const auto* split = split_at(sku, *reservation, ship.location);
    const auto committed =
        split && reservation->stage == Stage::committed ? split->quantity : no_units;
    if (units(ship.quantity) > committed)
        return reject(Rejection::reservation_is_smaller, committed.raw());
    const auto beyond = ship.quantity.raw() - sellable(sku.shelves[split->shelf]).raw();
    return accept(Shipped{ship.reservation, ship.order, ship.shipment, ship.location, ship.quantity,
                          known<Units>(std::max<std::int64_t>(0, beyond))});
}

template <> Decision handle(const State& sku, const Restock& restock, const Terms& terms) {
    auto shelf = shelf_for(sku, restock.location, terms);
    if (!shelf) return std::unexpected(shelf.error());
    if (!has_room(*shelf, restock.quantity.raw()))
        return reject(Rejection::counter_is_full, units_max);
    const Restocked restocked{restock.returned, restock.order, restock.location, restock.quantity,
                              restock.into};
    change(*shelf, restocked);
    return accept_movement(sku, *shelf, restocked);
}

// What is there leaves first; what the reservation lacks stays lacking.
template <> void apply(State& sku, const Shipped& shipped) {
    auto& reservation = sku.reservations.edit(shipped.reservation);
    auto& split = *split_at(sku, reservation, shipped.location);
    auto& shelf = sku.shelves[split.shelf];
    const auto left = split.quantity - units(shipped.quantity);
    shelf.on_hand = shelf.on_hand - (units(shipped.quantity) - shipped.found);
    hold(sku, reservation, split, Held{split.shelf, left, std::min(left, split.short_of)});
    end_if_empty(sku, shipped.reservation, reservation);
}
template <> void apply(State& sku, const Restocked& restocked) {
    change(shelf_or_new(sku, restocked.location), restocked);
}

}  // namespace holdfast::stock
