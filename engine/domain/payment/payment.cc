#include "engine/domain/payment/payment.h"

#include <algorithm>

#include "engine/domain/payment/handles.h"

namespace holdfast::payment {
namespace {

using enum Rejection;
using enum Answer;

// clang-format off
constexpr Explained<Rejection> explanations[] = {
    {payment_is_unknown,                 "payment_is_unknown",                 missing,  ""},
    {payment_exists_with_another_amount, "payment_exists_with_another_amount", conflict, "amount"},
    {payment_is_not_authorized,          "payment_is_not_authorized",          conflict, ""},
    {amount_is_zero,                     "amount_is_zero",                     invalid,  ""},
    {amount_exceeds_what_is_authorized,  "amount_exceeds_what_is_authorized",  conflict, "left"},
    {amount_exceeds_what_is_captured,    "amount_exceeds_what_is_captured",    conflict, "left"},
    {currency_differs,                   "currency_differs",                   invalid,  ""},
    {operation_has_another_amount,       "operation_has_another_amount",       conflict, "amount"},
    {operation_is_unknown,               "operation_is_unknown",               missing,  ""},
    {operation_is_settled,               "operation_is_settled",               conflict, ""},
    {too_many_operations,                "too_many_operations",                conflict, "limit"},
    {payment_exists_with_another_token,  "payment_exists_with_another_token",  conflict, ""},
    {operation_id_is_too_long,           "operation_id_is_too_long",           invalid,  "limit"},
};
// clang-format on
static_assert(in_order(explanations));

std::int64_t sum_of(const State& payment, Kind kind, Standing standing) {
    std::int64_t sum = 0;  // at most 200 of 10^15 each: no overflow
    for (const auto& [id, operation] : payment.operations)
        if (operation.kind == kind && operation.standing == standing) sum += operation.amount.raw();
    return sum;
}

// Nothing when the operation is answered, or was never the gateway's business.
std::optional<Ask> ask_of(const State& payment, const OperationId& id) {
    const auto* operation = payment.operations.find(id);
    if (!operation || operation->standing != Standing::pending || !payment.gateway) return {};
    return Ask{id,
               operation->kind,
               {operation->amount, *payment.currency},
               *payment.gateway,
               payment.token,
               payment.gateway_reference,
               operation->attempt};
}

}  // namespace

const Explained<Rejection>& explain(Rejection why) {
    const auto place = static_cast<std::size_t>(why) - 1;
    assert(place < std::size(explanations));
    return explanations[place];
}

Decision decide(const State& payment, const Command& command, const Terms& terms) {
    return std::visit(
        [&](const auto& known_command) { return handle(payment, known_command, terms); }, command);
}

void evolve(State& payment, const Event& event) {
    std::visit([&](const auto& known_event) { apply(payment, known_event); }, event);
}

std::int64_t taken(const State& payment, Kind kind) {
    return sum_of(payment, kind, Standing::succeeded) + sum_of(payment, kind, Standing::pending);
}
std::int64_t left_to_capture(const State& payment) {
    return payment.authorized.raw() - taken(payment, Kind::capture) - taken(payment, Kind::void_);
}
std::int64_t left_to_refund(const State& payment) {
    return payment.captured.raw() - taken(payment, Kind::refund);
}
bool authorization_is_pending(const State& payment) {
    return sum_of(payment, Kind::authorization, Standing::pending) > 0;
}

std::expected<std::optional<Amount>, Refusal> weigh(const State& payment, const Wish& wish) {
    const auto refuse = [](Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
        return std::unexpected(Refusal{why, detail, std::string(subject)});
    };
    if (wish.amount && wish.amount->amount == no_amount) return refuse(amount_is_zero);
    if (!payment.order) return refuse(payment_is_unknown);
    if (wish.amount && wish.amount->currency != *payment.currency)
        return refuse(currency_differs, 0, payment.currency->raw());
    if (const auto* known = payment.operations.find(wish.operation)) {
        if (known->kind == wish.kind && (!wish.amount || wish.amount->amount == known->amount))
            return std::nullopt;
        return refuse(operation_has_another_amount, known->amount.raw(), wish.operation.raw());
    }
    const bool refund = wish.kind == Kind::refund;
    if (!refund && payment.authorized == no_amount) return refuse(payment_is_not_authorized);
    const auto left = refund ? left_to_refund(payment) : left_to_capture(payment);
    if (!wish.amount && left == 0 && taken(payment, wish.kind) > 0) return std::nullopt;
    const auto amount = wish.amount ? wish.amount->amount.raw() : left;
    if (amount > left || left == 0)
        return refuse(refund ? amount_exceeds_what_is_captured : amount_exceeds_what_is_authorized,
                      left);
    if (payment.operations.size() >= operations_max)
        return refuse(too_many_operations, std::int64_t{operations_max});
    return known<Amount>(amount);
}

void begin(State& payment, const OperationId& id, const Operation& operation) {
    assert(!payment.operations.contains(id));
    payment.operations.put(id, operation);
}
void end(State& payment, const OperationId& id, Standing standing) {
    payment.operations.find(id)->standing = standing;
}

std::optional<Time> deadline(const State& payment) {
    std::optional<Time> earliest;
    for (const auto& [id, operation] : payment.operations)
        if (operation.standing == Standing::pending)
            earliest = std::min(earliest.value_or(operation.answer_by_ms), operation.answer_by_ms);
    return earliest;
}
Command on_deadline(const State&) { return AskAgain{}; }

std::optional<Ask> asked_by(const State& payment, const Event& event) {
    return std::visit(
        [&](const auto& known_event) -> std::optional<Ask> {
            if constexpr (requires { known_event.answer_by_ms; })
                return ask_of(payment, known_event.operation);
            else
                return {};
        },
        event);
}

std::vector<Ask> pending(const State& payment) {
    std::vector<Ask> asks;
    for (const auto& [id, operation] : payment.operations)
        if (auto ask = ask_of(payment, id)) asks.push_back(std::move(*ask));
    return asks;
}

std::optional<std::string_view> broken_rule(const State& payment) {
    const auto done = [&](Kind kind) { return sum_of(payment, kind, Standing::succeeded); };
    if (!payment.order) {
        if (!payment.operations.empty()) return "an unknown payment has no operations";
        return {};
    }
    if (payment.refunded > payment.captured) return "refunded <= captured";
    if (payment.captured.raw() + payment.voided.raw() > payment.authorized.raw())
        return "captured + voided <= authorized";
    if (left_to_refund(payment) < 0) return "refunded and pending refunds <= captured";
    if (left_to_capture(payment) < 0)
        return "captured, voided and what is pending of both <= authorized";
    if (taken(payment, Kind::authorization) > payment.asked.raw())
        return "one authorization stands at a time";
    if (done(Kind::authorization) != payment.authorized.raw() ||
        done(Kind::capture) != payment.captured.raw() ||
        done(Kind::void_) != payment.voided.raw() || done(Kind::refund) != payment.refunded.raw())
        return "what succeeded adds up";
    if (!payment.gateway && deadline(payment)) return "money taken outside waits for nobody";
    if (payment.void_deferred && !authorization_is_pending(payment))
        return "a void is deferred only while its authorization is pending";
    return {};
}

}  // namespace holdfast::payment
