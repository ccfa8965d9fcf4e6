// Partition: one partition taken again from record 0, held against all that a log promises.
//
// Order      its batches, each once.
// Limits     all its streams are in memory.
// Errors     damaged: the first thing that does not hold, with its place.
#pragma once

#include <string_view>
#include <vector>

#include "engine/runtime/machine.h"
#include "engine/wire/batch.h"

namespace holdfast::replay {

std::unexpected<Error> fault(PartitionId at, Sequence sequence, const std::string& what);

class Partition {
public:
    // One of so many of its context.
    Partition(PartitionId at, std::uint16_t partitions);

    // The chain, the hash, contiguous numbers, the versions of the streams.
    std::expected<void, Error> take(const wire::BatchView& batch, const Bytes& blob);
    // After the last one: the rules of every stream.
    std::expected<void, Error> check_rules() const;

    const Machine& machine() const { return *machine_; }
    Sequence next() const { return machine_->position().next; }
    // What its state is compared by; views into it.
    std::vector<CutRows::Row> rows();

private:
    PartitionId at_;
    Memory memory_;  // no shard makes room in it
    std::unique_ptr<Machine> machine_;
    CutRows rows_;
};

}  // namespace holdfast::replay
