#include "engine/domain/order/paying.h"

namespace holdfast::order {
namespace {

// What left, and what it is worth; or why it cannot have left.
std::expected<std::vector<LineShare>, Refusal> shares_of(const State& order,
                                                         const LocationId& location,
                                                         const std::vector<LineUnits>& units) {
    std::vector<LineShare> shares;
    shares.reserve(units.size());
    for (const auto& [id, quantity] : units) {
        const auto* part = part_of(order, location, id);
        if (!part)
            return std::unexpected(Refusal{Rejection::line_is_unknown, 0, std::string(id.raw())});
        const auto open = open_units(*part).raw();
        if (quantity.raw() > open)
            return std::unexpected(
                Refusal{Rejection::quantity_exceeds_what_is_open, open, std::string(id.raw())});
        const auto& progress = *order.progress.find(id);
        const auto& line = order.lines[progress.place];
        shares.push_back({id, quantity,
                          share_of(*total_of(line), line.quantity.raw(), progress.shipped.raw(),
                                   quantity.raw())});
    }
    return shares;
}

void ship(State& order, const LineShare& share) {
    auto& progress = *order.progress.find(share.line);
    progress.shipped += units(share.quantity);
    progress.amount_shipped += share.amount;
    order.shipped += units(share.quantity);
    order.amount_shipped += share.amount;
}

}  // namespace

template <> Decision handle(const State& order, const NoteShipped& note, const Terms&) {
    const auto location = location_of(order, note.fulfillment);
    if (!location) return std::unexpected(location.error());
    auto shares = shares_of(order, **location, note.lines);
    if (!shares) return std::unexpected(std::move(shares.error()));

    auto left = order.open;
    auto worth = order.amount_shipped + charges_of(order);
    for (const auto& share : *shares) {
        left -= units(share.quantity);
        worth += share.amount;
    }
    std::vector<Event> events;
    say<Shipped>(events, note.fulfillment, note.shipment, std::move(*shares));
    Purse purse(order, events);
    if (left == no_units)
        complete(order, due(order), purse, events);
    else
        purse.capture_up_to(worth);
    return events;
}

template <> void apply(State& order, const Shipped& shipped) {
    const auto& location = *order.fulfillments.find(shipped.fulfillment);
    for (const auto& share : shipped.lines) {
        ship(order, share);
        order.open -= units(share.quantity);
        part_of(order, location, share.line)->shipped += units(share.quantity);
    }
}
template <> void apply(State& order, const Completed& completed) {
    order.stage = Stage::completed;
    for (const auto& share : completed.delivered) {
        ship(order, share);
        order.open_untracked -= units(share.quantity);
    }
}

}  // namespace holdfast::order
