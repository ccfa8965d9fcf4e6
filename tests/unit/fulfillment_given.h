// What tests of fulfillments start from: two mugs and a plate, asked of one warehouse.
#pragma once

#include "fulfillment_tables.h"
#include "tests/support/given.h"
#include "tests/support/sold.h"

namespace holdfast::fulfillment {

const Time noon = known<Time>(43'200'000);
const OrderId order = known<OrderId>("order-1");
const LineId mugs = known<LineId>("a"), plate = known<LineId>("b"), bowl = known<LineId>("c");
const Requested requested{
    order,
    known<LocationId>("leeds"),
    {{plate, known<Sku>("plate"), pieces(1)}, {mugs, known<Sku>("mug"), pieces(2)}},
    {}};
const Accepted accepted{order};
const Ended ended{order};
const Label carrier = known<Label>("post");
const Reference tracking = known<Reference>("T-1");

inline Ship ship(std::string_view shipment, std::vector<LineUnits> lines = {}) {
    return {known<ShipmentId>(shipment), std::move(lines), carrier, tracking};
}
inline Shipped shipped(std::string_view shipment, std::vector<LineUnits> lines) {
    return {order, known<ShipmentId>(shipment), std::move(lines), carrier, tracking};
}
inline CancelLines cancel(std::string_view cancellation, std::vector<LineUnits> lines) {
    return {known<CancellationId>(cancellation), std::move(lines)};
}
inline CancellationAnswered answered(std::string_view cancellation,
                                     std::vector<LineUnits> cancelled,
                                     std::vector<LineUnits> refused) {
    return {order, known<CancellationId>(cancellation), std::move(cancelled), std::move(refused)};
}

template <class... Past> Scenario<Fulfillment> given(const Past&... past) { return {past...}; }

}  // namespace holdfast::fulfillment
