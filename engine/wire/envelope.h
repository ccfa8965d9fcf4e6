// Envelope: who asked, from where and why; what every record carries beside its command.
//
// Limits  client, actor, channel: 64 bytes; reason, reference: 200; metadata: 4 KiB of JSON;
//         traceparent: W3C's 55 characters.
#pragma once

#include <compare>
#include <optional>
#include <string>

#include <flatbuffers/flatbuffers.h>

#include "engine/domain/types.h"
#include "record_generated.h"

namespace holdfast::wire {

constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t words_bytes_max = 200;
constexpr std::size_t metadata_bytes_max = 4096;
constexpr std::size_t traceparent_bytes_max = 55;

// 128 bits of BLAKE2b over the length-prefixed client and key. All zero: none.
struct CommandId {
    std::uint64_t high = 0, low = 0;
    explicit operator bool() const { return high != 0 || low != 0; }
    friend auto operator<=>(const CommandId&, const CommandId&) = default;
};
CommandId command_id(std::string_view client, std::string_view key);

struct Envelope {
    CommandId id;
    std::uint64_t fingerprint = 0;
    std::string client, actor, channel, reason, reference, metadata, traceparent;
    CommandId cause;
    std::optional<Time> asked_at_ms;
    std::uint64_t personal_fingerprint = 0;
    friend bool operator==(const Envelope&, const Envelope&) = default;
};

flatbuffers::Offset<fb::Envelope> write(flatbuffers::FlatBufferBuilder& to, const Envelope& from);
// Into a new envelope that lies where it stays: it is dear to move.
std::expected<void, Malformed> read_into(Envelope& to, const fb::Envelope* from);

// What a follow-up or a gateway's answer takes over from what caused it.
Envelope follow(const Envelope& cause, CommandId id);

}  // namespace holdfast::wire
