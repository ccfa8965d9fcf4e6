// verify: the whole history taken again from record 0: every checksum and hash, the chain of
// batches, every stream's rules; and, where an engine's checkpoint is at hand, that the state made
// from the log alone is that state, row by row.
//
// Errors  the first fault found, with its partition and sequence; of a state that differs, its
//         first row that does. refused: it was interrupted.
#pragma once

#include "engine/ports/state_store.h"
#include "replay/contents.h"
#include "replay/walk.h"
#include "replay/watch.h"

namespace holdfast::replay {

struct Verified {
    std::size_t partitions = 0;
    std::size_t compared = 0;  // partitions that have a checkpoint
    std::uint64_t records = 0;
    std::uint64_t behind = 0;  // records that no checkpoint holds yet
    // SHA-256 over the rows of every partition, in order, as they stood at its checkpoint; at the
    // end of the log where there is none.
    std::string state_hash;
    std::string live_hash;  // the same over the engine's rows, when all partitions were compared
    // The first message between two partitions that was not taken, in words; empty: all were.
    std::string unheard;
};

// `store` may be null: then nothing is compared. Into `contents`, which may be null, goes what
// stands where the rows are compared.
std::expected<Verified, Error> verify(const EventLog& log, const StateStore* store, Watch& watch,
                                      Contents* contents = nullptr);

}  // namespace holdfast::replay
