// MachineOf, of messages of a commands topic: each has one record, in the order of their offsets.
//
// Invariant  a message is taken when it is the next one, so once, whoever gives it again. Of one
//            that is no command, or repeats one, nothing is decided, and that is on record.
#pragma once

#include "engine/runtime/machine_of.h"

namespace holdfast {

// Null: the bytes do not even say that.
template <Context C>
const wire::Envelope* MachineOf<C>::envelope_of(const Input& input, const Read& read) {
    if (input.turned_away) return &input.turned_away->envelope;
    return read.command ? &read.command->envelope : nullptr;
}

// Each message of a commands topic has its record, and is taken once: when it is the next one.
template <Context C> bool MachineOf<C>::is_out_of_turn(const Input& input) const {
    return input.origin.source == fb::Source::commands_topic &&
           (input.follows != position_.commands_next || input.origin.position < input.follows);
}

template <Context C>
Taken MachineOf<C>::turn_away(const Input& input, Read& read, std::optional<Taken> before,
                              wire::BatchWriter& to) {
    const auto sequence = position_.next;
    wire::Decision<C> decision{header_of(input, wire::Envelope(*envelope_of(input, read))), {}};
    auto& header = decision.header;
    header.outcome = fb::Outcome::turned_away;
    if (before) {
        wire::Objection why{std::string(wire::key_was_used), 422, {}, input.command.size()};
        if (before->how == Taken::repeated) {
            why.name = wire::command_came_before;
            why.status = 409;
        }
        header.objection = std::make_shared<const wire::Objection>(std::move(why));
    } else {
        header.objection = {input.turned_away, &input.turned_away->objection};
        header.raw = input.command;
    }
    wire::write(to, decision);
    advance(decision);
    return {before ? before->how : Taken::decided, sequence};
}

}  // namespace holdfast
