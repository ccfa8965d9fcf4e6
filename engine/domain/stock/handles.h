// Handles: what the files of stock share; a handle for every command, an apply for every event.
#pragma once

#include "engine/domain/stock/stock.h"

namespace holdfast::stock {

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

// ---- stock.cc: what is not about units ----

Decision handle(const State& place, const SetLocation& set, const Terms& terms);
Decision handle(const State& sku, const SetPolicy& set, const Terms& terms);
void apply(State& place, const LocationSet& set);
void apply(State& sku, const PolicySet& set);

// ---- receiving.cc ----

Decision handle(const State& sku, const Receive& receive, const Terms& terms);
Decision handle(const State& sku, const Adjust& adjust, const Terms& terms);
Decision handle(const State& sku, const Count& count, const Terms& terms);
Decision handle(const State& sku, const Reclassify& reclassify, const Terms& terms);
Decision handle(const State& sku, const WriteOff& write_off, const Terms& terms);
void apply(State& sku, const Received& received);
void apply(State& sku, const Adjusted& adjusted);
void apply(State& sku, const Counted& counted);
void apply(State& sku, const Reclassified& reclassified);
void apply(State& sku, const WrittenOff& written_off);

// ---- reserving.cc ----

Decision handle(const State& sku, const Reserve& reserve, const Terms& terms);
Decision handle(const State& sku, const Extend& extend, const Terms& terms);
Decision handle(const State& sku, const Release& release, const Terms& terms);
Decision handle(const State& sku, const Expire& expire, const Terms& terms);
void apply(State& sku, const Reserved& reserved);
void apply(State& sku, const Extended& extended);
void apply(State& sku, const Released& released);
void apply(State& sku, const Expired& expired);
void apply(State& sku, const ClaimLapsed& lapsed);

// ---- claiming.cc ----

Decision handle(const State& sku, const Claim& claim, const Terms& terms);
Decision handle(const State& sku, const Unclaim& unclaim, const Terms& terms);
Decision handle(const State& sku, const Commit& commit, const Terms& terms);
Decision handle(const State& sku, const Uncommit& uncommit, const Terms& terms);
void apply(State& sku, const Claimed& claimed);
void apply(State& sku, const Unclaimed& unclaimed);
void apply(State& sku, const Committed& committed);
void apply(State& sku, const Uncommitted& uncommitted);

// ---- shipping.cc ----

Decision handle(const State& sku, const Ship& ship, const Terms& terms);
Decision handle(const State& sku, const Restock& restock, const Terms& terms);
void apply(State& sku, const Shipped& shipped);
void apply(State& sku, const Restocked& restocked);

// ---- shortfall.cc ----

void apply(State& sku, const FellShort& fell);
void apply(State& sku, const Healed& healed);

}  // namespace holdfast::stock
