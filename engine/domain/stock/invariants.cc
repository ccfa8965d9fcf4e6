// The checks behind broken_rule(): everything is added up again, from the reservations alone.
#include "engine/domain/stock/handles.h"

namespace holdfast::stock {
namespace {

using Broken = std::optional<std::string_view>;

// What the reservations add up to on one shelf.
struct Sum {
    Units reserved = no_units, committed = no_units, short_of = no_units;
    bool one_lacks_some = false;
};

Broken add_up(const Reservation& reservation, std::vector<Sum>& sums) {
    if (reservation.splits.empty()) return "a reservation holds nothing";
    if ((reservation.stage == Stage::held) == reservation.order.has_value())
        return "a reservation is claimed for no order, or only held for one";
    std::uint64_t seen = 0;
    for (const auto& split : reservation.splits) {
        if (split.shelf >= sums.size()) return "a split names no shelf";
        if (seen >> split.shelf & 1) return "a reservation names a shelf twice";
        seen |= std::uint64_t{1} << split.shelf;
        if (split.quantity == no_units) return "a split holds nothing";
        if (split.short_of > split.quantity) return "a split lacks more than it holds";
        auto& sum = sums[split.shelf];
        (reservation.stage == Stage::committed ? sum.committed : sum.reserved) += split.quantity;
        sum.short_of += split.short_of;
        if (sum.one_lacks_some && split.short_of != split.quantity)
            return "an older promise lacks units that a newer one has";
        sum.one_lacks_some |= split.short_of > no_units;
    }
    return {};
}

Broken broken_shelf(const Shelf& shelf, const Sum& sum) {
    if (shelf.damaged + shelf.quarantined > shelf.on_hand)
        return "more is damaged or quarantined than is on hand";
    if (shelf.reserved != sum.reserved) return "reserved is not what open reservations hold";
    if (shelf.committed != sum.committed) return "committed is not what orders hold for good";
    if (shelf.short_of != sum.short_of) return "short_of is not what reservations lack";
    return {};
}

Broken broken_deadline(const State& sku) {
    std::optional<Time> earliest;
    sku.reservations.each([&](const auto& entry) {
        if (entry.value.stage == Stage::committed) return;
        earliest =
            std::min(earliest.value_or(entry.value.expires_at_ms), entry.value.expires_at_ms);
    });
    const auto front = sku.due.empty() ? std::nullopt : std::optional(sku.due.front().at);
    if (front != earliest) return "the next deadline is not the earliest";
    return {};
}

Broken broken_customer(const State& sku) {
    std::vector<std::pair<CustomerId, std::int64_t>> counts;
    if (sku.limits.customer_max)
        sku.reservations.each([&](const auto& entry) {
            if (entry.value.customer)
                counts.emplace_back(*entry.value.customer, units_of(entry.value).raw());
        });
    std::ranges::sort(counts);
    std::size_t customers = 0;
    for (auto at = counts.begin(); at != counts.end(); ++customers) {
        std::int64_t sum = 0;
        const auto& customer = at->first;
        for (; at != counts.end() && at->first == customer; ++at) sum += at->second;
        const auto* open = sku.open.find(customer);
        if (!open || *open != sum) return "a customer's open units are not counted";
    }
    if (customers != sku.open.size()) return "a customer without open units is counted";
    return {};
}

}  // namespace

std::optional<std::string_view> broken_rule(const State& sku) {
    if (sku.shelves.size() > shelves_max) return "there are too many shelves";
    std::vector<Sum> sums(sku.shelves.size());
    Broken broken;
    sku.reservations.each([&](const auto& entry) {
        if (!broken) broken = add_up(entry.value, sums);
    });
    for (std::size_t i = 0; i < sums.size() && !broken; ++i)
        broken = broken_shelf(sku.shelves[i], sums[i]);
    if (!broken) broken = broken_deadline(sku);
    if (!broken) broken = broken_customer(sku);
    return broken;
}

}  // namespace holdfast::stock
