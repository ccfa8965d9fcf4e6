// What the order's files share: each command's handle and each event's apply, how they answer, and
// what is left of a line.
#pragma once

#include <algorithm>

#include "engine/domain/order/order.h"

namespace holdfast::order {

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}
// An event is built where it will stay.
template <class E, class... Fields> void say(std::vector<Event>& events, Fields&&... fields) {
    events.emplace_back(E{std::forward<Fields>(fields)...});
}

// beginning.cc: what was ordered.
Decision handle(const State& order, const Begin& begin, const Terms& terms);
void apply(State& order, const Begun& begun);

// reserving.cc: stock, one partition after the other.
Decision handle(const State& order, const NoteReserved& note, const Terms& terms);
Decision handle(const State& order, const NoteNotReserved& note, const Terms& terms);
Decision handle(const State& order, const NoteClaimLapsed& note, const Terms& terms);
void apply(State& order, const StockAsked& asked);
void apply(State& order, const StockReserved& reserved);
void apply(State& order, const StockLetGo& let_go);
void apply(State& order, const Placed& placed);

// paying.cc: from all stock held to a sale, or to none.
Decision handle(const State& order, const NoteAuthorized& note, const Terms& terms);
Decision handle(const State& order, const NoteDeclined& note, const Terms& terms);
Decision handle(const State& order, const GiveUp& give_up, const Terms& terms);
void apply(State& order, const PaymentAuthorized& authorized);
void apply(State& order, const PaymentDeclined& declined);
void apply(State& order, const Confirmed& confirmed);
void apply(State& order, const Refused& refused);
void apply(State& order, const Declined& declined);
void apply(State& order, const GivenUp& given_up);
void apply(State& order, const Cancelled& cancelled);

// shipping.cc: what the warehouses sent.
Decision handle(const State& order, const NoteShipped& note, const Terms& terms);
void apply(State& order, const Shipped& shipped);
void apply(State& order, const Completed& completed);

// cancelling.cc: what will not be sent.
Decision handle(const State& order, const Cancel& cancel, const Terms& terms);
Decision handle(const State& order, const NoteCancelAnswer& note, const Terms& terms);
Decision handle(const State& order, const NoteRejected& note, const Terms& terms);
void apply(State& order, const CancellationAsked& asked);
void apply(State& order, const LinesCancelled& cancelled);
void apply(State& order, const CancellationRefused& refused);

// returning.cc: what came back.
Decision handle(const State& order, const Return& wish, const Terms& terms);
void apply(State& order, const Returned& returned);

// settling.cc: what the payments did.
Decision handle(const State& order, const NoteCaptured& note, const Terms& terms);
Decision handle(const State& order, const NoteVoided& note, const Terms& terms);
Decision handle(const State& order, const NoteRefunded& note, const Terms& terms);
Decision handle(const State& order, const NotePaymentFailed& note, const Terms& terms);
void apply(State& order, const CaptureAsked& asked);
void apply(State& order, const SettlementAsked& asked);
void apply(State& order, const VoidAsked& asked);
void apply(State& order, const RefundAsked& asked);
void apply(State& order, const PaymentCaptured& captured);
void apply(State& order, const PaymentVoided& voided);
void apply(State& order, const PaymentRefunded& refunded);
void apply(State& order, const PaymentFailed& failed);

// ---- where an order stands ----

inline bool is_being_made(const State& order) {
    return order.stage == Stage::reserving || order.stage == Stage::paying;
}
// Refused, declined, given up or cancelled: whatever still comes for it goes back.
inline bool ended_unsold(const State& order) { return order.stage >= Stage::refused; }

// The events by which stock takes back what it holds for an order that is ending, if anything.
void let_go_of_stock(const State& order, std::vector<Event>& events);
// The next partition of stock to ask, after the one that answered; nothing when all have.
std::optional<StockAsked> next_asked(const std::vector<Line>& lines,
                                     std::optional<std::uint16_t> answered,
                                     std::uint16_t partitions);

// ---- lines ----

inline Units open_units(const Line& line, const LineProgress& progress) {
    return known<Units>(line.quantity.raw()) - progress.cancelled - progress.shipped;
}
// What an untracked line's units are: delivered when nothing else is waited for.
std::vector<LineShare> undelivered(const State& order);

inline Units open_units(const LinePart& part) {
    return part.quantity - part.shipped - part.cancelled;
}
LinePart* part_of(State& order, const LocationId& location, const LineId& line);
const LinePart* part_of(const State& order, const LocationId& location, const LineId& line);

// Where a warehouse that answers is; or why no warehouse was asked anything.
std::expected<const LocationId*, Refusal> location_of(const State& order,
                                                      const FulfillmentId& fulfillment);

inline Units less(Units from, Units by) { return from - std::min(from, by); }

}  // namespace holdfast::order
