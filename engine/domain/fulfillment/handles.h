// What the fulfillment's files share: each command's handle and each event's apply, how they
// answer, and what is left to send.
#pragma once

#include "engine/domain/fulfillment/fulfillment.h"

namespace holdfast::fulfillment {

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// requesting.cc: the order asks, the warehouse answers.
Decision handle(const State& fulfillment, const Request& request, const Terms& terms);
Decision handle(const State& fulfillment, const Accept& taken, const Terms& terms);
Decision handle(const State& fulfillment, const Reject& unwanted, const Terms& terms);
void apply(State& fulfillment, const Requested& requested);
void apply(State& fulfillment, const Accepted& accepted);
void apply(State& fulfillment, const Rejected& rejected);
void apply(State& fulfillment, const Ended& ended);

// shipping.cc
Decision handle(const State& fulfillment, const Ship& ship, const Terms& terms);
void apply(State& fulfillment, const Shipped& shipped);

// cancelling.cc
Decision handle(const State& fulfillment, const CancelLines& cancel, const Terms& terms);
void apply(State& fulfillment, const CancellationAnswered& answered);

// ---- what is left to send (fulfillment.cc) ----

std::int64_t left_of(const Progress& progress);
std::int64_t units_left(const State& fulfillment);
std::int64_t units_in(const std::vector<LineUnits>& lines);
std::vector<LineUnits> rest_of(const State& fulfillment);  // by line
// By line; those of one line stay in their order.
std::vector<LineUnits> sorted(std::vector<LineUnits> lines);

}  // namespace holdfast::fulfillment
