// Repartition: a history into another log with another number of partitions, as a new generation.
//
// Order       each stream's. Between streams by time, as far as they share a partition.
// Invariant   every stream has the state that it had, and every command's id its answer; nothing is
//             said again, asked again or forgotten (docs/adr/0024). What the other log holds is the
//             beginning of that: a copy that was interrupted goes on behind it.
// Durability  what was copied is as durable as the other log's batches are.
// Errors      refused: the history is not drained, or the other log holds something else, and
//             nothing was written; or it was interrupted. damaged: the copy is not what it was made
//             of. Else those of the two logs.
#pragma once

#include "replay/contents.h"
#include "replay/copy.h"
#include "replay/verify.h"

namespace holdfast::replay {

// What a history is before it is copied: whole, with everything heard that was said.
std::expected<Contents, Error> drained(const EventLog& from, Watch& watch);

// One writer of `to` at a time, as its port has it; nobody decides in `from` meanwhile.
std::expected<Copied, Error> repartition(const EventLog& from, EventLog& to,
                                         std::uint16_t partitions, Watch& watch);

// That the copy is whole, and that its streams are what they were.
std::expected<Verified, Error> verify(const EventLog& copy, const Contents& before, Watch& watch);

}  // namespace holdfast::replay
