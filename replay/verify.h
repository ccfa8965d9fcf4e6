// verify: the whole history taken again from record 0: every checksum and hash, the chain of batches,
// every stream's rules; and, where an engine's checkpoint is at hand, that the state made from the
// log alone is that state, row by row.
//
// Errors  the first fault found, with its partition and sequence.
#pragma once

#include "engine/ports/state_store.h"
#include "replay/walk.h"

namespace holdfast::replay {

struct Verified {
    std::size_t partitions = 0, compared = 0;
    std::uint64_t records = 0;
    std::string state_hash;  // SHA-256 over the rows of every partition that was compared, in order
    std::string live_hash;   // of the checkpoint's
};

// `store` may be null: then nothing is compared. Says on stderr how far it is.
std::expected<Verified, Error> verify(const EventLog& log, const StateStore* store, bool progress);

}  // namespace holdfast::replay
