// Fetcher: old messages by their offset. One after the other they come as a stream; the first of a
// stream waits for the brokers.
//
// Threading  any thread, one fetch at a time.
// Limits     a few streams at once; the one that was longest unused ends for another.
// Errors     unavailable: the brokers do not answer in time. damaged: the message is not there.
#pragma once

#include <deque>
#include <mutex>

#include "engine/adapters/kafka/events.h"

namespace holdfast::kafka {

class Fetcher {
public:
    static std::expected<std::unique_ptr<Fetcher>, Error> open(const Settings& settings);
    ~Fetcher();

    std::expected<Message, Error> fetch(PartitionId at, std::int64_t offset);

private:
    struct Stream {
        PartitionId at;
        std::int64_t next;
    };
    Fetcher(const Settings& settings, Client client, EventTopics topics)
        : settings_(settings), client_(std::move(client)), topics_(std::move(topics)) {}
    std::expected<void, Error> begin(PartitionId at, std::int64_t offset);
    void end(const Stream& stream);
    std::expected<Message, Error> wait(PartitionId at, std::int64_t offset);

    Settings settings_;
    std::mutex mutex_;
    Client client_;
    EventTopics topics_;
    std::deque<Stream> streams_;  // the one used last at the back
};

}  // namespace holdfast::kafka
