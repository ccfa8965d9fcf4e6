// What the order's files share: each command's handle and each event's apply, how they answer, and
// what is left of a line.
#pragma once

#include <algorithm>

#include "engine/domain/order/order.h"

namespace holdfast::order {

// A command's decision and an event's effect: each is a specialization in the file of its rule, so
// a new message is declared nowhere else. One that is missing does not link.
template <class Message>
Decision handle(const State& order, const Message& message, const Terms& terms);
template <class Happened> void apply(State& order, const Happened& happened);

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
