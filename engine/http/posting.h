// Posting: commands go to the engine, and the task goes on when their records are durable.
//
// Order      commands to one stream are decided in the order they stand in.
// Lifetime   what waits is resumed on its own thread; an engine that ends with commands in flight
//            is destroyed before the server whose tasks wait for them.
// Threading  a task is resumed on the I/O thread it began on.
// Errors     overloaded: nothing was taken, try again soon.
#pragma once

#include "engine/http/message.h"
#include "engine/runtime/engine.h"

namespace holdfast::http {

// The record that answers, or nothing: the engine has too much in flight and took nothing.
using Posting = std::optional<std::expected<Answered, Error>>;

// One for each command, in their order, once all are durable.
Task<std::vector<Posting>> post_all(Engine& engine, std::vector<Posted> commands);

}  // namespace holdfast::http
