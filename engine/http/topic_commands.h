// Topic commands: from a message of a commands topic to the command that the same request over HTTP
// would be, or to the problem that it would be answered with.
//
// Invariant  the command's id is that of the client, its key and the path, as over HTTP: sent both
//            ways it is decided once.
// Threading  by one thread at a time.
// Limits     a body of 1 MiB, as over HTTP.
// Errors     a problem turns the message away, for ever. An Error is none of the message: it is to
//            be read again. What looks like a card number, or like personal data that is not
//            sealed, stands in no record: neither does the message that has it.
// Source     docs/commands.md
#pragma once

#include "engine/http/asking.h"
#include "engine/runtime/intake.h"

namespace holdfast::http {

class TopicCommands {
public:
    // `scopes`: what those may who write to the topics.
    TopicCommands(const Core& core, Scopes scopes);

    std::expected<Understood, Error> understand(PartitionId at, const CommandMessage& message,
                                                bool is_poison);

private:
    struct Said;  // the headers
    std::expected<Said, Problem> read(const CommandMessage& message) const;
    wire::CommandId id_of(const Said& said) const;
    std::expected<std::string, Problem> command_of(PartitionId at, const CommandMessage& message,
                                                   wire::Envelope& envelope);
    std::expected<std::string, Problem> ask(PartitionId at, const CommandMessage& message,
                                            const Said& said, const wire::JsonNode& body);

    Core core_;
    Scopes scopes_;
    CommandRouter router_;
    wire::JsonText json_;
};

}  // namespace holdfast::http
