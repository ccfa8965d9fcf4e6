// KafkaFeeds: the public topics, <namespace>.public-events and <namespace>.fulfillment: one message
// a record; whoever reads with isolation.level=read_committed sees each once and in order.
//
// Order       partition p of both topics tells of partition p of the contexts.
// Invariant   one write() is one Kafka transaction of the transactional.id <namespace>.relay.<p>.
//             To take p over is to make a producer of that id: the brokers end what the one before
//             had open, and refuse what he still sends (KIP-98). Then nothing is pending, and the
//             last committed message says how far the relay was. docs/adr/0018 says why.
// Durability  a write() that returned is acknowledged by all replicas in sync, as its commit is.
// Threading   as the port.
// Limits      one producer for each partition that is led. A transaction that nobody ends is ended
//             by the brokers after transaction.timeout.ms; until then readers wait.
// Errors      as the port. open(): refused, for topics with other settings.
#pragma once

#include <map>

#include "engine/adapters/kafka/library.h"
#include "engine/ports/feed_sink.h"

namespace holdfast::kafka {

class KafkaFeeds final : public FeedSink {
public:
    // Its topics are there then.
    static std::expected<std::unique_ptr<KafkaFeeds>, Error> open(const Settings& settings);

    std::expected<FeedEnds, Error> take_over(std::uint16_t partition) override;
    void let_go(std::uint16_t partition) override;
    std::expected<void, Error> write(std::uint16_t partition,
                                     std::span<const FeedRecord> records) override;
    std::expected<FeedEnds, Error> ends(std::uint16_t partition) override;

private:
    // Of one partition; what became of what it sent.
    struct Writer {
        rd_kafka_resp_err_t failed = RD_KAFKA_RESP_ERR_NO_ERROR;
        Client client;  // last: its reports go here while it goes
    };
    explicit KafkaFeeds(const Settings& settings) : settings_(settings) {}

    std::expected<void, Error> send(Writer& writer, std::uint16_t partition,
                                    std::span<const FeedRecord> records);
    // `end`: by whom it is found: of what is committed by now, or of all that is there.
    std::expected<FeedEnds, Error> ends(std::uint16_t partition, const Client& end);
    std::expected<std::string, Error> last_place(Feed feed, std::uint16_t partition,
                                                 const Client& end);
    std::expected<Message, Error> last_message(Feed feed, std::uint16_t partition,
                                               std::int64_t from, std::int64_t until);

    Settings settings_;
    Client reader_;      // of what is committed
    Client end_finder_;  // of all that is there
    std::array<Topic, feeds_count> reader_topics_;
    std::map<std::uint16_t, std::unique_ptr<Writer>> writers_;
};

}  // namespace holdfast::kafka
