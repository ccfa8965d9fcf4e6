// Fulfillments: what each warehouse is asked to send, and the queue of it by location and state.
//
// Order  folded from fulfillment alone; a queue runs from the oldest request to the newest.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

struct FulfillmentItemRow {
    LineId line;
    Sku sku;
    std::int64_t requested = 0, shipped = 0, cancelled = 0;
    friend bool operator==(const FulfillmentItemRow&, const FulfillmentItemRow&) = default;
};
struct ShippedUnitsRow {
    LineId line;
    std::int64_t quantity = 0;
    friend bool operator==(const ShippedUnitsRow&, const ShippedUnitsRow&) = default;
};
struct ParcelRow {
    ShipmentId shipment;
    Time at_ms = known<Time>(0);
    std::string carrier = {}, tracking = {};
    std::vector<ShippedUnitsRow> lines = {};
    friend bool operator==(const ParcelRow&, const ParcelRow&) = default;
};
struct FulfillmentRow {
    static constexpr std::string_view family = "fulfillment";
    FulfillmentId fulfillment;
    OrderId order;
    LocationId location;
    fulfillment::Stage state = fulfillment::Stage::requested;
    Version version = 0;
    std::vector<FulfillmentItemRow> items = {};
    std::vector<ParcelRow> shipments = {};
    std::string rejected_because = {};
    Time requested_at_ms = known<Time>(0), changed_at_ms = known<Time>(0);
    std::optional<Sealed> personal = {};  // where to send it
    friend bool operator==(const FulfillmentRow&, const FulfillmentRow&) = default;
};

View fulfillments_view();

}  // namespace holdfast::projections
