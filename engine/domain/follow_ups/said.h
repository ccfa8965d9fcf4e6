// What the follow-ups of every context share: how a message is said.
#pragma once

#include <algorithm>
#include <type_traits>

#include "engine/domain/follow_ups.h"

namespace holdfast {

// The context that has the message among its commands.
template <class Message, class Command> struct Lists;
template <class Message, class... Messages>
struct Lists<Message, std::variant<Messages...>>
    : std::bool_constant<(std::is_same_v<Message, Messages> || ...)> {};

template <class Message> AnyCommand addressed(Message&& message) {
    using M = std::remove_cvref_t<Message>;
    if constexpr (Lists<M, stock::Command>::value)
        return stock::Command(std::forward<Message>(message));
    else if constexpr (Lists<M, cart::Command>::value)
        return cart::Command(std::forward<Message>(message));
    else if constexpr (Lists<M, order::Command>::value)
        return order::Command(std::forward<Message>(message));
    else if constexpr (Lists<M, payment::Command>::value)
        return payment::Command(std::forward<Message>(message));
    else
        return fulfillment::Command(std::forward<Message>(message));
}

template <class Key, class Message>
void say(std::vector<FollowUp>& said, const Key& to, Message&& message) {
    said.push_back({std::string(to.raw()), addressed(std::forward<Message>(message))});
}

}  // namespace holdfast
