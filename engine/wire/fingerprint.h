// Fingerprint: 64 bits of what a command asks, the same however it was written down. With them a
// repeated idempotency key is told from one that was used for another request.
//
// Invariant  covers the message's name and its decoded fields but personal data, which has a keyed
//            fingerprint of its own (Envelope::personal_fingerprint); it does not cover the
//            envelope.
#pragma once

#include <array>
#include <optional>
#include <type_traits>

#include "engine/wire/codec.h"
#include "engine/wire/hash.h"

namespace holdfast::wire {

// A message's personal data, to read or to set; null for messages that have none.
template <class Table, class Message> auto* personal_in(Message& message) {
    using Found = std::conditional_t<std::is_const_v<Message>, const std::optional<Sealed>,
                                     std::optional<Sealed>>;
    Found* found = nullptr;
    std::apply(
        [&](auto&... fields) {
            [[maybe_unused]] const auto look = [&](auto& field) {
                if constexpr (std::same_as<
                                  std::remove_const_t<std::remove_reference_t<decltype(field)>>,
                                  std::optional<Sealed>>)
                    found = &field;
            };
            (look(fields), ...);
        },
        tied<fields_in<Table>>(message));
    return found;
}

inline Builder& cleared_builder() {
    thread_local Builder builder(1024);
    builder.Clear();
    return builder;
}
template <class Table, class Message>
std::uint64_t fingerprint_without_personal(const Message& message) {
    auto& builder = cleared_builder();
    builder.Finish(write_table<Table>(builder, message));
    return blake2b_64(
        std::array{std::string_view(Table::Traits::name),
                   std::string_view(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                                    builder.GetSize())});
}

template <class Union> std::uint64_t fingerprint(const Union& command) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::uint64_t number = 0;
        const auto take = [&]<class Table>(const auto& message, std::type_identity<Table>) {
            const auto* personal = personal_in<Table>(message);
            if (!personal || !*personal) {
                number = fingerprint_without_personal<Table>(message);
                return;
            }
            auto bare = message;
            personal_in<Table>(bare)->reset();
            number = fingerprint_without_personal<Table>(bare);
        };
        ((command.index() == I &&
          (take(*std::get_if<I>(&command), std::type_identity<TableAt<Union, I>>()), true)) ||
         ...);
        return number;
    }(slots<Union>());
}

}  // namespace holdfast::wire
