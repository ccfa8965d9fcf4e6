// EventLog: for each partition of each context one sequence of batches, numbered by the records in
// them: contiguous, from 0.
//
// Order       append(at, first, ...) is taken only from the partition's owner, and when `first` is
//             its next number: one writer wins. Batches become durable in the order they were
//             appended to a partition; where one_order() is true, in the order they were appended
//             to the whole log.
// Durability  append() returns at once. durable(at) says how far a partition is safe; only what
//             lies below it may be answered, relayed to the outside, projected or read.
// Lifetime    a blob is shared and never changes.
// Threading   append(), end(), release(): by the one thread that steps the partition. own() and
//             flush(): each by one thread at a time. durable(), acknowledged(), read(), leader():
//             by any.
// Errors      conflict: another writer was first; forget what was decided and read again.
//             unavailable: it is not known what was stored; the same answer.
//             damaged: a batch does not match its checksum; stop, and say which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/ports/error.h"

namespace holdfast {

using Sequence = std::uint64_t;
using Bytes = std::vector<std::byte>;
using Blob = std::shared_ptr<const Bytes>;

// One partition of one context: `context` is the number in engine/domain/contexts.h.
struct PartitionId {
    std::uint8_t context = 0;
    std::uint16_t partition = 0;
    friend auto operator<=>(const PartitionId&, const PartitionId&) = default;
};

// A stored batch: `first` to `first + count - 1`. `blob` is empty when nothing is there yet.
struct StoredBatch {
    Sequence first = 0;
    std::uint32_t count = 0;
    Blob blob;
};

class EventLog {
public:
    virtual ~EventLog() = default;

    // Becomes the writer of these partitions, in place of whoever is: everything that counts is
    // read, and nothing that the writer before still sends will. What became of each.
    virtual std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) = 0;
    // Is its writer no longer; everything that was appended is durable.
    virtual void release(PartitionId at) = 0;
    virtual std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                              Blob blob) = 0;
    virtual Sequence end(PartitionId at) const = 0;      // the next number to append
    virtual Sequence durable(PartitionId at) const = 0;  // everything below is safe
    // The same for its owner: an error once it was lost to another, whose records may stand where
    // the owner's were to.
    virtual std::expected<Sequence, Error> acknowledged(PartitionId at) const = 0;

    // Reads on until durable() covers all that was durable when this was called, whoever wrote it.
    // Blocks, as long as the log does; by own()'s thread. Nothing to do where it always does.
    virtual std::expected<void, Error> read_to_end() { return {}; }

    // Where its owner says that it is reached, when that is another engine; empty: nobody said so.
    // Who says so may be gone, or own it no longer.
    virtual std::string leader(PartitionId) const { return {}; }

    // The durable batch that holds `from`, or an empty one when `from` is not durable yet.
    virtual std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const = 0;

    // Writes and syncs what waits; returns how many batches that made durable. Blocks meanwhile.
    // An error is final: the process ends, because what the disk then holds is unknown.
    virtual std::expected<std::uint32_t, Error> flush() = 0;

    // Called whenever durable() has moved, by flush()'s thread or one of the log's own, which reads
    // what others own; and whenever something waits to be flushed, by append()'s thread.
    virtual void on_durable(std::function<void()> told) = 0;
    virtual void on_waiting(std::function<void()> told) = 0;

    // Whether a batch can be durable only after everything appended before it, in any partition.
    virtual bool one_order() const = 0;
};

}  // namespace holdfast
