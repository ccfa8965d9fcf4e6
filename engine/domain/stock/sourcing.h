// Sourcing: which shelves a reservation takes its units from.
//
// Order      by the location's priority, then its id; only locations that accept orders.
// Invariant  safety stock stays on the shelves; all units or none.
// Errors     location_is_unknown, location_does_not_accept_orders (the one that was named);
//            stock_is_insufficient, its detail what is available.
#pragma once

#include "engine/domain/stock/stock.h"

namespace holdfast::stock {

struct Wanted {
    Quantity quantity;
    std::optional<LocationId> only;  // from there alone
};
std::expected<Splits, Refusal> source(const State& sku, const Wanted& wanted,
                                      const Locations& locations);

}  // namespace holdfast::stock
