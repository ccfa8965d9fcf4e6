#include "projections/publishing.h"

namespace holdfast::published {
namespace {

using Told = std::optional<Message>;

template <class E, class... Of>
concept OneOf = (std::same_as<E, Of> || ...);

std::optional<Currency> currency_of(const projections::StreamRow& row) {
    const auto currency = Currency::from(row.currency);
    return currency ? std::optional(*currency) : std::nullopt;
}
template <class Line> std::vector<Units> units_of(const std::vector<Line>& lines) {
    std::vector<Units> units;
    units.reserve(lines.size());
    for (const auto& line : lines) units.push_back({line.line, line.quantity});
    return units;
}
std::vector<Share> shares_of(const std::vector<order::LineShare>& lines) {
    std::vector<Share> shares;
    shares.reserve(lines.size());
    for (const auto& line : lines) shares.push_back({line.line, line.quantity, line.amount});
    return shares;
}

// ---- orders ----

// How it is done, and what a payment says itself.
template <class E>
concept InternalToOrders =
    OneOf<E, order::StockAsked, order::StockReserved, order::PaymentAuthorized,
          order::PaymentDeclined, order::StockLetGo, order::CaptureAsked, order::SettlementAsked,
          order::VoidAsked, order::RefundAsked, order::PaymentCaptured, order::PaymentVoided,
          order::PaymentRefunded>;
Told say(const InternalToOrders auto&, const Stream<Order>&) { return {}; }

Told say(const order::Begun& begun, const Stream<Order>& of) {
    of.row.currency = begun.currency.raw();
    OrderCreated created{
        of.key, begun.cart, of.envelope.channel, begun.country, begun.currency, begun.total,
        {},     {}};
    for (const auto& line : begun.lines)
        created.lines.push_back({line.line, line.sku, line.quantity, line.unit_price,
                                 total_of(line).value_or(no_amount), line.untracked});
    for (const auto& charge : begun.charges)
        created.charges.push_back(
            {charge.charge, charge.kind, total_of(charge).value_or(no_amount)});
    return created;
}
Told say(const order::Placed&, const Stream<Order>& of) { return OrderPlaced{of.key}; }
Told say(const order::Confirmed&, const Stream<Order>& of) { return OrderConfirmed{of.key}; }
Told say(const order::Refused& refused, const Stream<Order>& of) {
    OrderRefused told{of.key, {}};
    for (const auto& shortage : refused.shortages)
        told.shortages.push_back({shortage.sku, shortage.available});
    return told;
}
Told say(const order::Declined& declined, const Stream<Order>& of) {
    return OrderDeclined{of.key, declined.payment};
}
Told say(const order::GivenUp&, const Stream<Order>& of) { return OrderGivenUp{of.key}; }
Told say(const order::CancellationAsked& asked, const Stream<Order>& of) {
    return OrderCancellationRequested{of.key, asked.cancellation, units_of(asked.lines)};
}
Told say(const order::LinesCancelled& gone, const Stream<Order>& of) {
    return OrderLinesCancelled{of.key,
                               gone.cancellation,
                               gone.fulfillment,
                               currency_of(of.row),
                               shares_of(gone.lines),
                               gone.charges,
                               gone.refund};
}
Told say(const order::CancellationRefused& refused, const Stream<Order>& of) {
    return OrderCancellationRefused{of.key, refused.cancellation, refused.fulfillment,
                                    units_of(refused.lines)};
}
Told say(const order::Cancelled& cancelled, const Stream<Order>& of) {
    return OrderCancelled{of.key, cancelled.was_confirmed};
}
Told say(const order::Shipped& shipped, const Stream<Order>& of) {
    return OrderShipped{of.key, shipped.fulfillment, shipped.shipment, currency_of(of.row),
                        shares_of(shipped.lines)};
}
Told say(const order::Completed&, const Stream<Order>& of) { return OrderCompleted{of.key}; }
Told say(const order::Returned& returned, const Stream<Order>& of) {
    OrderReturned told{of.key, returned.returned, currency_of(of.row), {}, {}, returned.refund};
    for (const auto& line : returned.lines)
        told.lines.push_back({line.line, line.quantity, line.condition});
    told.worth = shares_of(returned.shares);
    return told;
}
Told say(const order::PaymentFailed& failed, const Stream<Order>& of) {
    return OrderPaymentFailed{of.key,        failed.payment, failed.operation, currency_of(of.row),
                              failed.amount, failed.trouble};
}

// ---- payments ----

// What a gateway is asked, and when again.
template <class E>
concept InternalToPayments =
    OneOf<E, payment::CaptureAsked, payment::VoidAsked, payment::RefundAsked, payment::AskedAgain,
          payment::VoidDeferred>;
Told say(const InternalToPayments auto&, const Stream<Payment>&) { return {}; }
Told say(const payment::AuthorizationAsked& asked, const Stream<Payment>& of) {
    of.row.currency = asked.amount.currency.raw();
    return {};
}

template <class Message, class Event> Told money(const Event& event, const Stream<Payment>& of) {
    return Message{of.key, event.order, event.operation, currency_of(of.row), event.amount};
}
Told say(const payment::Authorized& event, const Stream<Payment>& of) {
    return money<PaymentAuthorized>(event, of);
}
Told say(const payment::Declined& event, const Stream<Payment>& of) {
    return PaymentDeclined{of.key, event.order, event.operation};
}
Told say(const payment::Captured& event, const Stream<Payment>& of) {
    return money<PaymentCaptured>(event, of);
}
Told say(const payment::CaptureFailed& event, const Stream<Payment>& of) {
    return money<PaymentCaptureFailed>(event, of);
}
Told say(const payment::Voided& event, const Stream<Payment>& of) {
    return money<PaymentVoided>(event, of);
}
Told say(const payment::VoidFailed& event, const Stream<Payment>& of) {
    return money<PaymentVoidFailed>(event, of);
}
Told say(const payment::Refunded& event, const Stream<Payment>& of) {
    return money<PaymentRefunded>(event, of);
}
Told say(const payment::RefundFailed& event, const Stream<Payment>& of) {
    return money<PaymentRefundFailed>(event, of);
}

// ---- stock ----

// Who holds what, and until when; and what no SKU is told of.
template <class E>
concept InternalToStock = OneOf<E, stock::Extended, stock::Claimed, stock::Unclaimed,
                                stock::ClaimLapsed, stock::LocationSet>;
template <class E>
concept ChangesLevels = OneOf<E, stock::PolicySet, stock::Received, stock::Adjusted, stock::Counted,
                              stock::Reclassified, stock::WrittenOff, stock::Reserved,
                              stock::Released, stock::Committed, stock::Uncommitted, stock::Expired,
                              stock::Shipped, stock::Restocked, stock::FellShort, stock::Healed>;
bool changes(const InternalToStock auto&) { return false; }
bool changes(const ChangesLevels auto&) { return true; }

// ---- fulfillments ----

Told say(const fulfillment::Requested& requested, const Stream<Fulfillment>& of) {
    of.row.location = requested.location;
    FulfillmentRequested told{of.key, requested.order, requested.location, {}};
    for (const auto& item : requested.items)
        told.items.push_back({item.line, item.sku, item.quantity});
    return told;
}
Told say(const fulfillment::Accepted& accepted, const Stream<Fulfillment>& of) {
    return FulfillmentAccepted{of.key, accepted.order, of.row.location};
}
Told say(const fulfillment::Rejected& rejected, const Stream<Fulfillment>& of) {
    return FulfillmentRejected{of.key, rejected.order, of.row.location, units_of(rejected.lines)};
}
Told say(const fulfillment::Shipped& shipped, const Stream<Fulfillment>& of) {
    return FulfillmentShipped{
        of.key,          shipped.order,    of.row.location,        shipped.shipment,
        shipped.carrier, shipped.tracking, units_of(shipped.lines)};
}
Told say(const fulfillment::CancellationAnswered& answered, const Stream<Fulfillment>& of) {
    return FulfillmentCancelled{of.key,
                                answered.order,
                                of.row.location,
                                answered.cancellation,
                                units_of(answered.cancelled),
                                units_of(answered.refused)};
}
Told say(const fulfillment::Ended& ended, const Stream<Fulfillment>& of) {
    return FulfillmentEnded{of.key, ended.order, of.row.location};
}

}  // namespace

std::optional<Message> tell(const order::Event& event, const Stream<Order>& of) {
    return std::visit([&](const auto& one) { return say(one, of); }, event);
}
std::optional<Message> tell(const payment::Event& event, const Stream<Payment>& of) {
    return std::visit([&](const auto& one) { return say(one, of); }, event);
}
std::optional<Message> tell(const fulfillment::Event& event, const Stream<Fulfillment>& of) {
    return std::visit([&](const auto& one) { return say(one, of); }, event);
}

std::optional<Message> tell(const stock::Event& event, bool is_repeated_to_a_partition) {
    const auto* set = std::get_if<stock::LocationSet>(&event);
    if (!set || is_repeated_to_a_partition) return {};
    return LocationChanged{set->location, set->name, set->priority, set->accepts_orders};
}

bool changes_levels(const stock::Event& event) {
    return std::visit([](const auto& one) { return changes(one); }, event);
}

Message level_of(const projections::AvailabilityRow& row) {
    StockChanged changed{row.sku, row.version, row.policy.safety, {}};
    for (const auto& shelf : row.locations)
        changed.locations.push_back({shelf.location, shelf.available, shelf.on_hand, shelf.damaged,
                                     shelf.quarantined, shelf.reserved, shelf.committed,
                                     shelf.short_of});
    return changed;
}

}  // namespace holdfast::published
