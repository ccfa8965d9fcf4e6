// Payments: each payment with its operations and what they sum to.
//
// Order  folded from payment alone; an order's payments by their ids.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

enum class PaymentState : std::uint8_t {
    pending = 1,
    declined,
    authorized,
    captured,  // in part at least
    voided,    // whole
    refunded,  // all that was captured
};
enum class OperationKind : std::uint8_t { authorization = 1, capture, void_, refund };
struct PaymentOperationRow {
    OperationId operation;
    OperationKind kind;
    payment::Standing state = payment::Standing::pending;
    std::int64_t amount = 0;
    std::uint32_t attempts = 1;  // how often the gateway was asked
    std::string gateway_reference = {}, detail = {};
    Time asked_at_ms = known<Time>(0);
    std::optional<Time> answered_at_ms = {};
    friend bool operator==(const PaymentOperationRow&, const PaymentOperationRow&) = default;
};
struct PaymentRow {
    static constexpr std::string_view family = "payment";
    PaymentId payment;
    OrderId order;
    PaymentState state = PaymentState::pending;
    Version version = 0;
    Currency currency;
    std::optional<GatewayName> gateway = {};
    bool outside = false;  // the money was taken elsewhere
    std::int64_t asked = 0, authorized = 0, captured = 0, voided = 0, refunded = 0;
    std::vector<PaymentOperationRow> operations = {};  // as they were asked
    Time asked_at_ms = known<Time>(0), changed_at_ms = known<Time>(0);
    friend bool operator==(const PaymentRow&, const PaymentRow&) = default;
};

View payments_view();

}  // namespace holdfast::projections
