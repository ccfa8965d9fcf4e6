// Brokers: what a FencedLog asks of Kafka, and what it hears of it. KafkaLog is it with librdkafka,
// tests are it in memory.
//
// Order       of a partition, as send() was called; reports too.
// Threading   as a FencedLog is called: one at a time.
// Errors      of send(): nothing was sent; the queue is full, or the producer is over.
#pragma once

#include <chrono>
#include <optional>

#include "engine/adapters/kafka/chain.h"

namespace holdfast::kafka {

struct Sent {
    PartitionId at;
    Fence fence;
    Blob blob;                 // null with an Open
    std::string address = {};  // with an Open, when it is to be known
    std::chrono::steady_clock::time_point sent_at = std::chrono::steady_clock::now();
};
// What became of it.
struct Report {
    std::int64_t offset = -1;           // where it is stored; -1: that was not told
    std::optional<Error> failure = {};  // it may be stored all the same, also later
};
// A message of an events topic.
struct Received {
    std::int64_t offset = 0;
    std::optional<Fence> fence = {};            // none: it is somebody else's
    std::expected<Blob, Error> blob = nullptr;  // damaged: it does not match its fence
    std::string address = {};                   // of an Open, where its writer is reached
};

class Brokers {
public:
    virtual ~Brokers() = default;
    virtual std::expected<void, Error> send(Sent what) = 0;
    virtual bool producer_is_over() const = 0;  // it takes nothing more, ever
    virtual std::expected<void, Error> start_reading(PartitionId at, std::int64_t offset) = 0;
    virtual void stop_reading(PartitionId at) = 0;
    virtual std::string name_of(PartitionId at) const = 0;  // for operators
};

}  // namespace holdfast::kafka
