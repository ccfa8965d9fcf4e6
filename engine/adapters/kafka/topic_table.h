// TopicTable: a SharedTable on a compacted topic of one partition. A message is a row: its key the
// name, its value the row's, null when that is gone.
//
// Order       the partition's.
// Durability  what is told is in all replicas in sync. A row that is gone, or was written again, is
//             on the brokers' disks until they compact: max.compaction.lag.ms and tick_every later
//             at the longest, and what their cleaner then needs. They never compact the segment
//             that is written, and begin another only when something is: so each engine writes the
//             row "tick" now and then, which tells nobody anything.
// Lifetime    what is on its way when it goes may be written or not.
// Threading   as the port. `told` is called by follow(), later by a thread of its own; another
//             ticks.
// Limits      a write waits `patience`, and for those before it. Who was cut off for longer than
//             the topic's delete.retention.ms may miss that a row is gone, until it begins again.
// Errors      open(): refused for a topic that is wrong. As the port's.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/adapters/kafka/extent.h"
#include "engine/adapters/kafka/topics.h"
#include "engine/ports/shared_table.h"

namespace holdfast::kafka {

class TopicTable final : public SharedTable {
public:
    struct Times {
        std::chrono::milliseconds patience{3'000}, tick_every{std::chrono::hours(1)};
    };
    static std::expected<std::unique_ptr<TopicTable>, Error> open(const Settings& settings,
                                                                  const TopicPlan& plan,
                                                                  Times times);
    ~TopicTable() override;

    std::expected<void, Error> follow(Told told) override;
    std::expected<void, Error> write(const std::vector<Row>& rows) override;
    std::expected<void, Error> catch_up() override;

private:
    // Of the messages of one write.
    struct Delivered {
        std::size_t unreported = 0;
        std::int64_t end = 0;  // behind the last of them
        rd_kafka_resp_err_t failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    };

    TopicTable(const Settings& settings, std::string topic, Times times)
        : settings_(settings), topic_(std::move(topic)), times_(times) {}
    static void hear(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);

    std::expected<void, Error> read_on();
    std::expected<void, Error> look_at(const Message& message);
    std::expected<void, Error> read_to_end();
    void tick(const std::stop_token& stop);

    // One caller at a time.
    std::expected<void, Error> renew_producer();
    void give_up_producer();
    std::expected<void, Error> send(const std::vector<Row>& rows);
    std::expected<std::int64_t, Error> end_offset(Until until);
    std::expected<void, Error> wait_until_told(std::int64_t offset, Until until);

    Settings settings_;
    std::string topic_;
    Times times_;
    Told told_;

    std::mutex writing_;  // for the producer, with what waits for it
    Client producer_;     // null after a failure: what it still had comes at once or never
    Topic to_;
    Delivered delivered_;

    std::mutex mutex_;
    std::condition_variable read_;
    std::int64_t next_ = 0;  // offset; all before it was told
    std::optional<Error> stuck_;

    Client reader_;
    Topic from_;
    std::jthread reading_, ticking_;
};

}  // namespace holdfast::kafka
