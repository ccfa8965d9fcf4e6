// Stock: one SKU, all its locations inside; what is there, what is promised, and to whom.
//
// Invariant  units are promised only where they are free: on_hand less damaged, quarantined,
//            reserved and committed, and nothing while a promise there is short. Only what states
//            a fact (a count, a breakage, a shipment) can make that negative: then the newest
//            promises lose their units first, and what comes back heals the oldest first.
// Limits     64 locations a SKU, 10^12 units a counter, 10^9 units a reservation; decisions on one
//            reservation take O(log n) of n open ones, a shortfall as many steps as it names.
#pragma once

#include <variant>

#include "engine/domain/arrival_map.h"
#include "engine/domain/decision.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/stock/due.h"

namespace holdfast::stock {

constexpr std::size_t shelves_max = 64;

enum class Bin : std::uint8_t { sellable = 1, damaged, quarantined };

// A part of a reservation at one location.
struct Split {
    LocationId location;
    Quantity quantity;
    auto members() { return std::tie(location, quantity); }
    friend bool operator==(const Split&, const Split&) = default;
};
using Splits = std::vector<Split>;

// What a reservation lost (FellShort, newest first) or got back (Healed, oldest first).
struct Gap {
    ReservationId reservation;
    LocationId location;
    Quantity quantity;
    auto members() { return std::tie(reservation, location, quantity); }
    friend bool operator==(const Gap&, const Gap&) = default;
};
using Gaps = std::vector<Gap>;

// The vocabulary reads as a table.
// clang-format off
struct SetLocation { LocationId location; Label name; Priority priority; bool accepts_orders; };
struct SetPolicy   { Units backorder_max, preorder_max; std::optional<Time> preorder_until_ms;
                     Units safety, low_stock, reorder;
                     std::optional<Quantity> cart_max, customer_max; };
struct Receive     { MovementId movement; LocationId location; Quantity quantity; };
struct Adjust      { MovementId movement; LocationId location; Change change; };
struct Count       { MovementId movement; LocationId location; Units counted;
                     std::optional<Units> expected_on_hand; };
struct Reclassify  { MovementId movement; LocationId location; Quantity quantity; Bin from, to; };
struct WriteOff    { MovementId movement; LocationId location; Quantity quantity; Bin from; };
// An order's is claimed from the start.
struct Reserve     { ReservationId reservation; Quantity quantity;
                     std::optional<LocationId> location; std::optional<Duration> ttl_ms;
                     std::optional<CustomerId> customer; std::optional<OrderId> order; };
struct Extend      { ReservationId reservation; std::optional<Duration> ttl_ms; };
// An order releases its own in any state; whole, or in part: where the units will not be sent.
struct Release     { ReservationId reservation; std::optional<Quantity> quantity;
                     std::optional<OrderId> order; std::optional<LocationId> location; };
// The order's from now on, with `quantity` units: more or fewer than were held.
struct Claim       { ReservationId reservation; OrderId order; Quantity quantity; };
struct Unclaim     { ReservationId reservation; OrderId order; };
struct Commit      { ReservationId reservation; OrderId order; };
struct Uncommit    { ReservationId reservation; OrderId order; };
struct Expire      {};  // the timer's
struct Ship        { ReservationId reservation; OrderId order; ShipmentId shipment;
                     LocationId location; Quantity quantity; };
struct Restock     { ReturnId returned; OrderId order; LocationId location; Quantity quantity;
                     Bin into; };
using Command = std::variant<SetLocation, SetPolicy, Receive, Adjust, Count, Reclassify, WriteOff,
                             Reserve, Extend, Release, Claim, Unclaim, Commit, Uncommit, Expire,
                             Ship, Restock>;

struct LocationSet  { LocationId location; Label name; Priority priority; bool accepts_orders; };
struct PolicySet    { Units backorder_max, preorder_max; std::optional<Time> preorder_until_ms;
                      Units safety, low_stock, reorder;
                      std::optional<Quantity> cart_max, customer_max; };
struct Received     { MovementId movement; LocationId location; Quantity quantity; };
struct Adjusted     { MovementId movement; LocationId location; Change change; };
struct Counted      { MovementId movement; LocationId location; Units counted, before; };
struct Reclassified { MovementId movement; LocationId location; Quantity quantity; Bin from, to; };
struct WrittenOff   { MovementId movement; LocationId location; Quantity quantity; Bin from; };
// Of a reservation that exists already (a claim for more): further units.
struct Reserved     { ReservationId reservation; Splits splits; Units backordered;
                      Time expires_at_ms; std::optional<CustomerId> customer;
                      std::optional<OrderId> order; };
struct Extended     { ReservationId reservation; Time expires_at_ms; };
struct Released     { ReservationId reservation; Splits splits; };
struct Claimed      { ReservationId reservation; OrderId order; Time expires_at_ms; };
struct Unclaimed    { ReservationId reservation; OrderId order; Time expires_at_ms; };
struct Committed    { ReservationId reservation; OrderId order; };
struct Uncommitted  { ReservationId reservation; OrderId order; Time expires_at_ms; };
struct Expired      { ReservationId reservation; };
struct ClaimLapsed  { ReservationId reservation; OrderId order; Time ask_again_at_ms; };
struct Shipped      { ReservationId reservation; OrderId order; ShipmentId shipment;
                      LocationId location; Quantity quantity;
                      Units found; };  // of them, beyond what the ledger had there
struct Restocked    { ReturnId returned; OrderId order; LocationId location; Quantity quantity;
                      Bin into; };
struct FellShort    { Gaps gaps; };
struct Healed       { Gaps gaps; };
using Event = std::variant<LocationSet, PolicySet, Received, Adjusted, Counted, Reclassified,
                           WrittenOff, Reserved, Extended, Released, Claimed, Unclaimed, Committed,
                           Uncommitted, Expired, ClaimLapsed, Shipped, Restocked, FellShort,
                           Healed>;
// clang-format on

enum class Rejection : std::uint8_t {
    sku_is_unknown = 1,
    location_is_unknown,
    location_does_not_accept_orders,
    too_many_locations,
    movement_was_recorded_before,
    stock_is_insufficient,
    on_hand_is_not_as_expected,
    stock_would_be_negative,
    bins_are_the_same,
    reservation_is_unknown,
    reservation_has_expired,
    reservation_belongs_to_an_order,
    reservation_belongs_to_another_order,
    reservation_is_smaller,
    reservation_exists_with_another_quantity,
    customer_limit_is_exceeded,
    ttl_is_too_long,
    counter_is_full,
    change_is_zero,
    cart_limit_is_exceeded,
};

// What is at one location. It keeps its place among the SKU's shelves for ever.
struct Shelf {
    LocationId location;
    Units on_hand = no_units, damaged = no_units, quarantined = no_units;
    Units reserved = no_units, committed = no_units;
    Units short_of = no_units;     // promised and not there, by name: the sum of what splits lack
    std::uint64_t short_from = 0;  // while short: none that arrived before this number lacks any
    auto members() {
        return std::tie(location, on_hand, damaged, quarantined, reserved, committed, short_of,
                        short_from);
    }
    friend bool operator==(const Shelf&, const Shelf&) = default;
};

// A part of a reservation on the shelf with that place.
struct Held {
    std::uint8_t shelf;
    Units quantity, short_of;
    auto members() { return std::tie(shelf, quantity, short_of); }
    friend bool operator==(const Held&, const Held&) = default;
};

enum class Stage : std::uint8_t { held = 1, claimed, committed };

struct Reservation {
    Stage stage = Stage::held;
    Time expires_at_ms;  // held: gone then; claimed: the order is asked then; committed: unused
    std::optional<OrderId> order;  // whose, when claimed or committed
    std::optional<CustomerId> customer;
    Units backordered = no_units;
    std::vector<Held> splits;
    auto members() { return std::tie(stage, expires_at_ms, order, customer, backordered, splits); }
    friend bool operator==(const Reservation&, const Reservation&) = default;
};
using Reservations = ArrivalMap<ReservationId, Reservation>;

struct Limits {
    Units backorder_max = no_units, preorder_max = no_units;
    std::optional<Time> preorder_until_ms;
    Units safety = no_units, low_stock = no_units, reorder = no_units;
    std::optional<Quantity> cart_max, customer_max;
    auto members() {
        return std::tie(backorder_max, preorder_max, preorder_until_ms, safety, low_stock, reorder,
                        cart_max, customer_max);
    }
    friend bool operator==(const Limits&, const Limits&) = default;
};

struct Location {
    Label name;
    Priority priority = known<Priority>(0);
    bool accepts_orders = true;
    auto members() { return std::tie(name, priority, accepts_orders); }
    friend bool operator==(const Location&, const Location&) = default;
};

// Every location, as every partition of stock knows it: folded from LocationSet.
class Locations {
public:
    FlatMap<LocationId, Location> all;
    auto members() { return std::tie(all); }
};

struct State {
    std::vector<Shelf> shelves;  // in the order of their first use
    Limits limits;
    bool known = false;  // had an event: a SKU nobody ever received or described is unknown
    std::optional<Location> as_location;  // of the stream of a location, which has no stock
    Reservations reservations;

    // Computed from the above; a decoder calls restored() when all of it is there.
    Due due;
    ArrivalMap<CustomerId, std::int64_t> open;  // units by customer, while there is a limit

    const Shelf* shelf_at(const LocationId& location) const;
    // For a decision on that reservation soon.
    void prefetch(const ReservationId& reservation) const {
        fetch_ahead(shelves.data(), sizeof(Shelf));
        reservations.prefetch(reservation);
        due.prefetch_end();
    }

    // The rows of their own; what the rest of a stream is.
    auto& children() { return reservations; }
    const auto& children() const { return reservations; }
    auto members() { return std::tie(shelves, limits, known, as_location); }
};
void restored(State& sku);

using Refusal = holdfast::Refusal<Rejection>;
using Decision = Decided<Event, Rejection>;
Decision decide(const State& sku, const Command& command, const Terms& terms);
void evolve(State& sku, const Event& event);
void evolve(Locations& locations, const Event& event);

Units available(const Shelf& shelf);  // at one location, safety stock not yet taken off
Units available(const State& sku);    // over all locations, less safety stock
// What a reservation holds and where, for whoever asks after it; nothing when it is gone.
Splits splits_of(const State& sku, const ReservationId& reservation);

// When the stream wants to be called again without a command, and with what.
std::optional<Time> deadline(const State& sku);
Command on_deadline(const State& sku);
// The client's own id that is refused for ever when it comes again.
std::optional<std::string_view> natural_id(const Command& command);
// The reservation a command is about; null for what is about none.
const ReservationId* child_of(const Command& command);
// Broken invariant, said in words; nothing when all hold. For tests, verify and the simulator.
std::optional<std::string_view> broken_rule(const State& sku);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::stock
