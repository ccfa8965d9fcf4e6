// Requests: what the year's invoices are in the engine's HTTP surface.
//
// Invariant  each has a key of its own that follows from the file alone, so that a repeat of any of
//            them is harmless.
#pragma once

#include "bench/year/book.h"
#include "bench/year/client.h"

namespace holdfast::year {

// The engine's name for it.
std::string id_of(std::string sku);
Asking location_set(std::int64_t time_ms);
// An opening of nothing makes the SKU known.
Asking opened(const std::string& sku, std::int64_t units, std::int64_t time_ms);

// At the begin of its day: a day's carts are opened first, and own times move the engine's timers
// on, so that the time of the last cart would give up the first order.
Asking cart_opened(const Sale& sale);
Asking completed(const Sale& sale);
// At the end of its day. All that is left goes in one parcel.
Asking shipped(const Sale& sale);

// `row` tells the rows of one invoice apart, `part` the parts of one row.
struct Spot {
    const Invoice& invoice;
    std::size_t row, part = 0;
};
Asking received(const Spot& spot, const std::string& sku, std::int64_t units);
Asking adjusted(const Spot& spot, const Row& row);
Asking given_back(const Spot& spot, const Part& part);

}  // namespace holdfast::year
