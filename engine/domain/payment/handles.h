// What the payment's files share: each command's handle and each event's apply, how they answer,
// and how much is left.
#pragma once

#include "engine/domain/payment/payment.h"

namespace holdfast::payment {

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// authorizing.cc
Decision handle(const State& payment, const Authorize& authorize, const Terms& terms);
void apply(State& payment, const AuthorizationAsked& asked);
void apply(State& payment, const Authorized& authorized);
void apply(State& payment, const Declined& declined);

// capturing.cc: what becomes of the authorized amount.
Decision handle(const State& payment, const Capture& capture, const Terms& terms);
Decision handle(const State& payment, const Void& unwanted, const Terms& terms);
Decision handle(const State& payment, const Settle& settle, const Terms& terms);
void apply(State& payment, const CaptureAsked& asked);
void apply(State& payment, const Captured& captured);
void apply(State& payment, const CaptureFailed& failed);
void apply(State& payment, const VoidAsked& asked);
void apply(State& payment, const Voided& voided);
void apply(State& payment, const VoidFailed& failed);
void apply(State& payment, const VoidDeferred& deferred);

// refunding.cc
Decision handle(const State& payment, const Refund& refund, const Terms& terms);
void apply(State& payment, const RefundAsked& asked);
void apply(State& payment, const Refunded& refunded);
void apply(State& payment, const RefundFailed& failed);

// answers.cc: what the gateway says, and when it is asked again.
Decision handle(const State& payment, const RecordAnswer& answer, const Terms& terms);
Decision handle(const State& payment, const AskAgain& again, const Terms& terms);
void apply(State& payment, const AskedAgain& again);

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
