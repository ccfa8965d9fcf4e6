// SimulatedLog: a log in memory that fails as a disk and a process do, the same way for one seed.
//
// Order       one_order(): one queue for all partitions, as in segment files.
// Durability  crash() loses what was not durable but for a seeded prefix of it: what reached the
//             disk before its sync. A batch that was torn then is cut, so it is lost as well.
// Threading   one thread.
// Errors      as the port's, by chance; unavailable from flush() stays until crash().
#pragma once

#include <map>
#include <set>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/event_log.h"

namespace holdfast::simulated {

// Each is how often in 1,000 calls.
struct LogFaults {
    std::uint32_t append_unavailable = 0;  // the batch is taken or not, and nobody knows
    std::uint32_t flush_partial = 0;       // only a part of what waits becomes durable
    std::uint32_t flush_unavailable = 0;
    std::uint32_t read_unavailable = 0;
};

class SimulatedLog final : public EventLog {
public:
    explicit SimulatedLog(std::uint64_t seed, LogFaults faults = {})
        : random_(seed), faults_(faults) {}

    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override {
        return std::vector<std::expected<void, Error>>(these.size());
    }
    void release(PartitionId) override {}
    std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                      Blob blob) override;
    Sequence end(PartitionId at) const override;
    Sequence durable(PartitionId at) const override;
    std::expected<Sequence, Error> acknowledged(PartitionId at) const override {
        return durable(at);
    }
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const override;
    std::expected<std::uint32_t, Error> flush() override;
    void on_durable(std::function<void()> told) override { on_durable_ = std::move(told); }
    void on_waiting(std::function<void()> told) override { on_waiting_ = std::move(told); }
    bool one_order() const override { return true; }

    void set_faults(LogFaults faults) { faults_ = faults; }
    void crash();
    void damage(PartitionId at, Sequence first) { damaged_.insert({at, first}); }

private:
    struct Stored {
        PartitionId at;
        StoredBatch batch;
    };
    struct Partition {
        std::vector<std::size_t> places;  // in queue_, in its order
        Sequence end = 0;
        Sequence durable = 0;
    };
    void store(PartitionId at, StoredBatch batch);
    void make_durable(std::size_t count);

    mutable Seeded random_;
    LogFaults faults_;
    std::vector<Stored> queue_;  // durable up to durable_
    std::size_t durable_ = 0;
    std::map<PartitionId, Partition> partitions_;
    std::set<std::pair<PartitionId, Sequence>> damaged_;
    bool failed_ = false;
    std::function<void()> on_durable_ = [] {};
    std::function<void()> on_waiting_ = [] {};
};

}  // namespace holdfast::simulated
