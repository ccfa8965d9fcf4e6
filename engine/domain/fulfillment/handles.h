// What the fulfillment's files share: each command's handle and each event's apply, how they
// answer, and what is left to send.
#pragma once

#include "engine/domain/fulfillment/fulfillment.h"

namespace holdfast::fulfillment {

// A command's decision and an event's effect: each is a specialization in the file of its rule, so
// a new message is declared nowhere else. One that is missing does not link.
template <class Message>
Decision handle(const State& fulfillment, const Message& message, const Terms& terms);
template <class Happened> void apply(State& fulfillment, const Happened& happened);

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// ---- what is left to send (fulfillment.cc) ----

std::int64_t left_of(const Progress& progress);
std::int64_t units_left(const State& fulfillment);
std::int64_t units_in(const std::vector<LineUnits>& lines);
std::vector<LineUnits> rest_of(const State& fulfillment);  // by line
// By line; those of one line stay in their order.
std::vector<LineUnits> sorted(std::vector<LineUnits> lines);

}  // namespace holdfast::fulfillment
