// Follow-ups: what one context's outcome makes it say to another. The checkout conversation, whole.
//
// Order      what is said to one destination is heard in the order it is said here.
// Invariant  a follow-up is refused only where its sender has an answer for the refusal.
#pragma once

#include <span>

#include "engine/domain/contexts.h"

namespace holdfast {

using AnyCommand = std::variant<stock::Command, cart::Command, order::Command, payment::Command,
                                fulfillment::Command>;

// One message to one stream; `everywhere` (a location's change) goes to every other partition.
struct FollowUp {
    std::string key;
    AnyCommand command;
    bool everywhere = false;
};

// What a stream was asked, what it answered, and what it is after the whole group was taken.
template <class C> struct Outcome {
    std::string_view key;
    const typename C::Command& command;
    const Decided<typename C::Event, typename C::Rejection>& decided;
    const typename C::State& state;
};

// A group's outcomes come together: all accepted, or at least one refused (then none took effect).
// Messages to one context that stand together and share a partition become one group there.
std::vector<FollowUp> follow_ups(std::span<const Outcome<Stock>> group);
std::vector<FollowUp> follow_ups(const Outcome<Cart>& cart);
std::vector<FollowUp> follow_ups(const Outcome<Order>& order);
std::vector<FollowUp> follow_ups(const Outcome<Payment>& payment);
std::vector<FollowUp> follow_ups(const Outcome<Fulfillment>& fulfillment);

}  // namespace holdfast
