// Published: what outsiders are told, in the words that are promised to them. What is told of which
// event is publishing.h; where it goes, relay.h.
//
// Invariant  nothing here is personal: ids (a customer's is not among them), counts, amounts, names
//            that a shop gave to its places and parcels. Every field is a promise: fields are
//            added, never changed, and another meaning is another type.
// Source     CloudEvents 1.0: `type` is a CloudEvent's type behind "holdfast.".
#pragma once

#include <tuple>
#include <variant>

#include "engine/domain/fulfillment/fulfillment.h"
#include "engine/domain/order/order.h"
#include "public_generated.h"

namespace holdfast::published {

using Says = std::string_view;

// clang-format off
struct OrderedLine   { LineId line; Sku sku; LineQuantity quantity; Amount unit_price, total;
                       bool untracked; };
struct OrderedCharge { ChargeId charge; ChargeKind kind; Amount amount; };
struct Shortage      { Sku sku; Units available; };
struct Units         { LineId line; Quantity quantity; };
struct Share         { LineId line; Quantity quantity; Amount amount; };
struct ReturnedShare { LineId line; Quantity quantity; order::Condition condition; };

struct OrderCreated   { static constexpr Says type = "order.created", says = "A checkout has begun.";
                        OrderId order; std::optional<CartId> cart; std::string channel;
                        CountryName country; Currency currency; Amount total;
                        std::vector<OrderedLine> lines; std::vector<OrderedCharge> charges; };
struct OrderPlaced    { static constexpr Says type = "order.placed", says = "All of its stock is held; it is not paid.";
                        OrderId order; };
struct OrderConfirmed { static constexpr Says type = "order.confirmed", says = "It is paid for and will be sent.";
                        OrderId order; };
struct OrderRefused   { static constexpr Says type = "order.refused", says = "It ended: some SKUs cannot be had. At most 20 are named.";
                        OrderId order; std::vector<Shortage> shortages; };
struct OrderDeclined  { static constexpr Says type = "order.declined", says = "It ended: a payment was declined.";
                        OrderId order; PaymentId payment; };
struct OrderGivenUp   { static constexpr Says type = "order.given_up", says = "It ended: nobody answered in time.";
                        OrderId order; };
struct OrderCancellationRequested { static constexpr Says type = "order.cancellation_requested", says = "Units are asked back; their warehouses answer.";
                        OrderId order; CancellationId cancellation; std::vector<Units> lines; };
struct OrderLinesCancelled        { static constexpr Says type = "order.lines_cancelled", says = "Units will not be sent. charges: of shipping and fees; refund: of what was paid already.";
                        OrderId order; CancellationId cancellation;
                        std::optional<FulfillmentId> fulfillment; std::optional<Currency> currency;
                        std::vector<Share> lines; Amount charges, refund; };
struct OrderCancellationRefused   { static constexpr Says type = "order.cancellation_refused", says = "Units were sent already.";
                        OrderId order; CancellationId cancellation; FulfillmentId fulfillment;
                        std::vector<Units> lines; };
struct OrderCancelled { static constexpr Says type = "order.cancelled", says = "It ended: nothing of it is left.";
                        OrderId order; bool was_confirmed; };
struct OrderShipped   { static constexpr Says type = "order.shipped", says = "A parcel is on its way. amount: the units' share of their line's total.";
                        OrderId order; FulfillmentId fulfillment; ShipmentId shipment;
                        std::optional<Currency> currency; std::vector<Share> lines; };
struct OrderCompleted { static constexpr Says type = "order.completed", says = "Everything was sent or cancelled. Returns may follow.";
                        OrderId order; };
struct OrderReturned  { static constexpr Says type = "order.returned", says = "Units came back. worth: their share of their line's total; refund: what is given back.";
                        OrderId order; ReturnId returned; std::optional<Currency> currency;
                        std::vector<ReturnedShare> lines; std::vector<Share> worth;
                        Amount refund; };
struct OrderPaymentFailed { static constexpr Says type = "order.payment_failed", says = "A person has to see to it.";
                        OrderId order; PaymentId payment; OperationId operation; std::optional<Currency> currency;
                        Amount amount; order::Trouble trouble; };

struct PaymentAuthorized    { static constexpr Says type = "payment.authorized", says = "The gateway holds the amount.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };
struct PaymentDeclined      { static constexpr Says type = "payment.declined", says = "The gateway will not hold it.";
                              PaymentId payment; OrderId order; OperationId operation; };
struct PaymentCaptured      { static constexpr Says type = "payment.captured", says = "The amount was taken.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };
struct PaymentCaptureFailed { static constexpr Says type = "payment.capture_failed", says = "It was not taken.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };
struct PaymentVoided        { static constexpr Says type = "payment.voided", says = "The amount is held no longer.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };
struct PaymentVoidFailed    { static constexpr Says type = "payment.void_failed", says = "It is held still.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };
struct PaymentRefunded      { static constexpr Says type = "payment.refunded", says = "The amount was given back.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };
struct PaymentRefundFailed  { static constexpr Says type = "payment.refund_failed", says = "It was not given back.";
                              PaymentId payment; OrderId order; OperationId operation; std::optional<Currency> currency; Amount amount; };

struct Level           { LocationId location;
                         std::int64_t available, on_hand, damaged, quarantined, reserved, committed, short_of; };
struct StockChanged    { static constexpr Says type = "stock.changed", says = "What there is of a SKU now, at every location; what changed at once is told once. available: free for orders, safety stock not taken off; short_of: promised and not there.";
                         Sku sku; Version version; std::int64_t safety; std::vector<Level> locations; };
struct LocationChanged { static constexpr Says type = "location.changed", says = "A location is new, or is another.";
                         LocationId location; Label name; Priority priority; bool accepts_orders; };

struct RequestedItem        { LineId line; Sku sku; Quantity quantity; };
struct FulfillmentRequested { static constexpr Says type = "fulfillment.requested", says = "A location is asked to send these.";
                              FulfillmentId fulfillment; OrderId order; LocationId location;
                              std::vector<RequestedItem> items; };
struct FulfillmentAccepted  { static constexpr Says type = "fulfillment.accepted", says = "Its warehouse will.";
                              FulfillmentId fulfillment; OrderId order; std::optional<LocationId> location; };
struct FulfillmentRejected  { static constexpr Says type = "fulfillment.rejected", says = "Its warehouse will not send these.";
                              FulfillmentId fulfillment; OrderId order; std::optional<LocationId> location;
                              std::vector<Units> lines; };
struct FulfillmentShipped   { static constexpr Says type = "fulfillment.shipped", says = "A parcel was sent.";
                              FulfillmentId fulfillment; OrderId order; std::optional<LocationId> location;
                              ShipmentId shipment; Label carrier; Reference tracking;
                              std::vector<Units> lines; };
struct FulfillmentCancelled { static constexpr Says type = "fulfillment.cancelled", says = "Units were asked back: cancelled are not to be sent, refused were sent already.";
                              FulfillmentId fulfillment; OrderId order; std::optional<LocationId> location;
                              CancellationId cancellation; std::vector<Units> cancelled, refused; };
struct FulfillmentEnded     { static constexpr Says type = "fulfillment.ended", says = "Nothing of it is left to send.";
                              FulfillmentId fulfillment; OrderId order; std::optional<LocationId> location; };
// clang-format on

// All of them; the topic fulfillment has those that are called so.
using Message =
    std::variant<OrderCreated, OrderPlaced, OrderConfirmed, OrderRefused, OrderDeclined,
                 OrderGivenUp, OrderCancellationRequested, OrderLinesCancelled,
                 OrderCancellationRefused, OrderCancelled, OrderShipped, OrderCompleted,
                 OrderReturned, OrderPaymentFailed, PaymentAuthorized, PaymentDeclined,
                 PaymentCaptured, PaymentCaptureFailed, PaymentVoided, PaymentVoidFailed,
                 PaymentRefunded, PaymentRefundFailed, StockChanged, LocationChanged,
                 FulfillmentRequested, FulfillmentAccepted, FulfillmentRejected, FulfillmentShipped,
                 FulfillmentCancelled, FulfillmentEnded>;

// Each has the table of its name in schemas/public.fbs.
using Tables = std::tuple<
    fb::published::OrderCreated, fb::published::OrderPlaced, fb::published::OrderConfirmed,
    fb::published::OrderRefused, fb::published::OrderDeclined, fb::published::OrderGivenUp,
    fb::published::OrderCancellationRequested, fb::published::OrderLinesCancelled,
    fb::published::OrderCancellationRefused, fb::published::OrderCancelled,
    fb::published::OrderShipped, fb::published::OrderCompleted, fb::published::OrderReturned,
    fb::published::OrderPaymentFailed, fb::published::PaymentAuthorized,
    fb::published::PaymentDeclined, fb::published::PaymentCaptured,
    fb::published::PaymentCaptureFailed, fb::published::PaymentVoided,
    fb::published::PaymentVoidFailed, fb::published::PaymentRefunded,
    fb::published::PaymentRefundFailed, fb::published::StockChanged, fb::published::LocationChanged,
    fb::published::FulfillmentRequested, fb::published::FulfillmentAccepted,
    fb::published::FulfillmentRejected, fb::published::FulfillmentShipped,
    fb::published::FulfillmentCancelled, fb::published::FulfillmentEnded>;
static_assert(std::variant_size_v<Message> == std::tuple_size_v<Tables>);

std::string_view type_of(const Message& message);
// Its fields as a JSON object: what a CloudEvent calls data.
std::string json_of(const Message& message);

}  // namespace holdfast::published
