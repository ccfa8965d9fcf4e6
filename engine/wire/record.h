// Records: a command as somebody sent it; a decision as the partition's writer made it.
//
// Limits  2,000 streams a command.
// Errors  malformed bytes are refused whole, with the first reason found.
#pragma once

#include <memory>

#include "engine/domain/contexts.h"
#include "engine/wire/batch.h"
#include "engine/wire/envelope.h"

namespace holdfast::wire {

constexpr std::size_t parts_max = 2'000;

// "stock 3"
std::string name_of(PartitionId at);

// What a command asks of one stream.
template <class C> struct CommandPart {
    std::string key;
    std::optional<Version> expected;
    typename C::Command command;
};
template <class C> struct Command {
    Envelope envelope;
    std::vector<CommandPart<C>> parts;  // several: a group, all decided, then all evolve or none
};

// Where a command came in, and its place there.
struct Origin {
    fb::Source source = fb::Source::direct;
    std::uint64_t position = 0;
    PartitionId from;
    std::uint32_t from_generation = 0;
    Sequence from_sequence = 0;
};

// A follow-up on its way: `command` is a CommandRecord of the destination's context.
struct Addressed {
    PartitionId to;
    std::uint64_t n = 0;
    std::string command;
};

// Why a message of a commands topic was turned away.
struct Objection {
    std::string name;
    std::uint16_t status = 0;
    std::string problem;      // JSON, as RFC 9457 has it
    std::uint64_t bytes = 0;  // how many the message had
    friend bool operator==(const Objection&, const Objection&) = default;
};
// These two say that the command's id is an earlier record's, and stays that one's.
constexpr std::string_view command_came_before = "command_came_before";
constexpr std::string_view key_was_used = "idempotency_key_was_used";

struct DecisionHeader {
    Envelope envelope;
    Origin origin;
    Time at_ms = known<Time>(0);
    std::uint16_t decider = 0;
    std::uint32_t policy = 0;
    fb::Outcome outcome = fb::Outcome::accepted;
    std::vector<Addressed> follow_ups = {};
    std::string raw = {};  // malformed, poison or turned away: the bytes as they came
    std::shared_ptr<const Objection> objection = {};  // turned away; else null
    // 0: of the partition's own. Else it was copied from other partitions: what it says of messages
    // between them, and of commands topics, is over.
    std::uint32_t generation = 0;
};

// What one stream was asked and answered. Its version afterwards is `version` plus its events,
// unless another stream of the group refused.
template <class C> struct DecidedPart {
    std::string key;
    std::optional<Version> expected;
    Version version = 0;
    typename C::Command command;
    Decided<typename C::Event, typename C::Rejection> decided;
};
template <class C> struct Decision {
    DecisionHeader header;
    std::vector<DecidedPart<C>> parts;
};

// The part every decision has, whatever its context.
flatbuffers::Offset<fb::DecisionHeader> write(Builder& to, const DecisionHeader& from);
std::expected<DecisionHeader, Malformed> read(const fb::DecisionHeader* from);
std::expected<DecisionHeader, Malformed> read_header(std::span<const std::byte> decision);
// Whether it is a decision with follow-ups, and of its partition's own generation: cheap, for the
// relay.
bool has_follow_ups(std::span<const std::byte> decision);
// Its outcome: cheap too, for a decision that the engine itself wrote.
std::optional<fb::Outcome> outcome_of(std::span<const std::byte> decision);

// What each context's record_<context>.cc makes, from engine/wire/record_of.h.

// The bytes of a command record: what an inbox, a topic and a follow-up hold.
template <class C> std::string to_bytes(const Command<C>& command);
template <class C> std::expected<Command<C>, Malformed> read_command(std::span<const std::byte>);
template <class C> void write(BatchWriter& to, const Decision<C>& from);
template <class C> std::expected<Decision<C>, Malformed> read_decision(std::span<const std::byte>);

// ---- the records that are no decisions ----

struct Genesis {
    std::string namespace_name;
    std::uint32_t generation = 1;
    PartitionId at;
    std::uint16_t partitions = 0;
    std::string hash = "murmur2";
    std::uint16_t level = format_level;
    bool own_times = false;
    friend bool operator==(const Genesis&, const Genesis&) = default;
};
void write(BatchWriter& to, const Genesis& from);
std::expected<Genesis, Malformed> read_genesis(std::span<const std::byte> bytes);

struct Open {
    std::uint64_t epoch = 0, nonce = 0;
    std::string address;
    std::uint16_t level = format_level;
    std::string engine;
    Policy policy;
    Time at_ms = known<Time>(0);
};
void write(BatchWriter& to, const Open& from);
std::expected<Open, Malformed> read_open(std::span<const std::byte> bytes);

}  // namespace holdfast::wire
