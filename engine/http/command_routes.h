// Command routes: which request is which command: one row a request.
//
// Threading  read-only once built.
// Errors     of the CommandRouter: as the Router's.
#pragma once

#include <span>

#include "engine/http/router.h"
#include "engine/wire/json_beside.h"

namespace holdfast::http {

// What an answer waits for besides its own record.
enum class Conversation : std::uint8_t { none, checkout, cancellation };

struct CommandRoute {
    Method method;
    std::string_view path;
    Scopes scopes;
    Shedding shedding;
    std::uint8_t context;
    std::string_view message;  // empty: the body's `kind` says which movement
    std::string_view stream;   // the id that is the stream's key: in the path, or as `made`
    std::string_view summary;
    std::string_view made = {};  // the field that is the answer's id: the path or the body says it
    std::string_view inside = {};      // the message's field that the body is
    std::string_view created_at = {};  // the path of what was created; empty: nothing was
    Conversation conversation = Conversation::none;
    std::span<const wire::Given> defaults = {};  // of fields that a body may leave out
};

std::span<const CommandRoute> command_routes();

// A request's command, and what its path says of it.
struct CommandMatch {
    const CommandRoute& route;
    PathParameters path;
};

// Finds the command that a request would be, for who has no Server's Row at hand.
class CommandRouter {
public:
    CommandRouter();

    std::expected<CommandMatch, Problem> route_of(std::string_view method,
                                                  std::string_view target) const;

private:
    Router router_;  // the command routes, in their order
};

}  // namespace holdfast::http
