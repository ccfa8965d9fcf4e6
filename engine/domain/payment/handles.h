// What the payment's files share: each command's handle and each event's apply, how they answer,
// and how much is left.
#pragma once

#include "engine/domain/payment/payment.h"

namespace holdfast::payment {

// A command's decision and an event's effect: each is a specialization in the file of its rule, so
// a new message is declared nowhere else. One that is missing does not link.
template <class Message>
Decision handle(const State& payment, const Message& message, const Terms& terms);
template <class Happened> void apply(State& payment, const Happened& happened);

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// ---- what is left (payment.cc) ----

// Succeeded and pending operations of a kind, summed: none of it can be had a second time.
std::int64_t taken(const State& payment, Kind kind);
std::int64_t left_to_capture(const State& payment);  // or to void
std::int64_t left_to_refund(const State& payment);
bool authorization_is_pending(const State& payment);

// A wish for an amount, or for all that is left, and what it comes to.
struct Wish {
    Kind kind;
    const OperationId& operation;
    const std::optional<Money>& amount;
};
// No amount: the wish is fulfilled already.
std::expected<std::optional<Amount>, Refusal> weigh(const State& payment, const Wish& wish);

inline Time answer_by(const Terms& terms) { return later(terms.now, terms.policy.gateway_ms); }

// ---- an operation's life (payment.cc) ----

void begin(State& payment, const OperationId& id, const Operation& operation);
void end(State& payment, const OperationId& id, Standing standing);

}  // namespace holdfast::payment
