#include "engine/domain/order/paying.h"

namespace holdfast::order {
namespace {

void confirm(const State& order, Purse& purse, std::vector<Event>& events) {
    say<Confirmed>(events);
    if (order.open == no_units) {
        complete(order, due(order), purse, events);
    } else if (order.capture_at_confirmation) {
        purse.capture_up_to(order.total);
    }
}

bool waits_only_for(const State& order, const PaymentId& payment) {
    return order.stage == Stage::paying &&
           std::ranges::all_of(order.payments, [&](const PaymentProgress& other) {
               return other.payment == payment || other.authorized != no_amount;
           });
}

}  // namespace

void place(const State& order, std::vector<Event>& events) {
    say<Placed>(events);
    if (!order.payments.empty()) return;
    Purse purse(order, events);
    confirm(order, purse, events);
}

void complete(const State& order, Amount due, Purse& purse, std::vector<Event>& events) {
    say<Completed>(events, undelivered(order));
    purse.settle(due);
}

void give_back(const State& order, std::vector<Event>& events) {
    let_go_of_stock(order, events);
    Purse(order, events).give_everything_back();
}

template <> Decision handle(const State& order, const NoteAuthorized& note, const Terms&) {
    const auto* payment = payment_at(order, note.payment);
    if (!payment) return reject(Rejection::payment_is_unknown, 0, note.payment.raw());
    if (payment->authorized != no_amount) return nothing_to_do();
    std::vector<Event> events;
    say<PaymentAuthorized>(events, note.payment, note.amount);
    Purse purse(order, events);
    purse.authorized(note.payment, note.amount);
    if (ended_unsold(order)) purse.give_everything_back();
    if (waits_only_for(order, note.payment)) confirm(order, purse, events);
    return events;
}

template <> Decision handle(const State& order, const NoteDeclined& note, const Terms&) {
    const auto* payment = payment_at(order, note.payment);
    if (!payment) return reject(Rejection::payment_is_unknown, 0, note.payment.raw());
    if (payment->declined || payment->authorized != no_amount) return nothing_to_do();
    std::vector<Event> events;
    say<PaymentDeclined>(events, note.payment, note.detail);
    if (order.stage != Stage::paying) return events;
    say<Declined>(events, note.payment, note.detail);
    give_back(order, events);
    return events;
}

template <> Decision handle(const State& order, const GiveUp&, const Terms& terms) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (!is_being_made(order) || terms.now < *order.give_up_at_ms) return nothing_to_do();
    auto events = list_of<Event>(GivenUp{});
    give_back(order, events);
    return events;
}

template <> void apply(State& order, const PaymentAuthorized& authorized) {
    auto& payment = *payment_at(order, authorized.payment);
    payment.authorized = authorized.amount;
    payment.declined = false;
}
template <> void apply(State& order, const PaymentDeclined& declined) {
    payment_at(order, declined.payment)->declined = true;
}
template <> void apply(State& order, const Confirmed&) { order.stage = Stage::confirmed; }
template <> void apply(State& order, const Refused&) { order.stage = Stage::refused; }
template <> void apply(State& order, const Declined&) { order.stage = Stage::declined; }
template <> void apply(State& order, const GivenUp&) { order.stage = Stage::given_up; }
template <> void apply(State& order, const Cancelled&) { order.stage = Stage::cancelled; }

}  // namespace holdfast::order
