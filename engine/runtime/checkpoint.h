// Checkpoint: one cut at a time of a shard's partitions, from their memory to the state store.
//
// Order       begun at a batch boundary of every partition; ingested once all it says is durable.
// Invariant   the store is never ahead of the log.
// Threading   one thread owns it; ready() and ingest() may be called by another.
#pragma once

#include <atomic>
#include <mutex>
#include <span>

#include "engine/runtime/processor.h"

namespace holdfast {

class Checkpoint {
public:
    Checkpoint(StateStore& store, EventLog& log) : store_(store), log_(log) {}

    bool in_flight() const { return stage_ != Stage::none; }
    // Takes the rows of all that changed since the last cut; of what was lost there are none.
    void begin(std::span<const std::unique_ptr<Processor>> processors);
    // Leaves out a partition that was lost, unless the cut is ready: then all it says is durable.
    void drop(PartitionId at);
    // Whether a cut waits for ingest(): everything in it is durable.
    bool ready();
    // Writes it; by any one thread.
    std::expected<void, Error> ingest();
    // After ingest(): lets the machines forget what they kept for the cut.
    void end();
    bool ended() const { return stage_ == Stage::ingested; }

private:
    enum class Stage : std::uint8_t { none, begun, ready, ingested };
    struct Part {
        Processor* processor;
        Sequence until;  // durable before it may be ingested
        std::size_t first_section, end_section;
        bool awaited;  // what a follower has is durable
    };
    bool is_durable(const Part& part) const;

    StateStore& store_;
    EventLog& log_;
    std::mutex mutex_;  // for the step from begun to ready, and what is dropped before it
    std::atomic<Stage> stage_ = Stage::none;
    CutRows rows_;
    std::size_t rows_last_ = 0;  // how many the last cut had: so will this one
    std::vector<Part> parts_;
};

}  // namespace holdfast
