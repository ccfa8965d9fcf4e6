// Remaking: a history's batches as they are in other partitions: a new generation.
//
// Order      a context after the other; in each, as its batches fill.
// Invariant  the same history gives the same batches, byte by byte, each time: so a copy that was
//            interrupted is made again, and goes on behind what is there.
// Limits     a batch is full with 4,096 records or 256 KiB; one of each new partition in memory.
// Errors     of reading; of `take`, which ends it; refused: it was interrupted.
#pragma once

#include <functional>

#include "replay/walk.h"
#include "replay/watch.h"

namespace holdfast::replay {

// What the new history begins with.
wire::Genesis in_partitions(wire::Genesis genesis, std::uint16_t partitions);

using TakeBatch =
    std::function<std::expected<void, Error>(PartitionId at, const StoredBatch& batch)>;

std::expected<void, Error> remake(const EventLog& from, std::uint16_t partitions, Watch& watch,
                                  const TakeBatch& take);

}  // namespace holdfast::replay
