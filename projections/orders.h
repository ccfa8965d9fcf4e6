// Orders: each order as a document with its timeline, and the lists of them by customer, by state,
// and of those that need somebody's attention.
//
// Order      folded from order alone, which hears of its payments, parcels and cancellations. The
//            carrier and tracking of a parcel are the fulfillment's: views.h puts them in.
// Invariant  per line: quantity = open + cancelled + shipped, returned <= shipped.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

struct PlacingRow {
    Time at_ms = known<Time>(0);
    std::string channel = {}, actor = {}, reference = {}, metadata = {};
    friend bool operator==(const PlacingRow&, const PlacingRow&) = default;
};
struct OrderLineRow {
    LineId line;
    Sku sku;
    std::string label = {};
    std::int64_t quantity = 0, unit_price = 0;
    std::vector<Discount> discounts = {};
    std::vector<Tax> taxes = {};
    std::int64_t total = 0;
    bool untracked = false;
    std::int64_t open = 0, cancelled = 0, shipped = 0, returned = 0;
    std::int64_t amount_cancelled = 0, amount_shipped = 0, amount_returned = 0;
    friend bool operator==(const OrderLineRow&, const OrderLineRow&) = default;
};
struct LineShareRow {
    LineId line;
    std::int64_t quantity = 0, amount = 0;
    friend bool operator==(const LineShareRow&, const LineShareRow&) = default;
};
struct OrderPaymentRow {
    PaymentId payment;
    std::int64_t amount = 0;
    std::optional<GatewayName> gateway = {};
    bool outside = false;
    std::int64_t authorized = 0, captured = 0, voided = 0, refunded = 0;
    std::int64_t capture_asked = 0, refund_asked = 0;  // in all
    bool void_asked = false;                           // of what is not captured
    std::string failure = {};                          // the last one, in the gateway's words
    friend bool operator==(const OrderPaymentRow&, const OrderPaymentRow&) = default;
};
struct OrderShipmentRow {
    ShipmentId shipment;
    FulfillmentId fulfillment;
    Time at_ms = known<Time>(0);
    std::string carrier = {}, tracking = {};
    std::vector<LineShareRow> lines = {};
    friend bool operator==(const OrderShipmentRow&, const OrderShipmentRow&) = default;
};
struct OrderReturnRow {
    ReturnId returned;
    Time at_ms = known<Time>(0);
    std::string reason = {};
    std::int64_t refund = 0;
    std::vector<LineShareRow> lines = {};
    friend bool operator==(const OrderReturnRow&, const OrderReturnRow&) = default;
};
struct ShortageRow {
    Sku sku;
    std::string why = {};
    std::int64_t available = 0;
    friend bool operator==(const ShortageRow&, const ShortageRow&) = default;
};
struct TimelineRow {
    Time at_ms = known<Time>(0);
    std::string what = {}, subject = {}, detail = {}, actor = {}, reason = {};
    friend bool operator==(const TimelineRow&, const TimelineRow&) = default;
};
struct OrderRow {
    static constexpr std::string_view family = "order";
    OrderId order;
    order::Stage state = order::Stage::reserving;
    Version version = 0;
    std::optional<CartId> cart = {};
    std::optional<CustomerId> customer = {};
    CountryName country = {};
    Currency currency;
    std::int64_t total = 0;
    std::vector<OrderLineRow> lines = {};
    std::vector<Charge> charges = {};
    std::int64_t charges_cancelled = 0;
    std::vector<OrderPaymentRow> payments = {};
    std::vector<OrderShipmentRow> shipments = {};
    std::vector<OrderReturnRow> returns = {};
    std::vector<ShortageRow> shortages = {};  // why stock refused it
    std::vector<TimelineRow> timeline = {};   // oldest first
    bool needs_attention = false;             // a payment failed and was not made good since
    PlacingRow placed = {};
    Time changed_at_ms = known<Time>(0);
    std::optional<Sealed> personal = {};
    friend bool operator==(const OrderRow&, const OrderRow&) = default;
};

// Whether the checkout is over, one way or the other: what a client who waits for it waits for.
constexpr bool is_decided(order::Stage state) {
    return state != order::Stage::none && state != order::Stage::reserving &&
           state != order::Stage::paying;
}

View orders_view();

}  // namespace holdfast::projections
