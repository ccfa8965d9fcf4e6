#include "engine/domain/stock/handles.h"
#include "engine/domain/stock/shortfall.h"
#include "engine/domain/stock/sourcing.h"

namespace holdfast::stock {
namespace {

constexpr std::size_t expired_max = 64;  // in one decision

// The same wish again, or another one under the same name.
Decision repeated(const Reservation& existing, const Reserve& reserve, Time now) {
    if (reserve.order && existing.order != reserve.order)
        return reject(Rejection::reservation_belongs_to_another_order);
    if (units_of(existing) != units(reserve.quantity))
        return reject(Rejection::reservation_exists_with_another_quantity,
                      units_of(existing).raw());
    if (is_over(existing, now)) return reject(Rejection::reservation_has_expired);
    return nothing_to_do();
}

Reservation begun(const Reserved& reserved) {
    const auto stage = reserved.order ? Stage::claimed : Stage::held;
    return {stage, reserved.expires_at_ms, reserved.order, reserved.customer, reserved.backordered,
            {}};
}

}  // namespace

template <> Decision handle(const State& sku, const Reserve& reserve, const Terms& terms) {
    const auto& policy = terms.policy;
    if (const auto* existing = sku.reservations.find(reserve.reservation))
        return repeated(*existing, reserve, terms.now);
    const auto ttl = reserve.ttl_ms.value_or(policy.reservation_ttl_ms);
    if (ttl > policy.reservation_ttl_max_ms)
        return reject(Rejection::ttl_is_too_long, policy.reservation_ttl_max_ms.raw());
    if (!sku.known) return reject(Rejection::sku_is_unknown);
    if (const auto limit = exceeded_cart_limit(sku, reserve.quantity); limit && reserve.order)
        return reject(Rejection::cart_limit_is_exceeded, limit->raw());
    if (const auto limit = exceeded_limit(sku, reserve.customer, reserve.quantity))
        return reject(Rejection::customer_limit_is_exceeded, limit->raw());
    auto splits = source(sku, {reserve.quantity, reserve.location}, terms.locations);
    if (!splits) return std::unexpected(splits.error());
    const auto expires_at = later(terms.now, reserve.order ? policy.claim_ms : ttl);
    return accept(Reserved{reserve.reservation, *std::move(splits), no_units, expires_at,
                           reserve.customer, reserve.order});
}

template <> Decision handle(const State& sku, const Extend& extend, const Terms& terms) {
    const auto* reservation = sku.reservations.find(extend.reservation);
    if (!reservation) return reject(Rejection::reservation_is_unknown);
    const auto ttl = extend.ttl_ms.value_or(terms.policy.reservation_ttl_ms);
    if (ttl > terms.policy.reservation_ttl_max_ms)
        return reject(Rejection::ttl_is_too_long, terms.policy.reservation_ttl_max_ms.raw());
    if (reservation->order) return reject(Rejection::reservation_belongs_to_an_order);
    if (is_over(*reservation, terms.now)) return reject(Rejection::reservation_has_expired);
    const auto expires_at = later(terms.now, ttl);
    if (expires_at <= reservation->expires_at_ms) return nothing_to_do();
    return accept(Extended{extend.reservation, expires_at});
}

template <> Decision handle(const State& sku, const Release& release, const Terms&) {
    const auto* reservation = sku.reservations.find(release.reservation);
    if (!reservation && release.order) return nothing_to_do();
    if (!reservation) return reject(Rejection::reservation_is_unknown);
    if (!release.order && reservation->order)
        return reject(Rejection::reservation_belongs_to_an_order);
    if (release.order && is_another_orders(*reservation, *release.order))
        return reject(Rejection::reservation_belongs_to_another_order);
    const auto whole = units_of(sku, *reservation, release.location);
    const auto released = release.quantity ? units(*release.quantity) : whole;
    if (released > whole) return reject(Rejection::reservation_is_smaller, whole.raw());
    if (released == no_units) return nothing_to_do();
    if (!release.location)
        return accept(Released{release.reservation, last_of(sku, *reservation, released)});
    return accept(
        Released{release.reservation, {Split{*release.location, known<Quantity>(released.raw())}}});
}

// The timer's. What is missing or back and not named yet comes first: it is due at once.
template <> Decision handle(const State& sku, const Expire&, const Terms& terms) {
    for (const auto& shelf : sku.shelves)
        if (auto settled = settlement(sku, shelf)) return accept(*std::move(settled));
    std::vector<Event> events;
    std::optional<Due::Entry> before;  // what was put off and back again stands there twice
    sku.due.each_in_order([&](const Due::Entry& entry) {
        if (entry.at > terms.now || events.size() == expired_max) return false;
        if (is_stale(sku, entry) || entry == before) return true;
        before = entry;
        const auto& due = *sku.reservations.with_number(entry.number);
        if (const auto& order = due.value.order)
            events.emplace_back(
                ClaimLapsed{due.key, *order, later(terms.now, terms.policy.claim_ms)});
        else
            events.emplace_back(Expired{due.key});
        return true;
    });
    return events;
}

template <> void apply(State& sku, const Reserved& reserved) {
    auto* existing = sku.reservations.edit_if_here(reserved.reservation);
    if (!existing) sku.due.push({reserved.expires_at_ms, sku.reservations.next_number()});
    auto& reservation =
        existing ? *existing : sku.reservations.put(reserved.reservation, begun(reserved));
    for (const auto& split : reserved.splits) {
        const auto place =
            static_cast<std::uint8_t>(&shelf_or_new(sku, split.location) - sku.shelves.data());
        auto* held = split_on(reservation, place);
        if (!held) held = &reservation.splits.emplace_back(Held{place, no_units, no_units});
        hold(sku, reservation, *held,
             Held{place, held->quantity + units(split.quantity), held->short_of});
    }
}
template <> void apply(State& sku, const Extended& extended) {
    enter(sku, extended.reservation, Stage::held, extended.expires_at_ms);
}
// What the reservation lacks leaves first.
template <> void apply(State& sku, const Released& released) {
    auto& reservation = sku.reservations.edit(released.reservation);
    for (const auto& split : released.splits) {
        auto& held = *split_at(sku, reservation, split.location);
        const auto gone = units(split.quantity);
        hold(sku, reservation, held,
             Held{held.shelf, held.quantity - gone, held.short_of - std::min(held.short_of, gone)});
    }
    end_if_empty(sku, released.reservation, reservation);
}
template <> void apply(State& sku, const Expired& expired) {
    auto& reservation = sku.reservations.edit(expired.reservation);
    for (auto& held : reservation.splits)
        hold(sku, reservation, held, Held{held.shelf, no_units, no_units});
    end_if_empty(sku, expired.reservation, reservation);
}
template <> void apply(State& sku, const ClaimLapsed& lapsed) {
    enter(sku, lapsed.reservation, Stage::claimed, lapsed.ask_again_at_ms);
}

}  // namespace holdfast::stock
