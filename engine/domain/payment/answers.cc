#include <algorithm>

#include "engine/domain/payment/handles.h"

namespace holdfast::payment {
namespace {

Decision succeeded(const State& payment, const RecordAnswer& answer, const Terms& terms) {
    const auto& id = answer.operation;
    const auto& order = *payment.order;
    const auto amount = payment.operations.find(id)->amount;
    const auto& reference = answer.gateway_reference;
    switch (answer.kind) {
        case Kind::authorization: {
            Authorized authorized{id, order, amount, reference};
            if (!payment.void_deferred) return accept(std::move(authorized));
            return accept(std::move(authorized),
                          VoidAsked{*payment.void_deferred, amount, answer_by(terms)});
        }
        case Kind::capture: return accept(Captured{id, order, amount, reference});
        case Kind::void_: return accept(Voided{id, order, amount, reference});
        case Kind::refund: return accept(Refunded{id, order, amount, reference});
    }
    assert(false);
    return {};
}

Decision failed(const State& payment, const RecordAnswer& answer) {
    const auto& id = answer.operation;
    const auto& order = *payment.order;
    const auto amount = payment.operations.find(id)->amount;
    switch (answer.kind) {
        case Kind::authorization: return accept(Declined{id, order, answer.detail});
        case Kind::capture: return accept(CaptureFailed{id, order, amount, answer.detail});
        case Kind::void_: return accept(VoidFailed{id, order, amount, answer.detail});
        case Kind::refund: return accept(RefundFailed{id, order, amount, answer.detail});
    }
    assert(false);
    return {};
}

// Twice as long each time, up to 64 times the gateway's time.
Time ask_again_by(const Operation& operation, const Terms& terms) {
    const std::int64_t factor = std::int64_t{1} << std::min<std::uint32_t>(operation.attempt, 6);
    const auto wait = std::min(terms.policy.gateway_ms.raw() * factor, AnyDuration::max);
    return later(terms.now, known<Duration>(wait));
}

}  // namespace

template <> Decision handle(const State& payment, const RecordAnswer& answer, const Terms& terms) {
    if (!payment.order) return reject(Rejection::payment_is_unknown);
    const auto* operation = payment.operations.find(answer.operation);
    if (!operation || operation->kind != answer.kind)
        return reject(Rejection::operation_is_unknown, 0, answer.operation.raw());
    if (answer.outcome == Outcome::unknown) return nothing_to_do();
    const bool success = answer.outcome == Outcome::succeeded;
    if (operation->standing == (success ? Standing::succeeded : Standing::failed))
        return nothing_to_do();
    if (operation->standing != Standing::pending)
        return reject(Rejection::operation_is_settled, 0, answer.operation.raw());
    return success ? succeeded(payment, answer, terms) : failed(payment, answer);
}

template <> Decision handle(const State& payment, const AskAgain&, const Terms& terms) {
    std::vector<Event> events;
    for (const auto& [id, operation] : payment.operations)
        if (operation.standing == Standing::pending && operation.answer_by_ms <= terms.now)
            events.emplace_back(
                AskedAgain{id, operation.attempt + 1, ask_again_by(operation, terms)});
    return events;
}

template <> void apply(State& payment, const AskedAgain& again) {
    auto& operation = *payment.operations.find(again.operation);
    operation.attempt = again.attempt;
    operation.answer_by_ms = again.answer_by_ms;
}

}  // namespace holdfast::payment
