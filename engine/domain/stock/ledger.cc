// The ledger: shelves, reservations, and what is computed from them; kept in step by every apply.
#include "engine/domain/stock/handles.h"
#include "engine/domain/stock/shortfall.h"

namespace holdfast::stock {
namespace {

void note_open(State& sku, const std::optional<CustomerId>& customer, std::int64_t change) {
    if (!customer || !sku.limits.customer_max || change == 0) return;
    auto* counted = sku.open.edit_if_here(*customer);
    auto& open = counted ? *counted : sku.open.put(*customer, 0);
    open += change;
    if (open == 0) sku.open.erase(*customer);
    sku.open.forget_touched();  // it is no row of its own: nobody else asks
}

void refill_due(State& sku) {
    std::vector<Due::Entry> entries;
    entries.reserve(sku.reservations.size());
    sku.reservations.each([&](const auto& entry) {
        if (entry.value.stage != Stage::committed)
            entries.push_back({entry.value.expires_at_ms, entry.number});
    });
    sku.due.replace_all(std::move(entries));
}

// A reservation that was due then is not any more: the front of `due` must not be stale.
void forget_deadline(State& sku, Time at) {
    if (sku.due.size() > 2 * sku.reservations.size() + 64) return refill_due(sku);
    if (sku.due.front().at != at) return;
    while (!sku.due.empty() && is_stale(sku, sku.due.front())) sku.due.drop_front();
}

}  // namespace

// ---- shelves ----

const Shelf* State::shelf_at(const LocationId& location) const {
    const auto at = std::ranges::find(shelves, location, &Shelf::location);
    return at == shelves.end() ? nullptr : &*at;
}

Units* bin_of(Shelf& shelf, Bin bin) {
    switch (bin) {
        case Bin::damaged: return &shelf.damaged;
        case Bin::quarantined: return &shelf.quarantined;
        case Bin::sellable: break;
    }
    return nullptr;
}

std::expected<Shelf, Refusal> shelf_for(const State& sku, const LocationId& location,
                                        const Terms& terms) {
    if (!terms.locations.all.contains(location)) return reject(Rejection::location_is_unknown);
    if (const auto* shelf = sku.shelf_at(location)) return *shelf;
    if (sku.shelves.size() == shelves_max)
        return reject(Rejection::too_many_locations, shelves_max);
    return Shelf{.location = location};
}

Decision accept_movement(const State& sku, const Shelf& after, Event movement) {
    auto settled = settlement(sku, after);
    if (!settled) return accept(std::move(movement));
    return accept(std::move(movement), *std::move(settled));
}

Shelf& shelf_or_new(State& sku, const LocationId& location) {
    sku.known = true;
    const auto at = std::ranges::find(sku.shelves, location, &Shelf::location);
    return at != sku.shelves.end() ? *at : sku.shelves.emplace_back(Shelf{.location = location});
}

// ---- reservations ----

Units units_of(const Reservation& reservation) {
    auto sum = no_units;
    for (const auto& split : reservation.splits) sum += split.quantity;
    return sum;
}

Units units_of(const State& sku, const Reservation& reservation,
               const std::optional<LocationId>& location) {
    if (!location) return units_of(reservation);
    const auto* split = split_at(sku, reservation, *location);
    return split ? split->quantity : no_units;
}

Splits splits_of(const State& sku, const ReservationId& reservation) {
    Splits splits;
    if (const auto* held = sku.reservations.find(reservation))
        for (const auto& split : held->splits)
            splits.push_back(
                {sku.shelves[split.shelf].location, known<Quantity>(split.quantity.raw())});
    return splits;
}

Splits last_of(const State& sku, const Reservation& reservation, Units quantity) {
    Splits splits;
    for (auto split = reservation.splits.rbegin(); quantity > no_units; ++split) {
        const auto part = std::min(quantity, split->quantity);
        splits.push_back({sku.shelves[split->shelf].location, known<Quantity>(part.raw())});
        quantity -= part;
    }
    return splits;
}

std::optional<Quantity> exceeded_cart_limit(const State& sku, Quantity quantity) {
    const auto& limit = sku.limits.cart_max;
    return limit && quantity > *limit ? limit : std::nullopt;
}

std::optional<Quantity> exceeded_limit(const State& sku, const std::optional<CustomerId>& customer,
                                       Quantity more) {
    const auto& limit = sku.limits.customer_max;
    if (!customer || !limit) return {};
    const auto* open = sku.open.find(*customer);
    return (open ? *open : 0) + more.raw() > limit->raw() ? limit : std::nullopt;
}

void hold(State& sku, const Reservation& of, Held& split, Held now) {
    auto& shelf = sku.shelves[split.shelf];
    auto& promise = of.stage == Stage::committed ? shelf.committed : shelf.reserved;
    promise = promise - split.quantity + now.quantity;
    shelf.short_of = shelf.short_of - split.short_of + now.short_of;
    note_open(sku, of.customer, now.quantity.raw() - split.quantity.raw());
    split = now;
}

Reservation& enter(State& sku, const ReservationId& id, Stage stage, Time at) {
    auto& reservation = sku.reservations.edit(id);
    const bool was_committed = reservation.stage == Stage::committed;
    const bool is_committed = stage == Stage::committed;
    if (was_committed != is_committed) {
        for (const auto& split : reservation.splits) {
            auto& shelf = sku.shelves[split.shelf];
            (was_committed ? shelf.committed : shelf.reserved) -= split.quantity;
            (is_committed ? shelf.committed : shelf.reserved) += split.quantity;
        }
    }
    const auto before = reservation.expires_at_ms;
    reservation.stage = stage;
    reservation.expires_at_ms = at;
    if (!is_committed && (was_committed || at != before))
        sku.due.push({at, sku.reservations.number_of(id)});
    if (!was_committed && (is_committed || at != before)) forget_deadline(sku, before);
    return reservation;
}

void end_if_empty(State& sku, const ReservationId& id, Reservation& reservation) {
    std::erase_if(reservation.splits, [](const Held& split) { return split.quantity == no_units; });
    if (!reservation.splits.empty()) return;
    const bool had_deadline = reservation.stage != Stage::committed;
    const auto at = reservation.expires_at_ms;
    sku.reservations.erase(id);
    if (had_deadline) forget_deadline(sku, at);
}

// ---- deadlines ----

bool is_stale(const State& sku, const Due::Entry& entry) {
    const auto* of = sku.reservations.with_number(entry.number);
    return !of || of->value.stage == Stage::committed || of->value.expires_at_ms != entry.at;
}

void restored(State& sku) {
    refill_due(sku);
    sku.open = {};
    sku.reservations.each([&](const auto& entry) {
        note_open(sku, entry.value.customer, units_of(entry.value).raw());
    });
}

}  // namespace holdfast::stock
