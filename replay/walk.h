// Walk: every partition of a log, batch by batch, for the verbs.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "engine/domain/contexts.h"
#include "engine/ports/event_log.h"
#include "engine/wire/batch.h"
#include "engine/wire/record.h"

namespace holdfast::replay {

// The error, with where it was found: "stock 3, record 17: ..."
std::unexpected<Error> fault(PartitionId at, Sequence sequence, const Error& error);

// Record 0 of the context's first partition, as of all; nothing while there is none.
std::expected<std::optional<wire::Genesis>, Error> genesis_of(const EventLog& log,
                                                              std::uint8_t context);

// The partitions that have records, in order. The count is in every genesis.
std::expected<std::vector<PartitionId>, Error> partitions_of(const EventLog& log);

// How many records these have.
std::uint64_t records_of(const EventLog& log, std::span<const PartitionId> partitions);

using VisitBatch =
    std::function<std::expected<bool, Error>(const wire::BatchView& batch, const Bytes& blob)>;
// From the batch that holds `from` to the end, until visit says false or fails.
std::expected<void, Error> each_batch(const EventLog& log, PartitionId at, Sequence from,
                                      const VisitBatch& visit);

}  // namespace holdfast::replay
