// Forwarding: what engines ask each other, as the engine takes it and as it answers.
//
// Errors  an answer that this engine cannot read is unavailable: it was decided, or not.
#pragma once

#include "engine/ports/peers.h"
#include "engine/runtime/engine.h"

namespace holdfast {

// nullopt: no partition here is called so, the time is none, or there is not either a command or an
// id that is asked for.
std::optional<Posted> posted_by(PeerQuestion question, std::uint16_t partitions);
std::expected<PeerAnswer, Error> told_of(const std::expected<Answered, Error>& answered);
std::expected<Answered, Error> answered_by(std::expected<PeerAnswer, Error> answer);

}  // namespace holdfast
