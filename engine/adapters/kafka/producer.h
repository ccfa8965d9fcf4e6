// Producer: sends batches with their fences, and hears what became of each.
//
// Order      of a partition, as send() was called; reports too.
// Lifetime   what is on its way when it goes is given up: it may still be stored, and is of an
//            epoch that its writer leaves. Each is reported, at the latest then.
// Threading  send(), end_of(): by any. poll(): by any; it is the one that calls `heard`.
// Errors     unavailable: the queue is full, nothing was sent. refused: too large.
#pragma once

#include <atomic>
#include <functional>

#include "engine/adapters/kafka/brokers.h"
#include "engine/adapters/kafka/events.h"

namespace holdfast::kafka {

class Producer {
public:
    // `offset`: where it is stored; -1 when that was not told.
    using Heard = std::function<void(const Sent&, rd_kafka_resp_err_t code, std::int64_t offset)>;

    static std::expected<std::unique_ptr<Producer>, Error> open(const Settings& settings,
                                                                Heard heard);
    ~Producer();
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    std::expected<void, Error> name_topics();  // once they are there
    std::expected<void, Error> send(Sent what);
    void poll(std::chrono::milliseconds wait);
    // The offset after the partition's last message.
    std::expected<std::int64_t, Error> end_of(PartitionId at, std::chrono::milliseconds wait) const;

    bool is_over() const;  // it takes nothing more, ever
    void give_up();        // what is on its way; that is reported as failed

    std::uint64_t sent() const { return sent_; }
    std::uint64_t reported() const { return reported_; }

private:
    Producer(const Settings& settings, Heard heard)
        : settings_(settings), heard_(std::move(heard)) {}
    static void hear(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);

    Settings settings_;
    Heard heard_;
    Client client_;
    EventTopics topics_;
    std::atomic<std::uint64_t> sent_ = 0, reported_ = 0;
};

}  // namespace holdfast::kafka
