// Fulfillment: what one warehouse is asked to send for one order, and what it did.
//
// Order      requested -> accepted -> ended, when nothing is left to send; shipping accepts.
// Invariant  per line: shipped + cancelled <= requested; a shipped unit is never cancelled.
// Limits     2,000 lines, 500 shipments a fulfillment; as many cancellations as its order has.
#pragma once

#include <variant>

#include "engine/domain/decision.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/sale.h"

namespace holdfast::fulfillment {

constexpr std::size_t shipments_max = 500;

struct Item {
    LineId line;
    Sku sku;
    Quantity quantity;
    auto members() { return std::tie(line, sku, quantity); }
    friend bool operator==(const Item&, const Item&) = default;
};
struct LineUnits {
    LineId line;
    Quantity quantity;
    auto members() { return std::tie(line, quantity); }
    friend bool operator==(const LineUnits&, const LineUnits&) = default;
};

// A cancellation is answered line by line, never refused as a whole: what was not sent yet is
// cancelled. A rejection takes back what is left while nothing was sent.
// clang-format off
struct Request     { OrderId order; LocationId location; std::vector<Item> items;
                     std::optional<Sealed> personal; };    // the order's
struct Accept      {};
struct Reject      { Label why; };                         // the warehouse will not
struct Ship        { ShipmentId shipment; std::vector<LineUnits> lines; Label carrier;
                     Reference tracking; };                // no lines: all that is left
struct CancelLines { CancellationId cancellation; std::vector<LineUnits> lines; };  // the order's
using Command = std::variant<Request, Accept, Reject, Ship, CancelLines>;

struct Requested            { OrderId order; LocationId location; std::vector<Item> items;
                              std::optional<Sealed> personal; };
struct Accepted             { OrderId order; };
struct Rejected             { OrderId order; Label why; std::vector<LineUnits> lines; };
struct Shipped              { OrderId order; ShipmentId shipment; std::vector<LineUnits> lines;
                              Label carrier; Reference tracking; };
struct CancellationAnswered { OrderId order; CancellationId cancellation;
                              std::vector<LineUnits> cancelled, refused; };
struct Ended                { OrderId order; };            // nothing is left to send
using Event = std::variant<Requested, Accepted, Rejected, Shipped, CancellationAnswered, Ended>;
// clang-format on

enum class Rejection : std::uint8_t {
    fulfillment_is_unknown = 1,
    fulfillment_exists_with_other_items,
    fulfillment_has_ended,
    line_is_unknown,
    line_id_is_repeated,
    quantity_exceeds_what_is_left,
    shipment_exists_with_other_contents,
    too_many_shipments,
    too_many_lines,
    no_line_was_named,
    shipping_has_begun,
};

enum class Stage : std::uint8_t { none = 0, requested, accepted, ended };

struct Parcel {
    std::vector<LineUnits> lines;  // by line
    Label carrier;
    Reference tracking;
    bool was_the_rest = false;  // nothing was left to send after it
    auto members() { return std::tie(lines, carrier, tracking, was_the_rest); }
    friend bool operator==(const Parcel&, const Parcel&) = default;
};
struct Progress {
    Sku sku;
    Units requested = no_units, shipped = no_units, cancelled = no_units;
    auto members() { return std::tie(sku, requested, shipped, cancelled); }
    friend bool operator==(const Progress&, const Progress&) = default;
};

struct State {
    Stage stage = Stage::none;
    std::optional<OrderId> order;
    std::optional<LocationId> location;
    FlatMap<LineId, Progress> lines;
    FlatMap<ShipmentId, Parcel> shipments;
    std::vector<CancellationId> cancellations;  // answered, in the order they came
    auto members() { return std::tie(stage, order, location, lines, shipments, cancellations); }
};

using Refusal = holdfast::Refusal<Rejection>;
using Decision = Decided<Event, Rejection>;
Decision decide(const State& fulfillment, const Command& command, const Terms& terms);
void evolve(State& fulfillment, const Event& event);
std::optional<std::string_view> broken_rule(const State& fulfillment);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::fulfillment
