#include <algorithm>

#include "engine/domain/fulfillment/handles.h"

namespace holdfast::fulfillment {
namespace {

// A shipment of all that was left is the same whether it named its lines or not.
bool is_same(const Parcel& parcel, const Ship& ship, const std::vector<LineUnits>& named) {
    const bool same_lines = named.empty() ? parcel.was_the_rest : named == parcel.lines;
    return same_lines && parcel.carrier == ship.carrier && parcel.tracking == ship.tracking;
}

std::optional<Refusal> unavailable(const State& fulfillment, const std::vector<LineUnits>& named) {
    for (const auto& [line, quantity] : named) {
        const auto* progress = fulfillment.lines.find(line);
        if (!progress) return Refusal{Rejection::line_is_unknown, 0, std::string(line.raw())};
        const auto left = left_of(*progress);
        if (quantity.raw() > left)
            return Refusal{Rejection::quantity_exceeds_what_is_left, left, std::string(line.raw())};
    }
    return {};
}

}  // namespace

template <> Decision handle(const State& fulfillment, const Ship& ship, const Terms&) {
    if (ship.lines.size() > lines_max)
        return reject(Rejection::too_many_lines, std::int64_t{lines_max});
    auto lines = sorted(ship.lines);
    if (const auto same = std::ranges::adjacent_find(lines, {}, &LineUnits::line);
        same != lines.end())
        return reject(Rejection::line_id_is_repeated, 0, same->line.raw());
    if (fulfillment.stage == Stage::none) return reject(Rejection::fulfillment_is_unknown);
    if (const auto* parcel = fulfillment.shipments.find(ship.shipment))
        return is_same(*parcel, ship, lines)
                   ? nothing_to_do()
                   : reject(Rejection::shipment_exists_with_other_contents);
    if (fulfillment.stage == Stage::ended) return reject(Rejection::fulfillment_has_ended);
    if (fulfillment.shipments.size() == shipments_max)
        return reject(Rejection::too_many_shipments, std::int64_t{shipments_max});
    if (auto refusal = unavailable(fulfillment, lines)) return std::unexpected(std::move(*refusal));
    if (lines.empty()) lines = rest_of(fulfillment);
    const auto& order = *fulfillment.order;
    const bool ends = units_in(lines) == units_left(fulfillment);
    std::vector<Event> events;
    if (fulfillment.stage == Stage::requested) events.emplace_back(Accepted{order});
    events.emplace_back(
        Shipped{order, ship.shipment, std::move(lines), ship.carrier, ship.tracking});
    if (ends) events.emplace_back(Ended{order});
    return events;
}

template <> void apply(State& fulfillment, const Shipped& shipped) {
    for (const auto& [line, quantity] : shipped.lines)
        fulfillment.lines.find(line)->shipped += units(quantity);
    fulfillment.shipments.put(shipped.shipment, {shipped.lines, shipped.carrier, shipped.tracking,
                                                 units_left(fulfillment) == 0});
}

}  // namespace holdfast::fulfillment
