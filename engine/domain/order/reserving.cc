#include "engine/domain/order/handles.h"
#include "engine/domain/order/paying.h"
#include "engine/domain/partition.h"

namespace holdfast::order {
namespace {

// Whether each SKU got exactly what was asked of it, in the order of the question.
bool answers(const StockAsked& asked, const std::vector<Allocation>& allocations) {
    auto allocation = allocations.begin();
    for (const auto& demand : asked.demands) {
        std::int64_t got = 0;
        for (; allocation != allocations.end() && allocation->sku == demand.sku; ++allocation)
            got += allocation->quantity.raw();
        if (got != demand.quantity.raw()) return false;
    }
    return allocation == allocations.end();
}
bool answers(const State& order, const NoteReserved& note, std::uint16_t partitions) {
    const auto before = *order.asked == 0
                            ? std::nullopt
                            : std::optional(static_cast<std::uint16_t>(*order.asked - 1));
    return answers(*next_asked(order.lines, before, partitions), note.allocations);
}

std::vector<Sku> skus_of(const std::vector<Allocation>& allocations) {
    std::vector<Sku> skus;
    for (const auto& allocation : allocations)
        if (skus.empty() || skus.back() != allocation.sku) skus.push_back(allocation.sku);
    return skus;
}

std::vector<const Line*> tracked_lines_by_sku(const State& order) {
    std::vector<const Line*> lines;
    for (const auto& line : order.lines)
        if (!line.untracked) lines.push_back(&line);
    std::ranges::stable_sort(lines, [](auto* a, auto* b) { return a->sku < b->sku; });
    return lines;
}
std::vector<const Allocation*> allocations_by_sku(const State& order) {
    std::vector<const Allocation*> allocations;
    allocations.reserve(order.allocations.size());
    for (const auto& allocation : order.allocations) allocations.push_back(&allocation);
    std::ranges::stable_sort(allocations, [](auto* a, auto* b) { return a->sku < b->sku; });
    return allocations;
}

// The lines of a SKU take its units in their order, location by location.
std::vector<LinePart> parts_of(const State& order) {
    std::vector<LinePart> parts;
    const auto allocations = allocations_by_sku(order);
    auto next = allocations.begin();
    std::int64_t left = next == allocations.end() ? 0 : (*next)->quantity.raw();
    for (const auto* line : tracked_lines_by_sku(order)) {
        for (auto wanted = line->quantity.raw(); wanted > 0;) {
            if (left == 0) left = (*++next)->quantity.raw();
            const auto taken = std::min(wanted, left);
            parts.push_back({(*next)->location, line->line, known<Units>(taken)});
            wanted -= taken;
            left -= taken;
        }
    }
    std::ranges::sort(parts, {}, [](auto& part) { return std::tie(part.location, part.line); });
    return parts;
}

}  // namespace

std::optional<StockAsked> next_asked(const std::vector<Line>& lines,
                                     std::optional<std::uint16_t> answered,
                                     std::uint16_t partitions) {
    std::optional<std::uint16_t> next;
    std::vector<const Line*> wanted;
    for (const auto& line : lines) {
        if (line.untracked) continue;
        const auto partition = partition_of(line.sku.raw(), partitions);
        if ((answered && partition <= *answered) || (next && partition > *next)) continue;
        if (next != partition) wanted.clear();
        next = partition;
        wanted.push_back(&line);
    }
    if (!next) return {};
    std::ranges::stable_sort(wanted, [](auto* a, auto* b) { return a->sku < b->sku; });
    StockAsked asked{*next, {}};
    for (const auto* line : wanted) {
        const auto quantity = known<Quantity>(line->quantity.raw());
        if (asked.demands.empty() || asked.demands.back().sku != line->sku) {
            asked.demands.push_back({line->sku, quantity, line->reservation});
            continue;
        }
        auto& demand = asked.demands.back();
        demand.quantity += quantity;
        if (line->reservation) demand.reservation = line->reservation;
    }
    return asked;
}

void let_go_of_stock(const State& order, std::vector<Event>& events) {
    if (!order.allocations.empty()) say<StockLetGo>(events, skus_of(order.allocations));
}

template <> Decision handle(const State& order, const NoteReserved& note, const Terms& terms) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (ended_unsold(order)) return accept(StockLetGo{skus_of(note.allocations)});
    if (order.stage != Stage::reserving) return nothing_to_do();
    if (!answers(order, note, terms.partitions))
        return reject(Rejection::allocations_do_not_add_up);
    std::vector<Event> events;
    say<StockReserved>(events, note.allocations);
    if (auto asked = next_asked(order.lines, order.asked, terms.partitions))
        events.emplace_back(std::move(*asked));
    else
        place(order, events);
    return events;
}

template <> Decision handle(const State& order, const NoteNotReserved& note, const Terms&) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (order.stage != Stage::reserving) return nothing_to_do();
    std::vector<Event> events;
    say<Refused>(events, note.shortages);
    let_go_of_stock(order, events);
    return events;
}

// Stock asks again for as long as the order wants it.
template <> Decision handle(const State& order, const NoteClaimLapsed& note, const Terms&) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (!ended_unsold(order)) return nothing_to_do();
    return accept(StockLetGo{{note.sku}});
}

template <> void apply(State& order, const StockAsked& asked) { order.asked = asked.partition; }

template <> void apply(State& order, const StockReserved& reserved) {
    order.asked.reset();
    order.allocations.insert(order.allocations.end(), reserved.allocations.begin(),
                             reserved.allocations.end());
}

template <> void apply(State& order, const StockLetGo& let_go) {
    auto skus = let_go.skus;
    std::ranges::sort(skus);
    std::erase_if(order.allocations, [&](const Allocation& allocation) {
        return std::ranges::binary_search(skus, allocation.sku);
    });
}

template <> void apply(State& order, const Placed&) {
    order.stage = Stage::paying;
    order.parts = parts_of(order);
    const LocationId* last = nullptr;
    for (const auto& part : order.parts) {
        if (last && *last == part.location) continue;
        last = &part.location;
        const auto n = order.fulfillments.size() + 1;
        order.fulfillments.put(fulfillment_of(*order.order, n), part.location);
    }
}

}  // namespace holdfast::order
