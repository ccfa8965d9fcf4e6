#include "engine/domain/cart/handles.h"
#include "engine/domain/sale_rules.h"

namespace holdfast::cart {
namespace {

bool is_frozen_for(const State& cart, const OrderId& order) {
    return cart.stage == Stage::frozen && cart.order == order;
}

}  // namespace

template <> Decision handle(const State& cart, const Complete& complete, const Terms&) {
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
    return accept(Frozen{complete.order, total, complete.payments});
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

template <> void apply(State& cart, const Frozen& frozen) {
    cart.stage = Stage::frozen;
    cart.order = frozen.order;
}
template <> void apply(State& cart, const Converted&) {
    cart.stage = Stage::converted;
    empty_out(cart);
}
template <> void apply(State& cart, const Unfrozen&) { cart.stage = Stage::open; }

}  // namespace holdfast::cart
