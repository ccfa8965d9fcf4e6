#include "engine/adapters/kafka/feeds.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/extent.h"
#include "engine/adapters/kafka/topics.h"

namespace holdfast::kafka {
namespace {

constexpr char place_name[] = "holdfast-place", content_name[] = "content-type",
               content_type[] = "application/cloudevents+json; charset=UTF-8";

using Clock = std::chrono::steady_clock;

int milliseconds(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

// Nothing, or what librdkafka answered to a part of a transaction.
std::expected<void, Error> checked(rd_kafka_error_t* error, const std::string& doing) {
    if (!error) return {};
    auto ours = error_of(rd_kafka_error_code(error), doing);
    ours.detail.append(": ").append(rd_kafka_error_string(error));
    switch (rd_kafka_error_code(error)) {
        case RD_KAFKA_RESP_ERR__FENCED:
        case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
        case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH: ours.code = Error::conflict; break;
        default: break;
    }
    rd_kafka_error_destroy(error);
    return std::unexpected(std::move(ours));
}

std::expected<std::string, Error> place_in(const Message& message, const std::string& name) {
    const auto place = header_of(message, place_name);
    if (!place)
        return std::unexpected(
            Error{Error::damaged,
                  fmt::format("{}: the last message, at offset {}, is none of the engine's: nobody "
                              "else may write there",
                              name, message->offset)});
    return std::string(reinterpret_cast<const char*>(place->data()), place->size());
}

}  // namespace

std::expected<std::unique_ptr<KafkaFeeds>, Error> KafkaFeeds::open(const Settings& settings) {
    std::unique_ptr<KafkaFeeds> made(new KafkaFeeds(settings));
    auto reader = make_feed_reader(settings, true);
    if (!reader) return std::unexpected(reader.error());
    made->reader_ = *std::move(reader);
    auto end_finder = make_feed_reader(settings, false);
    if (!end_finder) return std::unexpected(end_finder.error());
    made->end_finder_ = *std::move(end_finder);
    for (const auto feed : all_feeds) {
        const auto plan = feed_plan(settings, feed);
        if (auto there = make_topic(made->reader_, settings, plan); !there)
            return std::unexpected(there.error());
        auto topic = topic_of(made->reader_, plan.name);
        if (!topic) return std::unexpected(topic.error());
        made->reader_topics_[place_of(feed)] = *std::move(topic);
    }
    return made;
}

// ---- writing ----

std::expected<FeedEnds, Error> KafkaFeeds::take_over(std::uint16_t partition) {
    let_go(partition);
    const auto id = fmt::format("{}.relay.{}", settings_.name_space, partition);
    auto writer = std::make_unique<Writer>();
    auto client = make_feed_writer(
        settings_, id,
        [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
            auto& of = *static_cast<Writer*>(self);
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) of.failed = message->err;
        },
        writer.get());
    if (!client) return std::unexpected(client.error());
    writer->client = *std::move(client);
    auto begun =
        checked(rd_kafka_init_transactions(writer->client.get(), milliseconds(settings_.patience)),
                "taking over " + id);
    if (!begun) return std::unexpected(begun.error());
    auto found = ends(partition, end_finder_);
    if (found) writers_[partition] = std::move(writer);
    if (found) spdlog::info("event=relays partition={}", partition);
    return found;
}

void KafkaFeeds::let_go(std::uint16_t partition) { writers_.erase(partition); }

std::expected<void, Error> KafkaFeeds::write(std::uint16_t partition,
                                             std::span<const FeedRecord> records) {
    const auto found = writers_.find(partition);
    if (found == writers_.end())
        return std::unexpected(
            Error{Error::conflict, "the relay has not taken the partition over"});
    auto sent = send(*found->second, partition, records);
    if (!sent) let_go(partition);  // what became of it the next take_over() finds
    return sent;
}

std::expected<void, Error> KafkaFeeds::send(Writer& writer, std::uint16_t partition,
                                            std::span<const FeedRecord> records) {
    const auto doing = fmt::format("telling in partition {}", partition);
    auto* client = writer.client.get();
    if (auto begun = checked(rd_kafka_begin_transaction(client), doing); !begun) return begun;
    for (const auto& record : records) {
        const auto topic = feed_topic(settings_, record.feed);
        while (true) {
            const auto code = rd_kafka_producev(
                client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
                RD_KAFKA_V_HEADER(content_name, content_type, -1),
                RD_KAFKA_V_HEADER(place_name, record.place.data(),
                                  static_cast<ssize_t>(record.place.size())),
                RD_KAFKA_V_END);
            if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
            if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
                return std::unexpected(error_of(code, doing));
            rd_kafka_poll(client, 100);
            if (writer.failed != RD_KAFKA_RESP_ERR_NO_ERROR)
                return std::unexpected(error_of(writer.failed, doing));
        }
    }
    // Without a time of its own: what is left of transaction.timeout.ms.
    auto committed = checked(rd_kafka_commit_transaction(client, -1), doing);
    if (committed && writer.failed != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(writer.failed, doing));
    return committed;
}

// ---- where the feeds end ----

// Another's may have a transaction open, and be dead: that is not waited for.
std::expected<FeedEnds, Error> KafkaFeeds::ends(std::uint16_t partition) {
    return ends(partition, reader_);
}

std::expected<FeedEnds, Error> KafkaFeeds::ends(std::uint16_t partition, const Client& end) {
    FeedEnds found;
    for (const auto feed : all_feeds) {
        auto place = last_place(feed, partition, end);
        if (!place) return std::unexpected(place.error());
        found[place_of(feed)] = *std::move(place);
    }
    return found;
}

// Markers of transactions, and what was given up with them, lie among the messages: so it is looked
// for ever further back.
std::expected<std::string, Error> KafkaFeeds::last_place(Feed feed, std::uint16_t partition,
                                                         const Client& end) {
    const auto topic = feed_topic(settings_, feed);
    const auto name = name_of(topic, partition);
    const auto extent = extent_of(end, topic, partition, Clock::now() + settings_.patience);
    if (!extent) return std::unexpected(extent.error());
    const auto [low, high] = *extent;
    if (high == 0) return std::string();
    constexpr std::int64_t first_look = 16, further = 16;
    for (std::int64_t back = first_look;; back *= further) {
        const auto from = std::max(low, high - back);
        const auto message = last_message(feed, partition, from, high);
        if (!message) return std::unexpected(message.error());
        if (*message) return place_in(*message, name);
        if (from == 0) return std::string();  // nothing was ever committed
        if (from == low)
            return std::unexpected(Error{
                Error::damaged,
                fmt::format("{}: it holds no message any more, so nobody knows how far it told; "
                            "delete all but the last one, or the topic",
                            name)});
    }
}

// The last that is committed, of those from `from` on; null when there is none.
std::expected<Message, Error> KafkaFeeds::last_message(Feed feed, std::uint16_t partition,
                                                       std::int64_t from, std::int64_t until) {
    auto* topic = reader_topics_[place_of(feed)].get();
    const auto doing = "reading " + name_of(rd_kafka_topic_name(topic), partition);
    if (rd_kafka_consume_start(topic, partition, from) != 0)
        return std::unexpected(error_of(rd_kafka_last_error(), doing));
    const auto deadline = Clock::now() + settings_.patience;
    std::expected<Message, Error> last = Message();
    for (bool at_end = false; last && !at_end;) {
        Message message(rd_kafka_consume(topic, partition, 100));
        if (!message) {
            if (Clock::now() > deadline)
                last = std::unexpected(
                    Error{Error::unavailable,
                          doing + ": something in it is not committed, or no answer"});
        } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            at_end = message->offset >= until;
        } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            last = std::move(message);
        } else if (auto error = error_of(message->err, doing); error.code != Error::unavailable) {
            last = std::unexpected(std::move(error));
        }
    }
    rd_kafka_consume_stop(topic, partition);
    return last;
}

}  // namespace holdfast::kafka
