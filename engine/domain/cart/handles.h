// What the cart's files share: each command's handle and each event's apply, and how they answer.
#pragma once

#include "engine/domain/cart/cart.h"

namespace holdfast::cart {

// A command's decision and an event's effect: each is a specialization in the file of its rule, so
// a new message is declared nowhere else. One that is missing does not link.
template <class Message>
Decision handle(const State& cart, const Message& message, const Terms& terms);
template <class Happened> void apply(State& cart, const Happened& happened);

inline Decision reject(Rejection why, std::int64_t detail = 0, std::string_view subject = {}) {
    return std::unexpected(Refusal{why, detail, std::string(subject)});
}
inline Decision nothing_to_do() { return {}; }
template <class... Events> Decision accept(Events&&... events) {
    return list_of<Event>(std::forward<Events>(events)...);
}

// Why the cart takes no change; nothing while it is open.
std::optional<Refusal> closed(const State& cart);
// A cart that ended holds nothing any more.
void empty_out(State& cart);

}  // namespace holdfast::cart
