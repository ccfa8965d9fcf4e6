#include "engine/domain/order/paying.h"

namespace holdfast::order {
namespace {

// ---- who is asked ----

// What is asked of the warehouses, and what can be cancelled without asking anyone.
struct Asked {
    std::vector<PartUnits> parts;
    std::vector<LineUnits> untracked;
};

Units cancellable(const LinePart& part) { return less(open_units(part), part.leaving); }

// All that is open. Parts stand by location, and fulfillments are numbered in that order.
Asked everything(const State& order) {
    Asked asked;
    std::size_t n = 0;
    const LocationId* location = nullptr;
    for (const auto& part : order.parts) {
        if (!location || *location != part.location) ++n;
        location = &part.location;
        if (const auto open = cancellable(part); open != no_units)
            asked.parts.push_back(
                {fulfillment_of(*order.order, n), part.line, known<Quantity>(open.raw())});
    }
    for (const auto& share : undelivered(order))
        asked.untracked.push_back({share.line, share.quantity});
    return asked;
}

void ask_for(const State& order, const LineUnits& wish, Asked& asked) {
    auto missing = wish.quantity.raw();
    for (const auto& [fulfillment, location] : order.fulfillments) {
        const auto* part = part_of(order, location, wish.line);
        if (!part || missing == 0) continue;
        const auto taken = std::min(missing, cancellable(*part).raw());
        if (taken == 0) continue;
        asked.parts.push_back({fulfillment, wish.line, known<Quantity>(taken)});
        missing -= taken;
    }
}

std::optional<LineId> repeated(const std::vector<LineUnits>& lines) {
    std::vector<LineId> ids;
    ids.reserve(lines.size());
    for (const auto& line : lines) ids.push_back(line.line);
    std::ranges::sort(ids);
    const auto same = std::ranges::adjacent_find(ids);
    return same == ids.end() ? std::nullopt : std::optional(*same);
}

std::expected<Asked, Refusal> some(const State& order, const std::vector<LineUnits>& lines) {
    const auto refuse = [](Rejection why, std::int64_t detail, const LineId& line) {
        return std::unexpected(Refusal{why, detail, std::string(line.raw())});
    };
    if (const auto line = repeated(lines)) return refuse(Rejection::line_id_is_repeated, 0, *line);
    Asked asked;
    for (const auto& wish : lines) {
        const auto* progress = order.progress.find(wish.line);
        if (!progress) return refuse(Rejection::line_is_unknown, 0, wish.line);
        const auto& line = order.lines[progress->place];
        const auto open = less(open_units(line, *progress), progress->leaving);
        if (units(wish.quantity) > open)
            return refuse(Rejection::quantity_exceeds_what_is_open, open.raw(), wish.line);
        if (line.untracked)
            asked.untracked.push_back(wish);
        else
            ask_for(order, wish, asked);
    }
    std::ranges::sort(asked.parts, {},
                      [](const PartUnits& part) { return std::tie(part.fulfillment, part.line); });
    return asked;
}

// ---- what is taken off ----

struct Cancelling {
    const CancellationId& cancellation;
    std::optional<FulfillmentId> fulfillment;  // none: untracked lines
    const std::vector<LineUnits>& lines;
};

// A line's last units go first: what ships is then priced as if nothing had been cancelled.
std::vector<LineShare> shares_of(const State& order, const std::vector<LineUnits>& lines) {
    std::vector<LineShare> shares;
    shares.reserve(lines.size());
    for (const auto& [id, quantity] : lines) {
        const auto& progress = *order.progress.find(id);
        const auto& line = order.lines[progress.place];
        const auto kept = line.quantity.raw() - progress.cancelled.raw();
        shares.push_back({id, quantity,
                          share_of(*total_of(line), line.quantity.raw(), kept - quantity.raw(),
                                   quantity.raw())});
    }
    return shares;
}

// What was collected already beyond what the order costs now.
Amount overpaid(const State& order, Amount due_now) {
    const auto kept = collected(order) - order.refunds_for_cancellations;
    return kept > due_now ? kept - due_now : no_amount;
}

void cancel(const State& order, const Cancelling& what, std::vector<Event>& events) {
    auto shares = shares_of(order, what.lines);
    auto gone = no_units;
    auto amount = no_amount;
    for (const auto& share : shares) {
        gone += units(share.quantity);
        amount += share.amount;
    }
    const bool is_last = what.fulfillment && gone == order.open;
    const bool nothing_is_left =
        is_last && order.shipped == no_units && order.open_untracked == no_units;
    const auto charges = nothing_is_left ? charges_of(order) : no_amount;
    const auto due_now = due(order) - amount - charges;
    const auto refund = overpaid(order, due_now);
    say<LinesCancelled>(events, what.cancellation, what.fulfillment, std::move(shares), charges,
                        refund);
    Purse purse(order, events);
    purse.refund(owed_back(order) + refund);
    if (nothing_is_left) {
        say<Cancelled>(events, true);
        purse.settle(no_amount);
    } else if (is_last) {
        complete(order, due_now, purse, events);
    }
}

// Of what a warehouse says it will not send, what is still open there: it may have said so before.
std::vector<LineUnits> still_open(const State& order, const LocationId& location,
                                  const std::vector<LineUnits>& lines) {
    std::vector<LineUnits> open;
    for (const auto& [id, quantity] : lines) {
        const auto* part = part_of(order, location, id);
        if (!part) continue;
        const auto left = std::min(units(quantity), open_units(*part));
        if (left != no_units) open.push_back({id, known<Quantity>(left.raw())});
    }
    return open;
}

// A sale that is not one yet is called off whole.
Decision call_off(const State& order, const Cancel& wish) {
    if (!wish.lines.empty()) return reject(Rejection::order_is_not_confirmed);
    std::vector<Event> events;
    events.emplace_back(CancellationAsked{wish.cancellation, {}, {}});
    say<Cancelled>(events, false);
    give_back(order, events);
    return events;
}

}  // namespace

template <> Decision handle(const State& order, const Cancel& wish, const Terms&) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (const auto* lines = order.cancellations.find(wish.cancellation)) {
        if (*lines == wish.lines) return nothing_to_do();
        return reject(Rejection::cancellation_exists_with_other_lines);
    }
    if (ended_unsold(order)) return reject(Rejection::order_has_ended);
    if (order.cancellations.size() == cancellations_max)
        return reject(Rejection::too_many_cancellations, std::int64_t{cancellations_max});
    if (is_being_made(order)) return call_off(order, wish);
    auto asked = wish.lines.empty() ? everything(order) : some(order, wish.lines);
    if (!asked) return std::unexpected(std::move(asked.error()));
    if (asked->parts.empty() && asked->untracked.empty())
        return reject(Rejection::nothing_is_open_to_cancel);
    std::vector<Event> events;
    say<CancellationAsked>(events, wish.cancellation, wish.lines, std::move(asked->parts));
    if (!asked->untracked.empty())
        cancel(order, {wish.cancellation, std::nullopt, asked->untracked}, events);
    return events;
}

template <> Decision handle(const State& order, const NoteCancelAnswer& note, const Terms&) {
    const auto location = location_of(order, note.fulfillment);
    if (!location) return std::unexpected(location.error());
    std::vector<Event> events;
    if (!note.refused.empty())
        say<CancellationRefused>(events, note.cancellation, note.fulfillment, note.refused);
    const auto lines = still_open(order, **location, note.cancelled);
    if (!lines.empty()) cancel(order, {note.cancellation, note.fulfillment, lines}, events);
    return events;
}

// What a warehouse will not send nobody else does: it is cancelled, by the fulfillment's own name.
template <> Decision handle(const State& order, const NoteRejected& note, const Terms&) {
    const auto location = location_of(order, note.fulfillment);
    if (!location) return std::unexpected(location.error());
    std::vector<Event> events;
    const auto by = known<CancellationId>(note.fulfillment.raw());
    const auto lines = still_open(order, **location, note.lines);
    if (!lines.empty()) cancel(order, {by, note.fulfillment, lines}, events);
    return events;
}

template <> void apply(State& order, const CancellationAsked& asked) {
    order.cancellations.put(asked.cancellation, asked.lines);
    for (const auto& asked_part : asked.parts) {
        const auto& location = *order.fulfillments.find(asked_part.fulfillment);
        part_of(order, location, asked_part.line)->leaving += units(asked_part.quantity);
        order.progress.find(asked_part.line)->leaving += units(asked_part.quantity);
    }
}

template <> void apply(State& order, const LinesCancelled& cancelled) {
    const auto* location =
        cancelled.fulfillment ? order.fulfillments.find(*cancelled.fulfillment) : nullptr;
    for (const auto& share : cancelled.lines) {
        const auto gone = units(share.quantity);
        auto& progress = *order.progress.find(share.line);
        progress.cancelled += gone;
        progress.amount_cancelled += share.amount;
        order.amount_cancelled += share.amount;
        if (!location) {
            order.open_untracked -= gone;
            continue;
        }
        order.open -= gone;
        auto& part = *part_of(order, *location, share.line);
        const auto answered = std::min(part.leaving, gone);
        part.cancelled += gone;
        part.leaving -= answered;
        progress.leaving -= answered;
    }
    order.charges_cancelled += cancelled.charges;
    order.refunds_for_cancellations += cancelled.refund;
}

template <> void apply(State& order, const CancellationRefused& refused) {
    const auto& location = *order.fulfillments.find(refused.fulfillment);
    for (const auto& [id, quantity] : refused.lines) {
        auto* part = part_of(order, location, id);
        if (!part) continue;
        const auto answered = std::min(part->leaving, units(quantity));
        part->leaving -= answered;
        order.progress.find(id)->leaving -= answered;
    }
}

}  // namespace holdfast::order
