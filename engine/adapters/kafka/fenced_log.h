// FencedLog: the log on Kafka as far as it decides: what was read and counts, what is owned here,
// what is durable, and when that is lost. docs/adr/0007 has the rules, docs/adr/0020 why they stand
// here by themselves.
//
// Order       what was sent is heard of in that order, of each partition; what is read comes in the
//             order of the topic, from where start_reading() was told.
// Invariant   what became durable by hear() counts at that number for every reader. An owned
//             partition is not read: its writer knows. After a producer failed nothing is sent
//             before there is another, and by that one first an Open.
// Threading   one call at a time. It has no thread and no timer, and waits for nobody.
// Limits      16 bytes a batch, and the latest blobs.
// Errors      as the port's; KafkaLog says which.
#pragma once

#include <map>

#include "engine/adapters/kafka/brokers.h"
#include "engine/adapters/kafka/counted.h"
#include "engine/adapters/kafka/history.h"

namespace holdfast::kafka {

class FencedLog {
public:
    // `recent_bytes`: of blobs that are kept, of each partition.
    FencedLog(std::span<const PartitionId> partitions, std::size_t recent_bytes, Brokers& brokers,
              const Counted& counted);
    std::expected<void, Error> start();  // to read all from the beginning

    // ---- reading ----

    // Whether that made something durable.
    bool look_at(PartitionId at, Received message);
    void cannot_read(PartitionId at, Error why);
    // unavailable: not yet.
    std::expected<void, Error> has_read_to(PartitionId at, std::int64_t end) const;

    // ---- owning, by these steps ----

    // After a failure the old producer goes before there is another: it must not send again what
    // it still has.
    bool needs_producer() const { return needs_producer_; }
    void has_producer() { needs_producer_ = false; }
    // Sends an Open, of a partition that was read to its end. It is owned once the Open is read
    // and counts.
    std::expected<void, Error> claim(PartitionId at, std::uint64_t nonce);
    // Nothing: not known yet.
    std::optional<std::expected<void, Error>> became_of_claim(PartitionId at) const;
    void give_up_claim(PartitionId at);
    void release(PartitionId at);
    bool owns(PartitionId at) const;
    // Where the partition ends, as the brokers say: an owner that does not write learns so that
    // another does.
    void see_end(PartitionId at, std::int64_t end);

    // ---- writing what is owned ----

    // Where this engine is reached, as its next Open says.
    void advertise(std::string address) { address_ = std::move(address); }
    std::expected<void, Error> append(PartitionId at, StoredBatch batch, std::uint32_t checksum);
    // Whether it made something durable.
    bool hear(const Sent& sent, const Report& report);

    // ---- what is there ----

    Sequence end(PartitionId at) const;
    std::expected<Sequence, Error> acknowledged(PartitionId at) const;
    std::string leader(PartitionId at) const;
    const History* history(PartitionId at) const;  // null: there is no such partition
    bool reads(PartitionId at) const;

private:
    struct Partition {
        explicit Partition(std::size_t recent_bytes) : history(recent_bytes) {}
        History history;
        bool owned = false;
        bool read = true;             // else its owner, which we are, knows what is there
        std::optional<Fence> claim;   // the Open that is waited for
        std::int64_t unreported = 0;  // messages that were sent as its owner
        Chain ahead;                  // of an owned one, once all that was sent is durable
        std::string leader;           // where who owned it last is reached
        std::optional<Error> lost;    // why it is not owned any more
        std::optional<Error> stuck;   // why it cannot be read on, for ever
    };
    Partition* find(PartitionId at) const;
    Error not_owned(PartitionId at, const Partition* partition) const;
    bool take(PartitionId at, Partition& partition, Received message);
    void own(PartitionId at, Partition& partition);
    void lose(PartitionId at, Partition& partition, const Error& why);
    void let_go(PartitionId at, Partition& partition);
    void fail(const Error& reason);  // the producer
    void become_stuck(PartitionId at, Partition& partition, Error why);
    void hear_of_open(Partition& partition, const Sent& sent, const Report& report);

    Brokers& brokers_;
    const Counted& counted_;
    mutable std::map<PartitionId, Partition> partitions_;
    std::string address_;
    bool needs_producer_ = true;  // there is none yet
};

}  // namespace holdfast::kafka
