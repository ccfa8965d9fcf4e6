// states: every stream of a history as it stands at its end, a line each, to compare two of them.
//
// Order      by context, then by the stream's key.
// Invariant  two histories of as many partitions have the same lines when each stream was decided
//            the same: a line says nothing of what else its partition, or its engine, decided.
// Limits     a line of every stream of a context, and the streams of one partition, in memory.
// Errors     as verify: the first fault found. refused: it was interrupted.
#pragma once

#include <cstdio>

#include "replay/walk.h"
#include "replay/watch.h"

namespace holdfast::replay {

// Returns how many streams there are.
std::expected<std::size_t, Error> states(const EventLog& log, Watch& watch, std::FILE* to);

}  // namespace holdfast::replay
