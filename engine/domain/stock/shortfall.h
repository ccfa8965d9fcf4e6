// Shortfall: what happens when more is promised than is there, because a fact said so.
//
// Order      the newest promises lose their units first; what comes back heals the oldest first.
//            So on one shelf the reservations that lack units are always its newest.
// Invariant  while anything is short on a shelf, nothing is promised there.
// Limits     one decision names 500 reservations; the timer names the rest, 500 at a time.
#pragma once

#include "engine/domain/stock/stock.h"

namespace holdfast::stock {

constexpr std::size_t gaps_max = 500;

// Promised beyond what is sellable there.
Units missing(const Shelf& shelf);
// Whether what is missing is named: as much is short as there should be.
inline bool is_settled(const Shelf& shelf) { return missing(shelf) == shelf.short_of; }
// Who loses or gets back units once the shelf of that location is as `after` says.
std::optional<Event> settlement(const State& sku, const Shelf& after);

}  // namespace holdfast::stock
