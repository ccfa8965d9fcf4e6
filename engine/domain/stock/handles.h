// Handles: what the files of stock share; a handle for every command, an apply for every event.
#pragma once

#include "engine/domain/stock/stock.h"

namespace holdfast::stock {

// A command's decision and an event's effect: each is a specialization in the file of its rule, so
// a new message is declared nowhere else. One that is missing does not link.
template <class Message>
Decision handle(const State& sku, const Message& message, const Terms& terms);
template <class Happened> void apply(State& sku, const Happened& happened);

inline std::unexpected<Refusal> reject(Rejection why, std::int64_t detail = 0) {
    return std::unexpected(Refusal{why, detail, {}});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// ---- one shelf ----

constexpr Units sellable(const Shelf& shelf) {
    return shelf.on_hand - shelf.damaged - shelf.quarantined;
}
constexpr Units promised(const Shelf& shelf) { return shelf.reserved + shelf.committed; }
// Its counter of damaged or quarantined units; null for the rest, which nobody counts.
Units* bin_of(Shelf& shelf, Bin bin);
inline bool has_room(const Shelf& shelf, std::int64_t more) {
    return more <= units_max - shelf.on_hand.raw();
}
// As it is, or new: for a movement to or from a known location.
std::expected<Shelf, Refusal> shelf_for(const State& sku, const LocationId& location,
                                        const Terms& terms);
// The movement that makes the shelf `after`, and who loses or gets back units by it.
Decision accept_movement(const State& sku, const Shelf& after, Event movement);
// For applies.
Shelf& shelf_or_new(State& sku, const LocationId& location);

// ---- one reservation ----

Units units_of(const Reservation& reservation);
// At one location, or everywhere.
Units units_of(const State& sku, const Reservation& reservation,
               const std::optional<LocationId>& location);
// Gone, though its timer has not fired yet.
inline bool is_over(const Reservation& reservation, Time now) {
    return reservation.stage == Stage::held && reservation.expires_at_ms <= now;
}
inline bool is_another_orders(const Reservation& reservation, const OrderId& order) {
    return reservation.order && *reservation.order != order;
}
// So many of its units, from its last location back.
Splits last_of(const State& sku, const Reservation& reservation, Units quantity);
// The limit of one order, when that many units for it exceed it.
std::optional<Quantity> exceeded_cart_limit(const State& sku, Quantity quantity);
// The limit per customer, when so many more would exceed it.
std::optional<Quantity> exceeded_limit(const State& sku, const std::optional<CustomerId>& customer,
                                       Quantity more);
// Its part on a shelf or at a location; null when it has none there.
template <class Reservation> auto* split_on(Reservation& reservation, std::uint8_t shelf) {
    const auto at = std::ranges::find(reservation.splits, shelf, &Held::shelf);
    return at == reservation.splits.end() ? nullptr : &*at;
}
template <class Reservation>
auto* split_at(const State& sku, Reservation& reservation, const LocationId& location) {
    const auto at = std::ranges::find_if(reservation.splits, [&](const Held& split) {
        return sku.shelves[split.shelf].location == location;
    });
    return at == reservation.splits.end() ? nullptr : &*at;
}
// A deadline in `due` that counts no more: its reservation ended, was committed or put off since.
bool is_stale(const State& sku, const Due::Entry& entry);

// ---- one reservation, for applies ----

// What a split is from now on; its shelf's counters and its customer's follow.
void hold(State& sku, const Reservation& of, Held& split, Held now);
// The stage it is in from now on, and its deadline then.
Reservation& enter(State& sku, const ReservationId& id, Stage stage, Time at);
// It is gone when it holds nothing any more.
void end_if_empty(State& sku, const ReservationId& id, Reservation& reservation);

}  // namespace holdfast::stock
