// View: a read model: a name, a version, and the fold that makes its rows out of one context's
// decisions.
//
// Order      a fold is told each partition's decisions in their order, and nothing is said about
//            the order between partitions. A row of one stream hears only that stream; a row that
//            several streams share holds sums and sets, which no order changes. What needs two
//            contexts is put together when it is read (views.h).
// Invariant  the same decisions give the same rows, bit for bit: a fold knows no clock and nothing
//            outside its own rows. Another meaning or another row is another version.
// Errors     a fold answers why it cannot take a decision; what it changed by then is forgotten.
#pragma once

#include <expected>
#include <variant>

#include "engine/domain/contexts.h"
#include "engine/wire/record.h"
#include "projections/rows.h"

namespace holdfast::projections {

// The time a decision has for those who count it: its own, when it comes from a history elsewhere.
inline Time own_time(const wire::DecisionHeader& header) {
    return header.envelope.asked_at_ms.value_or(header.at_ms);
}

template <class C> struct Told {
    std::uint16_t partition;
    Sequence sequence;
    const wire::Decision<C>& decision;

    const wire::Envelope& envelope() const { return decision.header.envelope; }
    Time at() const { return own_time(decision.header); }
    bool is_accepted() const { return decision.header.outcome == fb::Outcome::accepted; }
};

struct Unfoldable {
    std::string why;
};
using Folded = std::expected<void, Unfoldable>;
inline Folded unfoldable(std::string_view why, std::string_view key) {
    return std::unexpected(Unfoldable{std::string(why).append(": ").append(key)});
}

// One stream of an accepted decision: its key, what happened to it, its version afterwards.
template <class C> struct Happened {
    std::string_view key;
    const std::vector<typename C::Event>& events;
    Version version;
};
// Calls visit(Happened) for each stream that a decision changed, until one is unfoldable.
template <class C, class Visit> Folded each_stream(const Told<C>& told, Visit visit) {
    if (!told.is_accepted()) return {};
    for (const auto& part : told.decision.parts) {
        if (!part.decided || part.decided->empty()) continue;
        const auto& events = *part.decided;
        if (auto folded = visit(Happened<C>{part.key, events, part.version + events.size()});
            !folded)
            return folded;
    }
    return {};
}

template <class C> using Fold = Folded (*)(const Told<C>& told, Rows& rows);

struct View {
    std::string_view name;
    std::uint32_t version;
    std::variant<Fold<Stock>, Fold<Cart>, Fold<Order>, Fold<Payment>, Fold<Fulfillment>> fold;

    // What all keys of its rows begin with.
    std::string prefix() const { return prefix(name, version); }
    static std::string prefix(std::string_view name, std::uint32_t version) {
        return std::string(name).append("@").append(std::to_string(version)).append("/");
    }
};

}  // namespace holdfast::projections
