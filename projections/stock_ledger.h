// StockLedger: every movement and every promise of a SKU, newest first, with what was there after
// it; and the movements of each month by kind and reason.
//
// Order   within a SKU by the partition's sequence numbers, then by place in the decision.
// Limits  one entry a location an event touches; an entry is never changed again.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

enum class StockChange : std::uint8_t {
    received = 1,
    adjusted,
    counted,
    reclassified,
    written_off,
    restocked,
    shipped,
    reserved,
    released,
    committed,
    uncommitted,
    expired,
    fell_short,
    healed,
};
struct StockEntryRow {
    static constexpr std::string_view family = "entry";  // key: SKU / entry
    std::string entry = {};                              // its id within the SKU
    Sequence sequence = 0;
    Time at_ms = known<Time>(0);
    StockChange kind = StockChange::received;
    LocationId location;
    std::int64_t quantity = 0;                              // how many units it is about
    std::int64_t change = 0;                                // of what is on hand
    std::int64_t on_hand = 0, reserved = 0, committed = 0;  // at the location, after it
    std::optional<std::string> movement = {};               // or the return's
    std::optional<ReservationId> reservation = {};
    std::optional<OrderId> order = {};
    std::string from = {}, into = {};  // bins
    std::string reference = {}, reason = {}, actor = {};
    friend bool operator==(const StockEntryRow&, const StockEntryRow&) = default;
};

struct MovementTotalsRow {
    static constexpr std::string_view family = "movements";  // key: month / kind / reason
    std::string month;
    StockChange kind = StockChange::received;
    std::string reason = {};
    std::int64_t movements = 0, refused = 0, units_in = 0, units_out = 0;
    friend bool operator==(const MovementTotalsRow&, const MovementTotalsRow&) = default;
};

// Counts a month's movement; `change` is that of what is on hand.
void count_movement(const Told<Stock>& told, Rows& rows, StockChange kind, std::int64_t change);
// Counts the movements that a decision refused.
void count_refused(const Told<Stock>& told, Rows& rows);

}  // namespace holdfast::projections
