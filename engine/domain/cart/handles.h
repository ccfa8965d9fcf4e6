// What the cart's files share: each command's handle and each event's apply, and how they answer.
#pragma once

#include "engine/domain/cart/cart.h"

namespace holdfast::cart {

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// lines.cc: what the cart holds.
Decision handle(const State& cart, const Open& open, const Terms& terms);
Decision handle(const State& cart, const SetLine& set, const Terms& terms);
Decision handle(const State& cart, const RemoveLine& remove, const Terms& terms);
Decision handle(const State& cart, const SetDetails& set, const Terms& terms);
Decision handle(const State& cart, const Discard& discard, const Terms& terms);
void apply(State& cart, const Opened& opened);
void apply(State& cart, const LineSet& set);
void apply(State& cart, const LineRemoved& removed);
void apply(State& cart, const DetailsSet& set);
void apply(State& cart, const Discarded& discarded);

// completing.cc: how it becomes an order.
Decision handle(const State& cart, const Complete& complete, const Terms& terms);
Decision handle(const State& cart, const Convert& convert, const Terms& terms);
Decision handle(const State& cart, const Unfreeze& unfreeze, const Terms& terms);
void apply(State& cart, const Frozen& frozen);
void apply(State& cart, const Converted& converted);
void apply(State& cart, const Unfrozen& unfrozen);

// Why the cart takes no change; nothing while it is open.
std::optional<Refusal> closed(const State& cart);
// A cart that ended holds nothing any more.
void empty_out(State& cart);

}  // namespace holdfast::cart
