#include <algorithm>

#include "engine/domain/fulfillment/handles.h"

namespace holdfast::fulfillment {
namespace {

std::vector<Item> by_line(std::vector<Item> items) {
    std::ranges::sort(items, {}, &Item::line);
    return items;
}

bool is_same(const State& fulfillment, const Request& request, const std::vector<Item>& items) {
    const auto same = [](const Item& item, const auto& line) {
        return item.line == line.first && item.sku == line.second.sku &&
               units(item.quantity) == line.second.requested;
    };
    return fulfillment.order == request.order && fulfillment.location == request.location &&
           std::ranges::equal(items, fulfillment.lines, same);
}

}  // namespace

template <> Decision handle(const State& fulfillment, const Request& request, const Terms&) {
    if (request.items.empty()) return reject(Rejection::no_line_was_named);
    if (request.items.size() > lines_max)
        return reject(Rejection::too_many_lines, std::int64_t{lines_max});
    const auto items = by_line(request.items);
    if (const auto same = std::ranges::adjacent_find(items, {}, &Item::line); same != items.end())
        return reject(Rejection::line_id_is_repeated, 0, same->line.raw());
    if (fulfillment.stage != Stage::none)
        return is_same(fulfillment, request, items)
                   ? nothing_to_do()
                   : reject(Rejection::fulfillment_exists_with_other_items);
    return accept(Requested{request.order, request.location, request.items, request.personal});
}

template <> Decision handle(const State& fulfillment, const Accept&, const Terms&) {
    switch (fulfillment.stage) {
        case Stage::none: return reject(Rejection::fulfillment_is_unknown);
        case Stage::requested: return accept(Accepted{*fulfillment.order});
        case Stage::accepted: return nothing_to_do();
        case Stage::ended: return reject(Rejection::fulfillment_has_ended);
    }
    assert(false);
    return {};
}

template <> Decision handle(const State& fulfillment, const Reject& unwanted, const Terms&) {
    if (fulfillment.stage == Stage::none) return reject(Rejection::fulfillment_is_unknown);
    if (!fulfillment.shipments.empty()) return reject(Rejection::shipping_has_begun);
    if (fulfillment.stage == Stage::ended) return nothing_to_do();
    return accept(Rejected{*fulfillment.order, unwanted.why, rest_of(fulfillment)},
                  Ended{*fulfillment.order});
}

template <> void apply(State& fulfillment, const Requested& requested) {
    fulfillment.stage = Stage::requested;
    fulfillment.order = requested.order;
    fulfillment.location = requested.location;
    for (const auto& item : by_line(requested.items))  // in order: each goes to the end
        fulfillment.lines.put(item.line, {item.sku, units(item.quantity)});
}
template <> void apply(State& fulfillment, const Accepted&) { fulfillment.stage = Stage::accepted; }
template <> void apply(State& fulfillment, const Rejected& rejected) {
    for (const auto& [line, quantity] : rejected.lines)
        fulfillment.lines.find(line)->cancelled += units(quantity);
}
template <> void apply(State& fulfillment, const Ended&) { fulfillment.stage = Stage::ended; }

}  // namespace holdfast::fulfillment
