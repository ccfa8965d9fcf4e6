#include "engine/domain/follow_ups/said.h"

namespace holdfast {
namespace {

using namespace stock;

// The order that asked for units, and the reservation they are in.
struct Asking {
    OrderId order;
    ReservationId reservation;
};
std::optional<Asking> asking(const stock::Command& command) {
    if (const auto* reserve = std::get_if<Reserve>(&command); reserve && reserve->order)
        return Asking{*reserve->order, reserve->reservation};
    if (const auto* claim = std::get_if<Claim>(&command))
        return Asking{claim->order, claim->reservation};
    return {};
}

// What the decision found free: only at locations that accept orders, and less safety stock; or the
// most that one order may have. For what was refused for another reason it did not look for any.
Units available_by(const stock::Refusal& refusal) {
    const bool says_how_many = refusal.why == Rejection::stock_is_insufficient ||
                               refusal.why == Rejection::cart_limit_is_exceeded;
    return known<Units>(says_how_many ? refusal.detail : 0);
}

order::NoteNotReserved shortages(std::span<const Outcome<Stock>> group) {
    order::NoteNotReserved note;
    for (const auto& outcome : group) {
        if (outcome.decided || note.shortages.size() == order::shortages_max) continue;
        const auto& refusal = outcome.decided.error();
        note.shortages.push_back({known<Sku>(outcome.key), known<Label>(explain(refusal.why).name),
                                  available_by(refusal)});
    }
    return note;
}

order::NoteReserved allocations(std::span<const Outcome<Stock>> group) {
    order::NoteReserved note;
    for (const auto& outcome : group) {
        const auto asked = asking(outcome.command);
        assert(asked);  // an order's question is a group of its own
        for (const auto& split : splits_of(outcome.state, asked->reservation))
            note.allocations.push_back({known<Sku>(outcome.key), split.location, split.quantity});
    }
    return note;
}

struct Saying {
    std::string_view key;
    std::vector<FollowUp>& said;

    void operator()(const ClaimLapsed& lapsed) const {
        say(said, lapsed.order, order::NoteClaimLapsed{known<Sku>(key)});
    }
    void operator()(const LocationSet& set) const {
        said.push_back({std::string(key),
                        SetLocation{set.location, set.name, set.priority, set.accepts_orders},
                        true});
    }
    template <class Event> void operator()(const Event&) const {}  // nobody waits for it
};

}  // namespace

std::vector<FollowUp> follow_ups(std::span<const Outcome<Stock>> group) {
    std::vector<FollowUp> said;
    const auto order = asking(group.front().command);
    const bool refused =
        std::ranges::any_of(group, [](const auto& outcome) { return !outcome.decided; });
    if (order && refused) say(said, order->order, shortages(group));
    if (refused) return said;
    if (order) say(said, order->order, allocations(group));
    for (const auto& outcome : group)
        for (const auto& event : *outcome.decided) std::visit(Saying{outcome.key, said}, event);
    return said;
}

}  // namespace holdfast
