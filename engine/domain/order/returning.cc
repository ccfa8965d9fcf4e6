#include "engine/domain/order/purse.h"

namespace holdfast::order {
namespace {

// What one line can still take back, and where to: used up entry by entry.
class Returnable {
public:
    Returnable(const State& order, const LineProgress& progress)
        : order_(order),
          line_(order.lines[progress.place]),
          progress_(progress),
          before_(progress.returned.raw()) {}

    const Line& line() const { return line_; }
    std::int64_t left() const { return progress_.shipped.raw() - before_; }
    LineShare take(Quantity quantity) {
        const auto whole = line_.quantity.raw();
        const auto amount = share_of(*total_of(line_), whole, before_, quantity.raw());
        before_ += quantity.raw();
        return {line_.line, quantity, amount};
    }
    // To the locations that shipped it, in the order of their fulfillments.
    void restock(const ReturnedLine& entry, std::vector<Restocking>& to) {
        auto missing = entry.quantity.raw();
        std::int64_t skipped = restocked_;
        for (const auto& [fulfillment, location] : order_.fulfillments) {
            const auto* part = part_of(order_, location, line_.line);
            if (!part || missing == 0) continue;
            const auto room = (part->shipped - part->restocked).raw();
            const auto used = std::min(skipped, room);
            skipped -= used;
            const auto taken = std::min(missing, room - used);
            if (taken == 0) continue;
            to.push_back({line_.line, location, known<Quantity>(taken), entry.condition});
            missing -= taken;
        }
        restocked_ += entry.quantity.raw();
    }

private:
    const State& order_;
    const Line& line_;
    const LineProgress& progress_;
    std::int64_t before_;
    std::int64_t restocked_ = 0;
};

std::expected<Returned, Refusal> weigh(const State& order, const Return& wish) {
    std::vector<const ReturnedLine*> entries;
    entries.reserve(wish.lines.size());
    for (const auto& entry : wish.lines) entries.push_back(&entry);
    std::ranges::stable_sort(entries, [](auto* a, auto* b) { return a->line < b->line; });
    Returned returned{wish.returned, wish.lines, {}, {}, no_amount};
    std::optional<Returnable> line;
    for (const auto* entry : entries) {
        const auto refuse = [&](Rejection why, std::int64_t detail) {
            return std::unexpected(Refusal{why, detail, std::string(entry->line.raw())});
        };
        if (!line || line->line().line != entry->line) {
            const auto* progress = order.progress.find(entry->line);
            if (!progress) return refuse(Rejection::line_is_unknown, 0);
            line.emplace(order, *progress);
        }
        if (entry->quantity.raw() > line->left())
            return refuse(Rejection::quantity_exceeds_what_was_shipped, line->left());
        returned.shares.push_back(line->take(entry->quantity));
        if (wish.refund) returned.refund += returned.shares.back().amount;
        if (wish.restock && !line->line().untracked) line->restock(*entry, returned.restocked);
    }
    return returned;
}

// A flag that could have done nothing (no money in it, nothing kept in stock) tells no two apart.
bool is_the_same(const State& order, const ReturnTaken& taken, const Return& wish) {
    if (taken.lines != wish.lines) return false;
    const bool has_stock = std::ranges::any_of(
        wish.lines, [&](const auto& entry) { return !line_of(order, entry.line).untracked; });
    return taken.refund == (wish.refund ? taken.worth : no_amount) &&
           taken.restocked == (wish.restock && has_stock);
}

}  // namespace

template <> Decision handle(const State& order, const Return& wish, const Terms&) {
    if (order.stage == Stage::none) return reject(Rejection::order_is_unknown);
    if (wish.lines.empty()) return reject(Rejection::no_line_was_named);
    if (const auto* taken = order.returns.find(wish.returned)) {
        if (is_the_same(order, *taken, wish)) return nothing_to_do();
        return reject(Rejection::return_exists_with_other_contents);
    }
    if (is_being_made(order)) return reject(Rejection::order_is_not_confirmed);
    if (ended_unsold(order)) return reject(Rejection::order_has_ended);
    if (order.returns.size() == returns_max)
        return reject(Rejection::too_many_returns, std::int64_t{returns_max});
    auto returned = weigh(order, wish);
    if (!returned) return std::unexpected(std::move(returned.error()));
    const auto refund = returned->refund;
    std::vector<Event> events;
    events.emplace_back(std::move(*returned));
    Purse(order, events).refund(owed_back(order) + refund);
    return events;
}

template <> void apply(State& order, const Returned& returned) {
    ReturnTaken taken{returned.lines, no_amount, returned.refund, !returned.restocked.empty()};
    for (const auto& share : returned.shares) {
        taken.worth += share.amount;
        auto& progress = *order.progress.find(share.line);
        progress.returned += units(share.quantity);
        progress.amount_returned += share.amount;
    }
    for (const auto& restocking : returned.restocked)
        part_of(order, restocking.location, restocking.line)->restocked +=
            units(restocking.quantity);
    order.returns.put(returned.returned, std::move(taken));
    order.refunds_for_returns += returned.refund;
}

}  // namespace holdfast::order
