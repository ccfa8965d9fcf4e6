#include <algorithm>

#include "engine/domain/payment/handles.h"

namespace holdfast::payment {
namespace {

constexpr std::string_view capture_suffix = "-c", void_suffix = "-v";
constexpr std::size_t settle_id_bytes_max = OperationId::bytes_max - capture_suffix.size();

OperationId derived(const OperationId& operation, std::string_view suffix) {
    return known<OperationId>(std::string(operation.raw()).append(suffix));
}

}  // namespace

template <> Decision handle(const State& payment, const Capture& capture, const Terms& terms) {
    const auto amount = weigh(payment, {Kind::capture, capture.operation, capture.amount});
    if (!amount) return std::unexpected(amount.error());
    if (!*amount) return nothing_to_do();
    return accept(CaptureAsked{capture.operation, **amount, answer_by(terms)});
}

template <> Decision handle(const State& payment, const Void& unwanted, const Terms& terms) {
    const bool whole = !unwanted.amount && !payment.operations.contains(unwanted.operation);
    if (whole && authorization_is_pending(payment))
        return payment.void_deferred ? nothing_to_do() : accept(VoidDeferred{unwanted.operation});
    if (whole && payment.order && payment.authorized == no_amount) return nothing_to_do();
    const auto amount = weigh(payment, {Kind::void_, unwanted.operation, unwanted.amount});
    if (!amount) return std::unexpected(amount.error());
    if (!*amount) return nothing_to_do();
    return accept(VoidAsked{unwanted.operation, **amount, answer_by(terms)});
}

template <> Decision handle(const State& payment, const Settle& settle, const Terms& terms) {
    if (settle.operation.raw().size() > settle_id_bytes_max)
        return reject(Rejection::operation_id_is_too_long, std::int64_t{settle_id_bytes_max});
    if (!payment.order) return reject(Rejection::payment_is_unknown);
    if (settle.capture.currency != *payment.currency)
        return reject(Rejection::currency_differs, 0, payment.currency->raw());
    const auto capture = derived(settle.operation, capture_suffix);
    const auto rest = derived(settle.operation, void_suffix);
    if (payment.operations.contains(capture) || payment.operations.contains(rest))
        return nothing_to_do();
    if (payment.authorized == no_amount) return reject(Rejection::payment_is_not_authorized);
    const auto left = left_to_capture(payment);
    const auto missing = settle.capture.amount.raw() - taken(payment, Kind::capture);
    const auto to_capture = std::max<std::int64_t>(missing, 0);
    if (to_capture > left) return reject(Rejection::amount_exceeds_what_is_authorized, left);
    const auto to_void = left - to_capture;
    if (left > 0 && payment.operations.size() + 2 > operations_max)
        return reject(Rejection::too_many_operations, std::int64_t{operations_max});
    std::vector<Event> events;
    if (to_capture > 0)
        events.emplace_back(CaptureAsked{capture, known<Amount>(to_capture), answer_by(terms)});
    if (to_void > 0) events.emplace_back(VoidAsked{rest, known<Amount>(to_void), answer_by(terms)});
    return events;
}

template <> void apply(State& payment, const CaptureAsked& asked) {
    begin(payment, asked.operation,
          {Kind::capture, Standing::pending, asked.amount, 1, asked.answer_by_ms});
}
template <> void apply(State& payment, const Captured& captured) {
    end(payment, captured.operation, Standing::succeeded);
    payment.captured += captured.amount;
}
template <> void apply(State& payment, const CaptureFailed& failed) {
    end(payment, failed.operation, Standing::failed);
}

template <> void apply(State& payment, const VoidAsked& asked) {
    begin(payment, asked.operation,
          {Kind::void_, Standing::pending, asked.amount, 1, asked.answer_by_ms});
    if (payment.void_deferred == asked.operation) payment.void_deferred.reset();
}
template <> void apply(State& payment, const Voided& voided) {
    end(payment, voided.operation, Standing::succeeded);
    payment.voided += voided.amount;
}
template <> void apply(State& payment, const VoidFailed& failed) {
    end(payment, failed.operation, Standing::failed);
}
template <> void apply(State& payment, const VoidDeferred& deferred) {
    payment.void_deferred = deferred.operation;
}

}  // namespace holdfast::payment
