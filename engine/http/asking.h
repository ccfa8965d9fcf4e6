// Asking: from a request, or an element of a batch, to a command that can be posted.
//
// Order      everything that can be wrong with the request alone is refused here, by name: what was
//            posted is decided.
// Invariant  the command's id is that of the client, its key and the resource, however its path was
//            spelt: the same key on another resource is another command. Without a key (PUT, PATCH,
//            DELETE) there is no id, and the command is decided each time it comes.
// Threading  as the request's; never waits.
// Errors     a problem; nothing was posted then.
#pragma once

#include "engine/http/command_routes.h"
#include "engine/http/core.h"
#include "engine/http/credentials.h"
#include "engine/wire/json_command.h"

namespace holdfast::http {

// Who wants what, from wherever it came.
struct Wish {
    const CommandRoute& route;
    const PathParameters& parameters;
    const wire::JsonNode& body;
    const Principal& principal;
    std::string_view key;  // empty: none
    std::optional<std::uint64_t> if_match;
    std::optional<std::int64_t> own_time_ms;
    std::string_view traceparent;
    const wire::Sealer* sealer = nullptr;  // of what came sealed already; else it is sealed here
};

// A command that may be posted, and what its answer needs to know.
struct Asked {
    const CommandRoute* route = nullptr;
    std::string stream;   // the key
    std::string made;     // the id of what the command makes or changes; else the stream's
    std::string created;  // the path of what it creates; empty: nothing
    std::string command;
    wire::CommandId id;
    std::optional<Time> own_time;
    bool is_by_if_match = false;
    // Whose key is to be made first: there is no command yet, ask again then. Empty: there is one.
    std::string keyless = {};

    // Once: takes the command's bytes.
    Posted posted() {
        return {route->context, stream, fb::Source::direct, std::move(command), own_time};
    }
};

std::expected<Asked, Problem> ask(const Core& core, const Wish& wish);

// A command's id as clients know it: 26 letters and digits.
std::string text_of(const wire::CommandId& id);
std::optional<wire::CommandId> command_id_in(std::string_view text);
// The id that a client's key has on the resource that a route's path names, its parameters decoded.
wire::CommandId id_of(std::string_view client, std::string_view key, const CommandRoute& route,
                      const PathParameters& path);

// The key of the stream that an id in a route's path names.
std::string stream_of(const CommandRoute& route, std::string_view id);

// Personal data cannot be sealed or forgotten just now.
Problem keys_are_unavailable();

// What is wrong with a body, and where.
Problem problem_of(const wire::JsonProblem& problem);

}  // namespace holdfast::http
