// RecordOf: how the records of one context are written and read, by its tables' field lists.
//
// Heavy to compile: each context's record_<context>.cc does, once; all others include record.h.
#pragma once

#include "engine/wire/codec.h"
#include "engine/wire/record.h"

namespace holdfast::wire {

template <class C> using CommandTable = typename RecordsOf<C>::Command;
template <class C> using DecisionTable = typename RecordsOf<C>::Decision;
template <class Table>
using PartTable = std::remove_cvref_t<decltype(*std::declval<const Table&>().parts()->Get(0))>;

template <class C> flatbuffers::Offset<CommandTable<C>> write(Builder& to, const Command<C>& from) {
    using Part = PartTable<CommandTable<C>>;
    using Slot = typename Part::Traits::template FieldType<2>;
    Gathered<flatbuffers::Offset<Part>> parts;
    for (const auto& part : from.parts) {
        const auto body = write_union(to, part.command);
        const auto key = write_text(to, part.key);
        parts.push_back(Part::Traits::Create(to, key, part.expected,
                                             static_cast<Slot>(slot_of(part.command)), body));
    }
    const auto envelope = write(to, from.envelope);
    return CommandTable<C>::Traits::Create(to, envelope,
                                           to.CreateVector(parts.data(), parts.size()));
}

template <class C> std::string to_bytes(const Command<C>& command) {
    thread_local Builder builder(1024);
    builder.Clear();
    builder.Finish(write(builder, command));
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

// Into a command that lies where it is returned from.
template <class C>
std::expected<void, Malformed> read_into(Command<C>& command, const CommandTable<C>& record) {
    if (const auto done = read_into(command.envelope, record.envelope()); !done) return done;
    if (!record.parts() || record.parts()->size() == 0)
        return std::unexpected(Malformed::field_is_missing);
    if (record.parts()->size() > parts_max) return std::unexpected(Malformed::list_is_too_long);
    command.parts.reserve(record.parts()->size());
    for (const auto* part : *record.parts()) {
        auto body = read_union<typename C::Command>(static_cast<std::uint8_t>(part->command_type()),
                                                    part->command());
        if (!body) return std::unexpected(body.error());
        const auto* key = part->key();
        command.parts.emplace_back(key ? key->str() : std::string(), part->expected_version(),
                                   *std::move(body));
    }
    return {};
}

template <class C>
std::expected<Command<C>, Malformed> read_command(std::span<const std::byte> bytes) {
    std::expected<Command<C>, Malformed> command(std::in_place);
    const auto* record = verified<CommandTable<C>>(bytes);
    if (!record)
        command = std::unexpected(Malformed::bytes_are_damaged);
    else if (const auto done = read_into(*command, *record); !done)
        command = std::unexpected(done.error());
    return command;
}

template <class C>
flatbuffers::Offset<PartTable<DecisionTable<C>>> write(Builder& to, const DecidedPart<C>& from) {
    using Part = PartTable<DecisionTable<C>>;
    using CommandSlot = typename Part::Traits::template FieldType<6>;
    using EventSlot = ItemIn<typename Part::Traits::template FieldType<8>>;
    const auto command = write_union(to, from.command);
    Gathered<EventSlot> slots;
    Gathered<flatbuffers::Offset<void>> events;
    if (from.decided) {
        for (const auto& event : *from.decided) {
            slots.push_back(static_cast<EventSlot>(slot_of(event)));
            events.push_back(write_union(to, event));
        }
    }
    const auto subject = from.decided ? 0 : write_text(to, from.decided.error().subject);
    const auto why =
        from.decided ? std::uint16_t{0} : static_cast<std::uint16_t>(from.decided.error().why);
    const auto detail = from.decided ? 0 : from.decided.error().detail;
    const auto key = write_text(to, from.key);
    const auto types = to.CreateVector(slots.data(), slots.size());
    const auto values = to.CreateVector(events.data(), events.size());
    return Part::Traits::Create(to, key, from.expected, from.version, why, detail, subject,
                                static_cast<CommandSlot>(slot_of(from.command)), command, types,
                                values);
}

template <class C> void write(BatchWriter& to, const Decision<C>& from) {
    auto& builder = to.builder();
    Gathered<flatbuffers::Offset<PartTable<DecisionTable<C>>>> parts;
    for (const auto& part : from.parts) parts.push_back(write(builder, part));
    const auto header = write(builder, from.header);
    const auto list = builder.CreateVector(parts.data(), parts.size());
    to.add(fb::RecordKind::decision, DecisionTable<C>::Traits::Create(builder, header, list));
}

// The reason of that number, which is wider than any reason of this engine's.
template <class Rejection> std::expected<Rejection, Malformed> read_reason(std::uint16_t number) {
    const auto why = static_cast<Rejection>(number);
    if (std::to_underlying(why) != number || name_of(why).empty())
        return std::unexpected(Malformed::value_is_outside_its_range);
    return why;
}

template <class C, class Part>
std::expected<DecidedPart<C>, Malformed> read_part(const Part& from) {
    auto command = read_union<typename C::Command>(static_cast<std::uint8_t>(from.command_type()),
                                                   from.command());
    if (!command) return std::unexpected(command.error());
    DecidedPart<C> part{read<std::string>(from.key()).value(),
                        from.expected_version(),
                        from.version(),
                        *std::move(command),
                        {}};
    if (from.rejection() != 0) {
        const auto why = read_reason<typename C::Rejection>(from.rejection());
        if (!why) return std::unexpected(why.error());
        part.decided = std::unexpected(Refusal<typename C::Rejection>{
            *why, from.detail(), read<std::string>(from.subject()).value()});
        return part;
    }
    if (!from.events()) return part;
    part.decided->reserve(from.events()->size());
    for (flatbuffers::uoffset_t i = 0; i < from.events()->size(); ++i) {
        auto event = read_union<typename C::Event>(
            static_cast<std::uint8_t>(from.events_type()->Get(i)), from.events()->Get(i));
        if (!event) return std::unexpected(event.error());
        part.decided->push_back(*std::move(event));
    }
    return part;
}

// Whether the parts are what a decision with that outcome says, so that who takes it need not ask.
template <class C> bool is_of_its_parts(const Decision<C>& decision) {
    const bool all_decided = std::ranges::all_of(
        decision.parts, [](const auto& part) { return part.decided.has_value(); });
    switch (decision.header.outcome) {
        case fb::Outcome::accepted: return all_decided && !decision.parts.empty();
        // The stream of a group that refused may be in another partition by now.
        case fb::Outcome::refused:
            return !all_decided || (decision.header.generation != 0 && !decision.parts.empty());
        case fb::Outcome::stale: return !decision.parts.empty();
        case fb::Outcome::malformed:
        case fb::Outcome::poison: return decision.parts.empty();
        case fb::Outcome::turned_away:
            return decision.parts.empty() && decision.header.objection &&
                   !decision.header.objection->name.empty();
    }
    return false;
}

template <class C>
std::expected<Decision<C>, Malformed> read_decision(std::span<const std::byte> bytes) {
    const auto* record = verified<DecisionTable<C>>(bytes);
    if (!record) return std::unexpected(Malformed::bytes_are_damaged);
    auto header = read(record->header());
    if (!header) return std::unexpected(header.error());
    Decision<C> decision{*std::move(header), {}};
    const auto parts = record->parts() ? record->parts()->size() : 0;
    decision.parts.reserve(parts);
    for (flatbuffers::uoffset_t i = 0; i < parts; ++i) {
        auto read = read_part<C>(*record->parts()->Get(i));
        if (!read) return std::unexpected(read.error());
        decision.parts.push_back(*std::move(read));
    }
    if (!is_of_its_parts(decision)) return std::unexpected(Malformed::bytes_are_damaged);
    return decision;
}

}  // namespace holdfast::wire
