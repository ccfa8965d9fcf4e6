// copy: a history as it is, batch by batch, into another log, which may be of another kind.
//
// Order       each partition's; between partitions there is none before the copy is whole.
// Invariant   what the other log holds is the beginning of this history, in each partition: a copy
//             that was interrupted goes on behind it.
// Durability  what was copied is as durable as that log's batches are.
// Errors      refused: the other log holds something else, and nothing was written; or it was
//             interrupted. conflict: somebody else writes there. Else those of the two logs.
#pragma once

#include "replay/walk.h"
#include "replay/watch.h"

namespace holdfast::replay {

struct Copied {
    std::uint64_t records = 0;  // by now, in the other log
    std::uint64_t found = 0;    // of them, from before
};

// One writer of `to` at a time, as its port has it; nobody decides in `from` meanwhile.
std::expected<Copied, Error> copy(const EventLog& from, EventLog& to, Watch& watch);

}  // namespace holdfast::replay
