// KafkaLog: the log on Kafka. A topic for each context, a message for each batch. What counts, what
// is owned and what is durable decides its FencedLog; this is the threads, the waiting and
// librdkafka around it.
//
// Order       one_order() is not kept: each partition has its own.
// Durability  a batch is durable when all replicas in sync have it, at the offset that follows the
//             one before: then nobody else wrote in between. That is told by flush() for what this
//             log owns, and by its reader for what others own.
// Lifetime    what is on its way when the log is destroyed may be stored or not; nobody was told.
//             Goes before its Metrics.
// Threading   as the port says. Of two threads of its own, one reads what others own, one looks
//             every second, at one partition after the other, whether what is owned here still is:
//             who does not write learns it so.
// Limits      16 bytes a batch, and the latest blobs; a blob is below message_bytes_max. Opening
//             reads every topic from its beginning.
// Errors      open(): refused for settings and topics that are wrong. append(): conflict for a
//             partition that is not owned or was lost to another; unavailable when it was lost
//             because a delivery failed, and when the queue is full, which loses nothing; damaged
//             when messages are missing. After a loss own() leads on. flush() does not fail.
#pragma once

#include <condition_variable>
#include <thread>

#include "engine/adapters/kafka/fenced_log.h"
#include "engine/adapters/kafka/fetcher.h"
#include "engine/adapters/kafka/producer.h"

namespace holdfast::kafka {

class KafkaLog final : public EventLog, private Brokers {
public:
    static std::expected<std::unique_ptr<KafkaLog>, Error> open(const Settings& settings,
                                                                Metrics& metrics);
    ~KafkaLog() override;

    // What it says at its next own(): where this engine is reached, host:port. None: nobody is sent
    // here.
    void advertise(std::string address);
    // conflict: another was quicker. Blocks, as long as the brokers may take. One that is owned is
    // taken anew, which only costs time.
    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override;
    std::expected<void, Error> read_to_end() override;
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
    // One that is to be owned, and how that goes.
    struct Claim {
        PartitionId at;
        std::expected<void, Error> owned = {};
    };
    using Lock = std::unique_lock<std::mutex>;
    static constexpr std::chrono::milliseconds slice{100};  // of waiting, to see whether it is over

    KafkaLog(const Settings& settings, Metrics& metrics);
    std::expected<void, Error> start();
    std::expected<void, Error> make_or_check_topics();

    // Of the threads.
    void read_on();
    bool look_at(const Message& message);
    void confirm_owned(const std::stop_token& stop);
    void measure_lag();
    void hear(const Sent& sent, rd_kafka_resp_err_t code, std::int64_t offset);

    std::expected<void, Error> renew_producer();
    std::expected<void, Error> read_to_end(PartitionId at);
    std::expected<void, Error> claim(PartitionId at);
    std::expected<void, Error> confirm(PartitionId at);

    std::expected<void, Error> send(Sent what) override;
    bool producer_is_over() const override;
    std::expected<void, Error> start_reading(PartitionId at, std::int64_t offset) override;
    void stop_reading(PartitionId at) override;
    std::string name_of(PartitionId at) const override;

    Settings settings_;
    const Counted counted_;
    const std::vector<PartitionId> partitions_;
    mutable std::mutex mutex_;  // for the log, the producer's place and what follows them
    FencedLog log_;
    std::shared_ptr<Producer> producer_;  // null while one goes; its reports come until then
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
