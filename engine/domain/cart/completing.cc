#include "engine/domain/cart/handles.h"
#include "engine/domain/sale_rules.h"

namespace holdfast::cart {
namespace {

bool is_frozen_for(const State& cart, const OrderId& order) {
    return cart.stage == Stage::frozen && cart.order == order;
}

// Later than an order that is begun at once gives up, so that it has spoken by itself by then.
Time asks_at(const Terms& terms) {
    constexpr auto margin = known<Duration>(60'000);
    return later(later(terms.now, terms.policy.checkout_ms), margin);
}

}  // namespace

template <> Decision handle(const State& cart, const Complete& complete, const Terms& terms) {
    const bool same_order = cart.order == complete.order;
    if (same_order && (cart.stage == Stage::frozen || cart.stage == Stage::converted))
        return nothing_to_do();
    if (cart.stage == Stage::converted)
        return reject(Rejection::cart_became_another_order, 0, cart.order->raw());
    if (auto refusal = closed(cart)) return std::unexpected(std::move(*refusal));
    if (same_order) return reject(Rejection::order_ended_without_a_sale, 0, complete.order.raw());
    if (cart.lines.empty()) return reject(Rejection::cart_is_empty);
    if (complete.expected_total.currency != *cart.currency)
        return reject(Rejection::currency_differs, 0, cart.currency->raw());
    const auto total = *total_of(cart.lines, cart.charges);
    if (complete.expected_total.amount != total)
        return reject(Rejection::total_is_not_as_expected, total.raw());
    if (const auto found = fault_in(complete.payments, total))
        return reject(rejection_for<Rejection>(found->fault), found->detail);
    return accept(Frozen{complete.order, total, complete.payments, asks_at(terms)});
}

// What the order says of a cart that is not frozen for it is old news, and no mistake.
template <> Decision handle(const State& cart, const Convert& convert, const Terms&) {
    if (!is_frozen_for(cart, convert.order)) return nothing_to_do();
    return accept(Converted{convert.order});
}

template <> Decision handle(const State& cart, const Unfreeze& unfreeze, const Terms&) {
    if (!is_frozen_for(cart, unfreeze.order)) return nothing_to_do();
    return accept(Unfrozen{unfreeze.order, unfreeze.why});
}

// It does not thaw by itself: the order may be confirmed at this moment.
template <> Decision handle(const State& cart, const AskOrder&, const Terms& terms) {
    if (cart.stage == Stage::none) return reject(Rejection::cart_is_unknown);
    if (cart.stage != Stage::frozen || terms.now < *cart.frozen_until_ms) return nothing_to_do();
    return accept(OrderAsked{*cart.order, asks_at(terms)});
}

template <> void apply(State& cart, const Frozen& frozen) {
    cart.stage = Stage::frozen;
    cart.order = frozen.order;
    cart.frozen_until_ms = frozen.frozen_until_ms;
}
template <> void apply(State& cart, const OrderAsked& asked) {
    cart.frozen_until_ms = asked.frozen_until_ms;
}
template <> void apply(State& cart, const Converted&) {
    cart.stage = Stage::converted;
    cart.frozen_until_ms.reset();
    empty_out(cart);
}
template <> void apply(State& cart, const Unfrozen&) {
    cart.stage = Stage::open;
    cart.frozen_until_ms.reset();
}

}  // namespace holdfast::cart
