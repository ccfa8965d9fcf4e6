#include "engine/domain/order/handles.h"
#include "engine/domain/order/paying.h"
#include "engine/domain/sale_rules.h"

namespace holdfast::order {
namespace {

bool is_the_same(const State& order, const Begin& begin) {
    const auto same_tender = [](const PaymentProgress& payment, const Tender& tender) {
        return payment.tender == tender;
    };
    return order.cart == begin.cart && order.currency == begin.currency &&
           order.customer == begin.customer && order.country == begin.country &&
           order.lines == begin.lines && order.charges == begin.charges &&
           order.total == begin.total && order.personal == begin.personal &&
           std::ranges::equal(order.payments, begin.payments, same_tender);
}

// An order that came to nothing is never begun again: whoever waits for it must hear that.
Decision again(const State& order, const Begin& begin) {
    if (!is_the_same(order, begin)) return reject(Rejection::order_exists_already);
    if (ended_unsold(order)) return reject(Rejection::order_has_ended);
    return nothing_to_do();
}

Decision reject(const Found& found) {
    return reject(rejection_for<Rejection>(found.fault), found.detail, found.subject);
}

}  // namespace

template <> void apply(State& order, const Begun& begun) {
    order.stage = Stage::reserving;
    order.order = begun.order;
    order.cart = begun.cart;
    order.currency = begun.currency;
    order.customer = begun.customer;
    order.country = begun.country;
    order.lines = begun.lines;
    order.charges = begun.charges;
    order.total = begun.total;
    order.personal = begun.personal;
    order.give_up_at_ms = begun.give_up_at_ms;
    order.capture_at_confirmation = begun.capture_at_confirmation;
    for (const auto& tender : begun.payments)
        order.payments.push_back({payment_of(begun.order, order.payments.size() + 1), tender});

    std::vector<std::uint32_t> places(order.lines.size());
    for (std::uint32_t place = 0; place < places.size(); ++place) places[place] = place;
    std::ranges::sort(places, {}, [&](std::uint32_t place) { return order.lines[place].line; });
    for (const auto place : places) {
        const auto& line = order.lines[place];
        order.progress.push_back({line.line, LineProgress{place}});
        (line.untracked ? order.open_untracked : order.open) += known<Units>(line.quantity.raw());
        if (line.reservation && !line.untracked) order.named.put(line.sku, *line.reservation);
    }
}

template <> Decision handle(const State& order, const Begin& begin, const Terms& terms) {
    if (order.stage != Stage::none) return again(order, begin);
    if (begin.lines.empty()) return reject(Rejection::order_is_empty);
    if (const auto found = fault_in(begin.lines, begin.charges)) return reject(*found);
    const auto total = *total_of(begin.lines, begin.charges);
    if (begin.total != total) return reject(Rejection::total_does_not_add_up, total.raw());
    if (const auto found = fault_in(begin.payments, total)) return reject(*found);

    std::vector<Event> events;
    events.emplace_back(Begun{begin.order, begin.cart, begin.currency, begin.customer,
                              begin.country, begin.lines, begin.charges, begin.payments,
                              begin.total, begin.personal,
                              later(terms.now, terms.policy.checkout_ms),
                              terms.policy.capture == CaptureWhen::at_confirmation});
    if (auto asked = next_asked(begin.lines, {}, terms.partitions)) {
        events.emplace_back(std::move(*asked));
        return events;
    }
    State begun;
    apply(begun, std::get<Begun>(events.front()));
    place(begun, events);
    return events;
}

// Nothing changes: the cart is told how the order stands (follow_ups/order.cc). The question stands
// behind the Begin that it asks after, so an order that is not there now was never made of it.
template <> Decision handle(const State& order, const NoteCartWaits& note, const Terms&) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (order.cart != note.cart) return reject(Rejection::order_exists_already);
    return nothing_to_do();
}

}  // namespace holdfast::order
