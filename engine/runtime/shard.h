// Shard: the processors of every partition p with p mod n = s, of every context, leading and
// following ones; what one thread runs.
//
// Order      what is posted to one partition is given to its processor in that order.
// Invariant  a hand-over between shards never blocks.
// Limits     when cuts are written more slowly than rows_waiting_max come together, nothing is
//            decided until one is.
// Threading  post(), lead(), resign() and relay() by any thread; the rest by the shard's own.
#pragma once

#include <mutex>

#include "engine/runtime/checkpoint.h"
#include "engine/runtime/doorbell.h"
#include "engine/runtime/memory.h"

namespace holdfast {

struct ShardSettings {
    std::size_t rows_per_cut_max = 100'000;  // about half of them: children are not counted
    std::int64_t cut_every_ms = 5'000;
    std::size_t rows_waiting_max = 400'000;  // for the cut after the one that is being written
};

class Shard {
public:
    Shard(const ShardSettings& settings, const Memory& memory, StateStore& store, EventLog& log)
        : settings_(settings), memory_(memory), checkpoint_(store, log) {}

    void own(std::unique_ptr<Processor> processor);
    std::span<const std::unique_ptr<Processor>> processors() const { return processors_; }
    void post(PartitionId to, Given&& given);
    // A partition whose log is owned now is to be led; one that is led, no longer.
    void lead(PartitionId at) { order(at, Order::lead); }
    void resign(PartitionId at) { order(at, Order::resign); }
    // What somebody may not have heard is to be said again.
    void relay();
    // The same for the shard's own thread: no lock.
    void give(PartitionId to, Given&& given) { at(to)->give(std::move(given)); }

    // One round: what was posted, one batch of each processor, what has become durable, the cut.
    // Whether there was anything to do.
    std::expected<bool, Error> step(std::int64_t clock_ms, Time timers_until);
    // At start: takes the log's tail, with a cut whenever there is enough for one, so that no more
    // has to be in memory than when the engine runs.
    std::expected<void, Error> replay();
    std::expected<void, Error> relay_unheard();
    std::optional<Time> next_due() const;

    Checkpoint& checkpoint() { return checkpoint_; }
    void cut_now() { cut_due_ms_ = 0; }  // at the next step, whatever there is
    Doorbell& bell() { return bell_; }
    Memory& memory() { return memory_; }

private:
    enum class Order : std::uint8_t { lead, resign };
    // What one round of the processors has in common.
    struct Round {
        std::int64_t clock_ms;
        Time timers_until;
        bool must_wait_for_the_cut;
    };
    void order(PartitionId at, Order what);

    Processor*& at(PartitionId place);
    std::expected<void, Error> take_what_came(std::int64_t clock_ms);
    std::expected<bool, Error> step(Processor& processor, const Round& round);
    std::size_t records_at_once() const;
    std::size_t rows_to_cut() const;
    bool must_wait_for_the_cut() const;
    void make_room();
    bool is_lost_somewhere() const;
    void mind_the_cut(std::int64_t clock_ms);

    ShardSettings settings_;
    Memory memory_;
    std::vector<std::unique_ptr<Processor>> processors_;
    std::vector<Processor*> by_place_;  // the same, by partition and context; null: another shard's
    wire::BatchWriter writer_;          // of whichever decides; keeps its memory
    Checkpoint checkpoint_;
    std::int64_t cut_due_ms_ = -1;  // none set yet
    Doorbell bell_;

    std::mutex mutex_;
    std::vector<std::pair<PartitionId, Order>> orders_;
    std::atomic<bool> relay_due_ = false;
    std::vector<std::pair<PartitionId, Given>> mail_;
    std::vector<std::pair<PartitionId, Given>> taken_;  // keeps its memory
};

}  // namespace holdfast
