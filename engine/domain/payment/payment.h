// Payment: what one tender of an order authorizes, captures, voids and refunds, at its gateway.
//
// Invariant  refunded <= captured, captured + voided <= authorized; every operation has an id and is
//            pending, succeeded or failed; a late answer to one attempt never touches another.
// Limits     20 authorization attempts, 200 operations a payment.
#pragma once

#include <variant>

#include "engine/domain/decision.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/sale.h"

namespace holdfast::payment {

enum class Kind : std::uint8_t { authorization = 1, capture, void_, refund };
// A gateway's answer. unknown: it may or may not have happened; ask again with the same id.
enum class Outcome : std::uint8_t { succeeded = 1, failed, unknown };

// clang-format off
struct Authorize    { OrderId order; Money amount; std::optional<GatewayName> gateway; GatewayToken token; bool outside; };
struct Capture      { OperationId operation; std::optional<Money> amount; };   // no amount: all that is left
struct Void         { OperationId operation; std::optional<Money> amount; };
struct Refund       { OperationId operation; std::optional<Money> amount; };
struct RecordAnswer { OperationId operation; Kind kind; Outcome outcome; Reference gateway_reference; Label detail; };  // the gateway's
struct AskAgain     {};  // the timer's
struct Settle       { OperationId operation; Money capture; };  // the order's: capture this much, void the rest
using Command = std::variant<Authorize, Capture, Void, Refund, RecordAnswer, AskAgain, Settle>;

// ...Asked: durable before the gateway hears of it; `attempt` counts how often it was asked.
struct AuthorizationAsked { OperationId operation; OrderId order; Money amount; GatewayName gateway; GatewayToken token; Time answer_by_ms; };
struct Authorized         { OperationId operation; OrderId order; Amount amount; Reference gateway_reference; };
struct Declined           { OperationId operation; OrderId order; Label detail; };
struct CaptureAsked       { OperationId operation; Amount amount; Time answer_by_ms; };
struct Captured           { OperationId operation; OrderId order; Amount amount; Reference gateway_reference; };
struct CaptureFailed      { OperationId operation; OrderId order; Amount amount; Label detail; };
struct VoidAsked          { OperationId operation; Amount amount; Time answer_by_ms; };
struct Voided             { OperationId operation; OrderId order; Amount amount; Reference gateway_reference; };
struct VoidFailed         { OperationId operation; OrderId order; Amount amount; Label detail; };
struct RefundAsked        { OperationId operation; Amount amount; Time answer_by_ms; };
struct Refunded           { OperationId operation; OrderId order; Amount amount; Reference gateway_reference; };
struct RefundFailed       { OperationId operation; OrderId order; Amount amount; Label detail; };
struct AskedAgain         { OperationId operation; std::uint32_t attempt; Time answer_by_ms; };
using Event = std::variant<AuthorizationAsked, Authorized, Declined, CaptureAsked, Captured, CaptureFailed, VoidAsked,
                           Voided, VoidFailed, RefundAsked, Refunded, RefundFailed, AskedAgain>;
// clang-format on

enum class Rejection : std::uint8_t {
    payment_is_unknown = 1,
    payment_exists_with_another_amount,
    payment_is_not_authorized,
    amount_is_zero,
    amount_exceeds_what_is_authorized,
    amount_exceeds_what_is_captured,
    currency_differs,
    operation_exists_with_another_amount,
    operation_is_unknown,
    operation_is_settled,
    too_many_operations,
};

enum class Standing : std::uint8_t { pending = 1, succeeded, failed };
struct Operation {
    Kind kind;
    Standing standing;
    Amount amount;
    std::uint32_t attempt = 1;
    Time answer_by_ms;
    auto members() { return std::tie(kind, standing, amount, attempt, answer_by_ms); }
    friend bool operator==(const Operation&, const Operation&) = default;
};

struct State {
    std::optional<OrderId> order;  // none: no such payment
    std::optional<Currency> currency;
    std::optional<GatewayName> gateway;
    GatewayToken token;
    Amount asked = no_amount, authorized = no_amount, captured = no_amount, voided = no_amount,
           refunded = no_amount;
    FlatMap<OperationId, Operation> operations;
    auto members() {
        return std::tie(order, currency, gateway, token, asked, authorized, captured, voided,
                        refunded, operations);
    }
};

// What the gateway is to be asked, as the events of a decision say it.
struct Ask {
    OperationId operation;
    Kind kind;
    Money amount;
    GatewayName gateway;
    GatewayToken token;
    std::uint32_t attempt;
};

using Refusal = holdfast::Refusal<Rejection>;
using Decision = Decided<Event, Rejection>;
Decision decide(const State& payment, const Command& command, const Terms& terms);
void evolve(State& payment, const Event& event);

std::optional<Time> deadline(const State& payment);  // the earliest answer_by_ms still pending
Command on_deadline(const State& payment);
std::optional<std::string_view> broken_rule(const State& payment);

// Every operation of the payment that waits for its gateway.
std::vector<Ask> pending(const State& payment);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::payment
