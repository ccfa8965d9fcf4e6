#include "engine/domain/stock/stock.h"

#include "engine/domain/stock/handles.h"
#include "engine/domain/stock/shortfall.h"

namespace holdfast::stock {

// ---- locations and policy ----

template <> Decision handle(const State& place, const SetLocation& set, const Terms&) {
    if (place.as_location == Location{set.name, set.priority, set.accepts_orders})
        return nothing_to_do();
    return accept(LocationSet{set.location, set.name, set.priority, set.accepts_orders});
}
template <> void apply(State& place, const LocationSet& set) {
    place.as_location = Location{set.name, set.priority, set.accepts_orders};
}

template <class Policy> Limits limits_of(const Policy& set) {
    return Limits{set.backorder_max, set.preorder_max, set.preorder_until_ms, set.safety,
                  set.low_stock,     set.reorder,      set.cart_max,          set.customer_max};
}
template <> Decision handle(const State& sku, const SetPolicy& set, const Terms&) {
    if (sku.known && sku.limits == limits_of(set)) return nothing_to_do();
    return accept(PolicySet{set.backorder_max, set.preorder_max, set.preorder_until_ms, set.safety,
                            set.low_stock, set.reorder, set.cart_max, set.customer_max});
}
template <> void apply(State& sku, const PolicySet& set) {
    const bool counted = sku.limits.customer_max.has_value();
    sku.known = true;
    sku.limits = limits_of(set);
    if (sku.limits.customer_max.has_value() != counted) restored(sku);
}

Decision decide(const State& sku, const Command& command, const Terms& terms) {
    return std::visit([&](const auto& said) { return handle(sku, said, terms); }, command);
}
void evolve(State& sku, const Event& event) {
    std::visit([&](const auto& happened) { apply(sku, happened); }, event);
}
void evolve(Locations& locations, const Event& event) {
    if (const auto* set = std::get_if<LocationSet>(&event))
        locations.all.put(set->location, Location{set->name, set->priority, set->accepts_orders});
}

// ---- what the machine asks ----

std::optional<Time> deadline(const State& sku) {
    if (!std::ranges::all_of(sku.shelves, is_settled)) return known<Time>(0);
    if (sku.due.empty()) return {};
    return sku.due.front().at;
}
Command on_deadline(const State&) { return Expire{}; }

std::optional<std::string_view> natural_id(const Command& command) {
    return std::visit(
        [](const auto& said) -> std::optional<std::string_view> {
            if constexpr (requires { said.movement; }) return said.movement.raw();
            return {};
        },
        command);
}

const ReservationId* child_of(const Command& command) {
    return std::visit(
        [](const auto& said) -> const ReservationId* {
            if constexpr (requires { said.reservation; }) return &said.reservation;
            return nullptr;
        },
        command);
}

namespace {

using enum Rejection;
using enum Answer;
constexpr Explained<Rejection> explained[]{
    {sku_is_unknown, "sku_is_unknown", missing, ""},
    {location_is_unknown, "location_is_unknown", missing, ""},
    {location_does_not_accept_orders, "location_does_not_accept_orders", conflict, ""},
    {too_many_locations, "too_many_locations", conflict, "limit"},
    {movement_was_recorded_before, "movement_was_recorded_before", conflict, ""},
    {stock_is_insufficient, "stock_is_insufficient", conflict, "available"},
    {on_hand_is_not_as_expected, "on_hand_is_not_as_expected", conflict, "on_hand"},
    {stock_would_be_negative, "stock_would_be_negative", conflict, "units"},
    {bins_are_the_same, "bins_are_the_same", invalid, ""},
    {reservation_is_unknown, "reservation_is_unknown", missing, ""},
    {reservation_has_expired, "reservation_has_expired", conflict, ""},
    {reservation_belongs_to_an_order, "reservation_belongs_to_an_order", conflict, ""},
    {reservation_belongs_to_another_order, "reservation_belongs_to_another_order", conflict, ""},
    {reservation_is_smaller, "reservation_is_smaller", conflict, "quantity"},
    {reservation_exists_with_another_quantity, "reservation_exists_with_another_quantity", conflict,
     "quantity"},
    {customer_limit_is_exceeded, "customer_limit_is_exceeded", conflict, "limit"},
    {ttl_is_too_long, "ttl_is_too_long", invalid, "limit"},
    {counter_is_full, "counter_is_full", conflict, "limit"},
    {change_is_zero, "change_is_zero", invalid, ""},
    {cart_limit_is_exceeded, "cart_limit_is_exceeded", conflict, "limit"},
};
static_assert(in_order(explained));

}  // namespace

const Explained<Rejection>& explain(Rejection why) {
    return explained[static_cast<std::size_t>(why) - 1];
}

}  // namespace holdfast::stock
