// What an order says to its reservations: mine, not mine, for good, not for good.
#include "engine/domain/stock/handles.h"
#include "engine/domain/stock/sourcing.h"

namespace holdfast::stock {
namespace {

// An order's need beyond what was held: the rest is reserved in the same decision.
Decision claim_more(const State& sku, const Claim& claim, const Terms& terms) {
    const auto& held = *sku.reservations.find(claim.reservation);
    const auto own = units_of(held);
    const auto rest = known<Quantity>(claim.quantity.raw() - own.raw());
    if (const auto limit = exceeded_limit(sku, held.customer, rest))
        return reject(Rejection::customer_limit_is_exceeded, limit->raw());
    auto splits = source(sku, {rest, {}}, terms.locations);
    if (!splits) return reject(splits.error().why, own.raw() + splits.error().detail);
    return accept(
        Reserved{
            claim.reservation, *std::move(splits), no_units, held.expires_at_ms, held.customer, {}},
        Claimed{claim.reservation, claim.order, later(terms.now, terms.policy.claim_ms)});
}

}  // namespace

template <> Decision handle(const State& sku, const Claim& claim, const Terms& terms) {
    const auto* reservation = sku.reservations.find(claim.reservation);
    if (!reservation) return reject(Rejection::reservation_is_unknown);
    if (is_another_orders(*reservation, claim.order))
        return reject(Rejection::reservation_belongs_to_another_order);
    const auto own = units_of(*reservation), need = units(claim.quantity);
    if (reservation->order && own != need)
        return reject(Rejection::reservation_exists_with_another_quantity, own.raw());
    if (reservation->order) return nothing_to_do();
    if (is_over(*reservation, terms.now)) return reject(Rejection::reservation_has_expired);
    if (const auto limit = exceeded_cart_limit(sku, claim.quantity))
        return reject(Rejection::cart_limit_is_exceeded, limit->raw());
    if (need > own) return claim_more(sku, claim, terms);
    Claimed claimed{claim.reservation, claim.order, later(terms.now, terms.policy.claim_ms)};
    if (need == own) return accept(claimed);
    return accept(Released{claim.reservation, last_of(sku, *reservation, own - need)}, claimed);
}

// Whatever became of it since, it is the order's no more.
template <> Decision handle(const State& sku, const Unclaim& unclaim, const Terms& terms) {
    const auto* reservation = sku.reservations.find(unclaim.reservation);
    if (!reservation || !reservation->order) return nothing_to_do();
    if (is_another_orders(*reservation, unclaim.order))
        return reject(Rejection::reservation_belongs_to_another_order);
    return accept(Unclaimed{unclaim.reservation, unclaim.order,
                            later(terms.now, terms.policy.reservation_ttl_ms)});
}

// Never refused for what its order has claimed; what is only held may have run out.
template <> Decision handle(const State& sku, const Commit& commit, const Terms& terms) {
    const auto* reservation = sku.reservations.find(commit.reservation);
    if (!reservation) return reject(Rejection::reservation_is_unknown);
    if (is_another_orders(*reservation, commit.order))
        return reject(Rejection::reservation_belongs_to_another_order);
    if (reservation->stage == Stage::committed) return nothing_to_do();
    if (is_over(*reservation, terms.now)) return reject(Rejection::reservation_has_expired);
    return accept(Committed{commit.reservation, commit.order});
}

template <> Decision handle(const State& sku, const Uncommit& uncommit, const Terms& terms) {
    const auto* reservation = sku.reservations.find(uncommit.reservation);
    if (!reservation) return nothing_to_do();
    if (is_another_orders(*reservation, uncommit.order))
        return reject(Rejection::reservation_belongs_to_another_order);
    if (reservation->stage != Stage::committed) return nothing_to_do();
    return accept(
        Uncommitted{uncommit.reservation, uncommit.order, later(terms.now, terms.policy.claim_ms)});
}

template <> void apply(State& sku, const Claimed& claimed) {
    enter(sku, claimed.reservation, Stage::claimed, claimed.expires_at_ms).order = claimed.order;
}
template <> void apply(State& sku, const Unclaimed& unclaimed) {
    enter(sku, unclaimed.reservation, Stage::held, unclaimed.expires_at_ms).order.reset();
}
template <> void apply(State& sku, const Committed& committed) {
    const auto at = sku.reservations.find(committed.reservation)->expires_at_ms;
    enter(sku, committed.reservation, Stage::committed, at).order = committed.order;
}
template <> void apply(State& sku, const Uncommitted& uncommitted) {
    enter(sku, uncommitted.reservation, Stage::claimed, uncommitted.expires_at_ms);
}

}  // namespace holdfast::stock
