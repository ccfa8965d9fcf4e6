// Checkpoint: one cut at a time of a shard's partitions, from their memory to the state store.
//
// Order       begun at a batch boundary of every partition; ingested once all it says is durable.
// Invariant   the store is never ahead of the log.
// Threading   one thread owns it; ingest() may be called by another, while ready() says so.
#pragma once

#include <atomic>
#include <span>

#include "engine/runtime/processor.h"

namespace holdfast {

class Checkpoint {
public:
    Checkpoint(StateStore& store, EventLog& log) : store_(store), log_(log) {}

    bool in_flight() const { return stage_ != Stage::none; }
    // Takes the rows of all that changed since the last cut.
    void begin(std::span<const std::unique_ptr<Processor>> processors);
    // Whether a cut waits for ingest(): everything in it is durable.
    bool ready();
    // Writes it; by any one thread.
    std::expected<void, Error> ingest();
    // After ingest(): lets the machines forget what they kept for the cut.
    void end(std::span<const std::unique_ptr<Processor>> processors);
    bool ended() const { return stage_ == Stage::ingested; }

private:
    enum class Stage : std::uint8_t { none, begun, ready, ingested };
    StateStore& store_;
    EventLog& log_;
    std::atomic<Stage> stage_ = Stage::none;
    CutRows rows_;
    std::size_t rows_last_ = 0;  // how many the last cut had: so will this one
    std::vector<std::pair<PartitionId, Sequence>> until_;  // durable before it may be ingested
};

}  // namespace holdfast
