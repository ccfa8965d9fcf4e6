// KafkaLog: the log on Kafka. A topic for each context, a message for each batch; chain.h has the
// rule which of them count, docs/adr/0007 why.
//
// Order       one_order() is not kept: each partition has its own.
// Durability  a batch is durable when all replicas in sync have it, at the offset that follows the
//             one before: then nobody else wrote in between. That is told by flush() for what this
//             log owns, and by its reader for what others own.
// Lifetime    what is on its way when the log is destroyed may be stored or not; nobody was told.
//             Goes before its Metrics.
// Threading   as the port says. Of two threads of its own, one reads what others own, one looks
//             every second whether what is owned here still is: who does not write learns it so.
// Limits      16 bytes a batch, and the latest blobs; a blob is below message_bytes_max. Opening
//             reads every topic from its beginning.
// Errors      open(): refused for settings and topics that are wrong. append(): conflict for a
//             partition that is not owned or was lost to another; unavailable when it was lost
//             because a delivery failed, and when the queue is full, which loses nothing; damaged
//             when messages are missing. After a loss own() leads on. flush() does not fail.
#pragma once

#include <condition_variable>
#include <thread>

#include "engine/adapters/kafka/counted.h"
#include "engine/adapters/kafka/fetcher.h"
#include "engine/adapters/kafka/history.h"
#include "engine/adapters/kafka/producer.h"

namespace holdfast::kafka {

class KafkaLog final : public EventLog {
public:
    static std::expected<std::unique_ptr<KafkaLog>, Error> open(const Settings& settings,
                                                                Metrics& metrics);
    ~KafkaLog() override;

    // What it says at its next own(): where this engine is reached, host:port. None: nobody is sent
    // here.
    void advertise(std::string address);
    // Reads every partition as far as it goes now. Blocks.
    std::expected<void, Error> read_to_end();

    // conflict: another was quicker. Blocks, as long as the brokers may take. One that is owned is
    // taken anew, which only costs time.
    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override;
    void release(PartitionId at) override;
    std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                      Blob blob) override;
    Sequence end(PartitionId at) const override;
    Sequence durable(PartitionId at) const override;
    std::expected<Sequence, Error> acknowledged(PartitionId at) const override;
    std::string leader(PartitionId at) const override;
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const override;
    std::expected<std::uint32_t, Error> flush() override;
    void on_durable(std::function<void()> told) override;
    void on_waiting(std::function<void()> told) override;
    bool one_order() const override { return false; }

private:
    struct Partition {
        explicit Partition(std::size_t recent_bytes) : history(recent_bytes) {}
        History history;
        bool owned = false;
        std::uint64_t claimed = 0;    // the nonce of the last Open that was sent
        std::int64_t unreported = 0;  // messages that were sent as its owner
        bool read = true;             // by the reader, else by nobody
        Chain ahead;                  // of an owned one, once all that was sent is durable
        std::string leader;           // where who owned it last is reached
        std::optional<Error> lost;    // why it is not owned any more
        std::optional<Error> stuck;   // why it cannot be read on, for ever
    };
    // One that is to be owned, and how that goes.
    struct Claim {
        PartitionId at;
        Partition* partition;
        Fence open = {};
        std::expected<void, Error> owned = {};
    };
    using Lock = std::unique_lock<std::mutex>;
    static constexpr std::chrono::milliseconds slice{100};  // of waiting, to see whether it is over

    KafkaLog(const Settings& settings, Metrics& metrics);
    std::expected<void, Error> start();
    Partition* find(PartitionId at) const;

    // Of the reader's thread.
    void read_on();
    bool look_at(const Message& message);
    void look_at(Partition& partition, PartitionId at, const Message& message);

    std::expected<void, Error> renew_producer();
    void confirm_owned(const std::stop_token& stop);
    void measure_lag();
    std::expected<void, Error> read_to_end(PartitionId at, Partition& partition);
    std::expected<void, Error> send_open(Claim& claim);
    std::expected<void, Error> confirm(const Claim& claim);
    std::expected<void, Error> start_reading(PartitionId at, std::int64_t offset);

    Error not_owned(PartitionId at, const Partition* partition) const;
    void hear(const Sent& sent, rd_kafka_resp_err_t code, std::int64_t offset);
    void lose(PartitionId at, Partition& partition, const Error& why);
    void let_go(PartitionId at, Partition& partition);
    void become_stuck(PartitionId at, Partition& partition, Error why);

    Settings settings_;
    const Counted counted_;
    mutable std::mutex mutex_;  // for the partitions, the producer's place and what follows them
    mutable std::map<PartitionId, Partition> partitions_;
    std::string address_;
    std::shared_ptr<Producer> producer_;  // null while one goes; its reports come until then
    bool producer_failed_ = false;
    std::uint32_t made_durable_ = 0;
    std::mutex telling_;  // for the two that follow, while they are called
    std::function<void()> on_durable_ = [] {};
    std::function<void()> on_waiting_ = [] {};
    std::condition_variable looked_at_;

    Client reader_;
    EventTopics reader_topics_;
    Queue read_queue_;
    std::unique_ptr<Fetcher> fetcher_;
    std::jthread thread_, confirming_;
};

}  // namespace holdfast::kafka
