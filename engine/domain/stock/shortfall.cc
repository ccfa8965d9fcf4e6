#include "engine/domain/stock/shortfall.h"

#include "engine/domain/stock/handles.h"

namespace holdfast::stock {
namespace {

std::uint8_t place_of(const State& sku, const LocationId& location) {
    return static_cast<std::uint8_t>(sku.shelf_at(location) - sku.shelves.data());
}

// Newest first, from the oldest that lacks some already.
Gaps losses(const State& sku, const Shelf& after, std::int64_t units) {
    const auto place = place_of(sku, after.location);
    auto end = after.short_of == no_units ? sku.reservations.next_number() : after.short_from + 1;
    Gaps gaps;
    while (units > 0 && gaps.size() < gaps_max) {
        const auto* newest = sku.reservations.before_number(end);
        assert(newest);  // what is promised is somebody's
        end = newest->number;
        const auto* split = split_on(newest->value, place);
        if (!split || split->quantity == split->short_of) continue;
        const auto lost = std::min(units, (split->quantity - split->short_of).raw());
        gaps.push_back(Gap{newest->key, after.location, known<Quantity>(lost)});
        units -= lost;
    }
    return gaps;
}

// Oldest first.
Gaps gains(const State& sku, const Shelf& after, std::int64_t units) {
    const auto place = place_of(sku, after.location);
    auto from = after.short_from;
    Gaps gaps;
    while (units > 0 && gaps.size() < gaps_max) {
        const auto* oldest = sku.reservations.from_number(from);
        assert(oldest);  // what is short is somebody's
        from = oldest->number + 1;
        const auto* split = split_on(oldest->value, place);
        if (!split || split->short_of == no_units) continue;
        const auto gained = std::min(units, split->short_of.raw());
        gaps.push_back(Gap{oldest->key, after.location, known<Quantity>(gained)});
        units -= gained;
    }
    return gaps;
}

void change_short_of(State& sku, const Gap& gap, std::int64_t change) {
    auto& reservation = sku.reservations.edit(gap.reservation);
    const auto place = place_of(sku, gap.location);
    auto& split = *split_on(reservation, place);
    hold(sku, reservation, split,
         Held{place, split.quantity, known<Units>(split.short_of.raw() + change)});
    sku.shelves[place].short_from = sku.reservations.number_of(gap.reservation);
}

}  // namespace

Units missing(const Shelf& shelf) {
    const auto beyond = promised(shelf).raw() - sellable(shelf).raw();
    return known<Units>(std::max<std::int64_t>(0, beyond));
}

std::optional<Event> settlement(const State& sku, const Shelf& after) {
    const auto units = missing(after).raw() - after.short_of.raw();
    if (units > 0) return FellShort{losses(sku, after, units)};
    if (units < 0) return Healed{gains(sku, after, -units)};
    return {};
}

template <> void apply(State& sku, const FellShort& fell) {
    for (const auto& gap : fell.gaps) change_short_of(sku, gap, gap.quantity.raw());
}
template <> void apply(State& sku, const Healed& healed) {
    for (const auto& gap : healed.gaps) change_short_of(sku, gap, -gap.quantity.raw());
}

}  // namespace holdfast::stock
