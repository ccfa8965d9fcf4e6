// Payment: what one tender of an order authorizes, captures, voids and refunds, at its gateway.
//
// Invariant  refunded <= captured, captured + voided <= authorized, what is pending counted in;
//            every operation has an id and is pending, succeeded or failed; an answer touches the
//            operation it names and no other.
// Order      an operation is asked again, later each time, until its gateway gives a definite
//            answer; its id, with the payment's, is the gateway's idempotency key.
// Limits     20 authorization attempts, 200 operations a payment; 38 bytes the id of a Settle.
#pragma once

#include <span>
#include <variant>

#include "engine/domain/decision.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/sale.h"

namespace holdfast::payment {

constexpr std::size_t attempts_max = 20;
constexpr std::size_t operations_max = 200;

enum class Kind : std::uint8_t { authorization = 1, capture, void_, refund };
// A gateway's answer. unknown: it may or may not have happened; ask again with the same id.
enum class Outcome : std::uint8_t { succeeded = 1, failed, unknown };

// Where an amount may be absent, absent is all that is left: nothing to do where that is done
// already. A whole Void of an authorization that is still pending voids it once it succeeds.
// clang-format off
struct Authorize    { OrderId order; Money amount; std::optional<GatewayName> gateway;
                      GatewayToken token; bool outside; };  // after a decline: another attempt
struct Capture      { OperationId operation; std::optional<Money> amount; };
struct Void         { OperationId operation; std::optional<Money> amount; };
struct Refund       { OperationId operation; std::optional<Money> amount; };
struct RecordAnswer { OperationId operation; Kind kind; Outcome outcome;
                      Reference gateway_reference; Label detail; };  // the gateway's
struct AskAgain     {};                             // the timer's
struct Settle       { OperationId operation; Money capture; };  // the order's: capture this much in
                                                                // all, void the rest
using Command = std::variant<Authorize, Capture, Void, Refund, RecordAnswer, AskAgain, Settle>;

// ...Asked: durable before the gateway hears of it. No gateway: the money was taken outside, and
// what is asked is answered in the same decision.
struct AuthorizationAsked { OperationId operation; OrderId order; Money amount;
                            std::optional<GatewayName> gateway; GatewayToken token;
                            Time answer_by_ms; };
struct Authorized         { OperationId operation; OrderId order; Amount amount;
                            Reference gateway_reference; };
struct Declined           { OperationId operation; OrderId order; Label detail; };
struct CaptureAsked       { OperationId operation; Amount amount; Time answer_by_ms; };
struct Captured           { OperationId operation; OrderId order; Amount amount;
                            Reference gateway_reference; };
struct CaptureFailed      { OperationId operation; OrderId order; Amount amount; Label detail; };
struct VoidAsked          { OperationId operation; Amount amount; Time answer_by_ms; };
struct Voided             { OperationId operation; OrderId order; Amount amount;
                            Reference gateway_reference; };
struct VoidFailed         { OperationId operation; OrderId order; Amount amount; Label detail; };
struct RefundAsked        { OperationId operation; Amount amount; Time answer_by_ms; };
struct Refunded           { OperationId operation; OrderId order; Amount amount;
                            Reference gateway_reference; };
struct RefundFailed       { OperationId operation; OrderId order; Amount amount; Label detail; };
struct AskedAgain         { OperationId operation; std::uint32_t attempt; Time answer_by_ms; };
struct VoidDeferred       { OperationId operation; };  // until the authorization has succeeded
using Event = std::variant<AuthorizationAsked, Authorized, Declined, CaptureAsked, Captured,
                           CaptureFailed, VoidAsked, Voided, VoidFailed, RefundAsked, Refunded,
                           RefundFailed, AskedAgain, VoidDeferred>;
// clang-format on

enum class Rejection : std::uint8_t {
    payment_is_unknown = 1,
    payment_exists_with_another_amount,
    payment_is_not_authorized,
    amount_is_zero,
    amount_exceeds_what_is_authorized,
    amount_exceeds_what_is_captured,
    currency_differs,
    operation_has_another_amount,
    operation_is_unknown,
    operation_is_settled,
    too_many_operations,
    payment_exists_with_another_token,
    operation_id_is_too_long,
};

enum class Standing : std::uint8_t { pending = 1, succeeded, failed };
struct Operation {
    Kind kind;
    Standing standing;
    Amount amount;
    std::uint32_t attempt = 1;  // how often the gateway was asked
    Time answer_by_ms;
    auto members() { return std::tie(kind, standing, amount, attempt, answer_by_ms); }
    friend bool operator==(const Operation&, const Operation&) = default;
};

struct State {
    std::optional<OrderId> order;  // none: no such payment
    std::optional<Currency> currency;
    std::optional<GatewayName> gateway;  // none: the money was taken outside
    GatewayToken token;
    Reference gateway_reference;  // the authorization's, which captures and refunds point to
    Amount asked = no_amount, authorized = no_amount, captured = no_amount, voided = no_amount,
           refunded = no_amount;
    FlatMap<OperationId, Operation> operations;
    std::optional<OperationId> void_deferred;
    auto members() {
        return std::tie(order, currency, gateway, token, gateway_reference, asked, authorized,
                        captured, voided, refunded, operations, void_deferred);
    }
};

// What the gateway is to be asked.
struct Ask {
    OperationId operation;
    Kind kind;
    Money amount;
    GatewayName gateway;
    GatewayToken token;
    Reference gateway_reference;  // the authorization's; empty for the authorization itself
    std::uint32_t attempt;
};

using Refusal = holdfast::Refusal<Rejection>;
using Decision = Decided<Event, Rejection>;
Decision decide(const State& payment, const Command& command, const Terms& terms);
void evolve(State& payment, const Event& event);

std::optional<Time> deadline(const State& payment);  // the earliest answer_by_ms still pending
Command on_deadline(const State& payment);
std::optional<std::string_view> broken_rule(const State& payment);

// What a decision's event asks of the gateway, if it is still to be asked in the state after it.
std::optional<Ask> asked_by(const State& payment, const Event& event);
// Every operation that waits for its gateway: what to ask after a restart.
std::vector<Ask> pending(const State& payment);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::payment
