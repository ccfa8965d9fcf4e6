#include "engine/domain/stock/sourcing.h"

#include <array>

#include "engine/domain/stock/handles.h"

namespace holdfast::stock {
namespace {

struct Candidate {
    const Shelf* shelf;
    std::int64_t free, priority;
};
bool comes_before(const Candidate& a, const Candidate& b) {
    if (a.priority != b.priority) return a.priority < b.priority;
    return a.shelf->location < b.shelf->location;
}

// The shelves that have something free for orders, and how much that is.
class Candidates {
public:
    Candidates(const State& sku, const Locations& locations) {
        for (const auto& shelf : sku.shelves) {
            const auto free = available(shelf).raw();
            if (free == 0) continue;
            const auto* location = locations.all.find(shelf.location);
            if (!location || !location->accepts_orders) continue;
            list_[count_++] = {&shelf, free, location->priority.raw()};
            free_ += free;
        }
    }
    void keep_only(const LocationId& location) {
        const auto* kept = std::find_if(begin(), end(), [&](const Candidate& candidate) {
            return candidate.shelf->location == location;
        });
        if (kept == end()) {
            count_ = 0;
        } else {
            list_[0] = *kept;
            count_ = 1;
        }
    }
    void sort() { std::sort(list_.begin(), list_.begin() + count_, comes_before); }
    std::int64_t free() const { return free_; }
    const Candidate* begin() const { return list_.data(); }
    const Candidate* end() const { return list_.data() + count_; }

private:
    std::array<Candidate, shelves_max> list_;  // only the first count_ are set
    std::ptrdiff_t count_ = 0;
    std::int64_t free_ = 0;
};

Splits take(const Candidates& candidates, std::int64_t units) {
    Splits splits;
    for (const auto& [shelf, free, priority] : candidates) {
        if (units == 0) break;
        const auto taken = std::min(free, units);
        splits.push_back(Split{shelf->location, known<Quantity>(taken)});
        units -= taken;
    }
    return splits;
}

}  // namespace

std::expected<Splits, Refusal> source(const State& sku, const Wanted& wanted,
                                      const Locations& locations) {
    if (wanted.only) {
        const auto* location = locations.all.find(*wanted.only);
        if (!location) return reject(Rejection::location_is_unknown);
        if (!location->accepts_orders) return reject(Rejection::location_does_not_accept_orders);
    }
    Candidates candidates(sku, locations);
    auto free = std::max<std::int64_t>(0, candidates.free() - sku.limits.safety.raw());
    if (wanted.only) {
        candidates.keep_only(*wanted.only);
        free =
            std::min(free, candidates.begin() == candidates.end() ? 0 : candidates.begin()->free);
    }
    if (wanted.quantity.raw() > free) return reject(Rejection::stock_is_insufficient, free);
    candidates.sort();
    return take(candidates, wanted.quantity.raw());
}

Units available(const Shelf& shelf) {
    if (shelf.short_of > no_units) return no_units;
    const auto there = shelf.on_hand.raw() - shelf.damaged.raw() - shelf.quarantined.raw();
    return known<Units>(
        std::max<std::int64_t>(0, there - shelf.reserved.raw() - shelf.committed.raw()));
}

Units available(const State& sku) {
    std::int64_t free = -sku.limits.safety.raw();
    for (const auto& shelf : sku.shelves) free += available(shelf).raw();
    return known<Units>(std::clamp<std::int64_t>(free, 0, units_max));
}

}  // namespace holdfast::stock
