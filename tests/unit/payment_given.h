// What tests of payments start from.
#pragma once

#include "payment_tables.h"
#include "tests/support/given.h"
#include "tests/support/sold.h"

namespace holdfast::payment {

const Time noon = known<Time>(43'200'000);
inline Time after_noon(std::int64_t ms) { return known<Time>(noon.raw() + ms); }
const Time answer_by = after_noon(30'000);  // the default policy's gateway_ms

const OrderId order = known<OrderId>("order-1");
const GatewayName sandbox = known<GatewayName>("sandbox");
const GatewayToken token = known<GatewayToken>("approve");
const Reference reference = known<Reference>("gw-1");
inline OperationId operation(std::string_view id) { return known<OperationId>(id); }
const OperationId first_attempt = operation("authorization-1");

const Authorize authorize{order, pounds(100), {}, token, false};
const AuthorizationAsked asked{first_attempt, order, pounds(100), sandbox, token, answer_by};
const Authorized authorized{first_attempt, order, amount(100), reference};

inline RecordAnswer answer(const OperationId& id, Kind kind, Outcome outcome) {
    return {id, kind, outcome, known<Reference>("gw-2"), known<Label>("as the gateway says")};
}
// Events of an operation as tests tell them.
inline CaptureAsked capture_asked(std::string_view id, std::int64_t pence) {
    return {operation(id), amount(pence), answer_by};
}
inline Captured captured(std::string_view id, std::int64_t pence) {
    return {operation(id), order, amount(pence), reference};
}
inline VoidAsked void_asked(std::string_view id, std::int64_t pence) {
    return {operation(id), amount(pence), answer_by};
}
inline Voided voided(std::string_view id, std::int64_t pence) {
    return {operation(id), order, amount(pence), reference};
}
inline RefundAsked refund_asked(std::string_view id, std::int64_t pence) {
    return {operation(id), amount(pence), answer_by};
}
inline Refunded refunded(std::string_view id, std::int64_t pence) {
    return {operation(id), order, amount(pence), reference};
}
inline Capture capture(std::string_view id, std::optional<std::int64_t> pence = {}) {
    return {operation(id), pence ? std::optional(pounds(*pence)) : std::nullopt};
}
inline Void void_of(std::string_view id, std::optional<std::int64_t> pence = {}) {
    return {operation(id), pence ? std::optional(pounds(*pence)) : std::nullopt};
}
inline Refund refund(std::string_view id, std::optional<std::int64_t> pence = {}) {
    return {operation(id), pence ? std::optional(pounds(*pence)) : std::nullopt};
}

template <class... Past> Scenario<Payment> given(const Past&... past) { return {past...}; }

}  // namespace holdfast::payment
