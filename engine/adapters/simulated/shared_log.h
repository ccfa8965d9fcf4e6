// SharedLog: a log that several engines write, in memory; and OwnedLog, one engine's end of it. It
// is what Kafka is together with the rule which of its messages count: who owned a partition last
// is its writer, and what an earlier owner still sends counts nowhere.
//
// Durability  what an owner appended becomes durable by its flush(), in order, unless another owned
//             the partition meanwhile. When the log does not answer, a seeded part of what was on
//             its way is durable, and its owner has lost all its partitions.
//             An owner that was replaced learns it by a flush() of what it sent; else later.
// Lifetime    an OwnedLog goes before its SharedLog, as an engine that is killed does.
// Threading   one thread.
// Errors      as the port's. While the log does not answer nothing is owned; a seeded part of the
//             reads is not answered, whatever else is.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/event_log.h"

namespace holdfast::simulated {

class SharedLog {
public:
    struct Partition {
        std::vector<StoredBatch> batches;  // all durable
        std::uint64_t epoch = 0;
        std::string leader;  // the address of who owned it last
        Sequence end() const {
            return batches.empty() ? 0 : batches.back().first + batches.back().count;
        }
    };
    Partition& at(PartitionId at) { return partitions_[at]; }
    bool answers = true;
    std::uint32_t reads_failing = 0;  // of a thousand

private:
    std::map<PartitionId, Partition> partitions_;
};

class OwnedLog final : public EventLog {
public:
    OwnedLog(SharedLog& shared, std::uint64_t seed, std::string address = {})
        : shared_(shared), random_(seed), address_(std::move(address)) {}

    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override;
    void release(PartitionId at) override { owned_.erase(at); }
    std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                      Blob blob) override;
    Sequence end(PartitionId at) const override;
    Sequence durable(PartitionId at) const override { return shared_.at(at).end(); }
    std::expected<Sequence, Error> acknowledged(PartitionId at) const override;
    std::string leader(PartitionId at) const override;
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const override;
    std::expected<std::uint32_t, Error> flush() override;
    void on_durable(std::function<void()>) override {}
    void on_waiting(std::function<void()>) override {}
    bool one_order() const override { return false; }

private:
    struct Owned {
        std::uint64_t epoch = 0;
        Sequence end = 0, acknowledged = 0;
        std::deque<StoredBatch> sent;  // not durable
    };
    bool is_mine(PartitionId at) const;
    std::uint32_t make_durable(PartitionId at, Owned& owned, std::size_t count);

    SharedLog& shared_;
    mutable Seeded random_;
    std::string address_;
    std::map<PartitionId, Owned> owned_;
};

}  // namespace holdfast::simulated
