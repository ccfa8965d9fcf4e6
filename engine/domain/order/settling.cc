#include "engine/domain/order/purse.h"

namespace holdfast::order {
namespace {

// Whether a payment did all that was asked of it.
bool is_even(const PaymentProgress& payment) {
    const bool voided =
        !payment.void_asked || payment.captured + payment.voided >= payment.authorized;
    return payment.captured >= payment.capture_asked && payment.refunded >= payment.refund_asked &&
           voided;
}
bool is_paid_for(const State& order) {
    auto captured = no_amount;
    for (const auto& payment : order.payments) captured += payment.captured;
    return order.stage != Stage::completed || captured >= due(order);
}
// What failed may have succeeded since, by hand or by asking again.
void look_again(State& order) {
    if (order.needs_attention)
        order.needs_attention =
            !(std::ranges::all_of(order.payments, is_even) && is_paid_for(order));
}

template <class E, class Note> Decision record(const State& order, const Note& note) {
    if (!payment_at(order, note.payment))
        return reject(Rejection::payment_is_unknown, 0, note.payment.raw());
    return accept(E{note.payment, note.operation, note.amount});
}

}  // namespace

// A refund that was promised before its money was there is asked now.
template <> Decision handle(const State& order, const NoteCaptured& note, const Terms&) {
    auto decision = record<PaymentCaptured>(order, note);
    if (!decision) return decision;
    Purse purse(order, *decision);
    purse.captured(note.payment, note.amount);
    if (ended_unsold(order))
        purse.give_everything_back();
    else
        purse.refund(owed_back(order));
    return decision;
}
template <> Decision handle(const State& order, const NoteVoided& note, const Terms&) {
    return record<PaymentVoided>(order, note);
}
template <> Decision handle(const State& order, const NoteRefunded& note, const Terms&) {
    return record<PaymentRefunded>(order, note);
}
template <> Decision handle(const State& order, const NotePaymentFailed& note, const Terms&) {
    if (!payment_at(order, note.payment))
        return reject(Rejection::payment_is_unknown, 0, note.payment.raw());
    return accept(
        PaymentFailed{note.payment, note.operation, note.amount, note.trouble, note.detail});
}

template <> void apply(State& order, const CaptureAsked& asked) {
    auto& payment = *payment_at(order, asked.payment);
    payment.capture_asked = std::max(payment.capture_asked, payment.captured) + asked.amount;
    ++order.operations;
}
template <> void apply(State& order, const SettlementAsked& asked) {
    auto& payment = *payment_at(order, asked.payment);
    payment.capture_asked = asked.capture;
    payment.void_asked = true;
    ++order.operations;
}
template <> void apply(State& order, const VoidAsked& asked) {
    payment_at(order, asked.payment)->void_asked = true;
    ++order.operations;
}
template <> void apply(State& order, const RefundAsked& asked) {
    payment_at(order, asked.payment)->refund_asked += asked.amount;
    ++order.operations;
}

template <> void apply(State& order, const PaymentCaptured& captured) {
    payment_at(order, captured.payment)->captured += captured.amount;
    look_again(order);
}
template <> void apply(State& order, const PaymentVoided& voided) {
    payment_at(order, voided.payment)->voided += voided.amount;
    look_again(order);
}
template <> void apply(State& order, const PaymentRefunded& refunded) {
    payment_at(order, refunded.payment)->refunded += refunded.amount;
    look_again(order);
}
template <> void apply(State& order, const PaymentFailed&) { order.needs_attention = true; }

}  // namespace holdfast::order
