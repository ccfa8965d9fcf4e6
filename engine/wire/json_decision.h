// JSON decision: what a decision record says, for any context: the answer to its client, and a line
// of a listing.
//
// Errors  malformed, as read_decision() says (record.h).
#pragma once

#include "engine/domain/decision.h"
#include "engine/wire/json_write.h"
#include "engine/wire/record.h"

namespace holdfast::wire {

// A refusal as clients know it. `detail` counts what `counts` names; "" for nothing.
struct JsonRefusal {
    std::string_view name;
    Answer answer = Answer::conflict;
    std::string_view counts;
    std::int64_t detail = 0;
    std::string subject;
};

// What one stream was asked and answered.
struct JsonDecided {
    std::string key;
    std::optional<Version> expected;
    Version before = 0, after = 0;
    std::string_view message;  // the command's name
    std::string command;       // an object; empty unless it was wanted
    std::string events;        // an array of objects
    std::optional<JsonRefusal> refusal;
};
struct JsonDecision {
    std::uint8_t context = 0;
    DecisionHeader header;
    std::vector<JsonDecided> parts;
};

enum class Wanted : std::uint8_t { answer, everything };  // everything: the commands too

std::expected<JsonDecision, Malformed> decision_from(std::uint8_t context,
                                                     std::span<const std::byte> record,
                                                     Wanted wanted, const Opener* opener);
// A command record's commands with their streams' keys, as an array.
std::expected<std::string, Malformed> commands_from(std::uint8_t context,
                                                    std::span<const std::byte> record);
// All of it as one object; a refusal's detail as a member by its name; what was not decided, and
// can be read, as `undecided`.
std::string to_json(const JsonDecision& decision);
// One event of an order's timeline; its personal data stays sealed.
std::string to_json(const order::Event& event);

}  // namespace holdfast::wire
