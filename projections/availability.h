// Availability: what is on hand, promised and free of each SKU at each location; its reservations,
// the locations, and the totals over all SKUs.
//
// Order       folded from stock alone. A location's row comes from its own stream; what the other
//             partitions are told of it is not heard a second time.
// Invariant   counters follow the events, never a rule of the domain: what stock's ledger says is
//             what is here. What is free for orders depends on the locations too, so it is worked
//             out when a row is read (views.h).
// Limits      a reservation's row stays when the reservation has ended.
#pragma once

#include "engine/domain/stock/stock.h"
#include "projections/view.h"

namespace holdfast::projections {

struct ShelfRow {
    LocationId location;
    std::int64_t on_hand = 0, damaged = 0, quarantined = 0, reserved = 0, committed = 0;
    std::int64_t short_of = 0;   // promised and not there
    std::int64_t available = 0;  // safety stock not taken off
    bool accepts_orders = true;
    friend bool operator==(const ShelfRow&, const ShelfRow&) = default;
};
struct SkuPolicyRow {
    std::int64_t backorder_max = 0, preorder_max = 0;
    std::optional<Time> preorder_until_ms;
    std::int64_t safety = 0, low_stock = 0, reorder = 0;
    std::optional<std::int64_t> cart_max, customer_max;
    friend bool operator==(const SkuPolicyRow&, const SkuPolicyRow&) = default;
};
struct AvailabilityRow {
    static constexpr std::string_view family = "sku";
    Sku sku;
    Version version = 0;
    std::int64_t available = 0;  // where orders are accepted, less safety stock
    std::vector<ShelfRow> locations = {};
    SkuPolicyRow policy = {};
    Time changed_at_ms = known<Time>(0);
    friend bool operator==(const AvailabilityRow&, const AvailabilityRow&) = default;
};

enum class ReservationState : std::uint8_t {
    held = 1,
    claimed,
    committed,
    released,
    expired,
    shipped,
};
struct ReservationSplitRow {
    LocationId location;
    std::int64_t quantity = 0, short_of = 0;
    friend bool operator==(const ReservationSplitRow&, const ReservationSplitRow&) = default;
};
struct ReservationRow {
    static constexpr std::string_view family = "reservation";  // key: SKU / reservation
    ReservationId reservation;
    Sku sku;
    ReservationState state = ReservationState::held;
    std::int64_t quantity = 0;  // what it still holds
    std::vector<ReservationSplitRow> splits = {};
    std::int64_t backordered = 0;
    std::optional<Time> expires_at_ms = {};
    std::optional<CustomerId> customer = {};
    std::optional<OrderId> order = {};
    Time reserved_at_ms = known<Time>(0), changed_at_ms = known<Time>(0);
    friend bool operator==(const ReservationRow&, const ReservationRow&) = default;
};

struct LocationRow {
    static constexpr std::string_view family = "location";
    LocationId location;
    std::string name = {};
    std::int64_t priority = 0;
    bool accepts_orders = true;
    Version version = 0;
    Time changed_at_ms = known<Time>(0);
    friend bool operator==(const LocationRow&, const LocationRow&) = default;
};

struct StockTotalsRow {
    static constexpr std::string_view family = "totals";  // one row, key "all"
    std::int64_t skus = 0, on_hand = 0, damaged = 0, quarantined = 0, reserved = 0, committed = 0,
                 short_of = 0;
    friend bool operator==(const StockTotalsRow&, const StockTotalsRow&) = default;
};

// Availability and the stock ledger (stock_ledger.h) are one view: an entry says what it left.
View stock_view();

}  // namespace holdfast::projections
