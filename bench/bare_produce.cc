#include "bench/bare_produce.h"

#include "engine/adapters/kafka/extent.h"
#include "engine/adapters/kafka/topics.h"

namespace holdfast::bench {
namespace {

using Steady = std::chrono::steady_clock;

// What became of the batches, as their reports say; each comes with how many records it has.
struct Reports {
    std::size_t on_their_way = 0;
    rd_kafka_resp_err_t failure = RD_KAFKA_RESP_ERR_NO_ERROR;
};
void note(rd_kafka_t*, const rd_kafka_message_t* message, void* to) {
    auto& reports = *static_cast<Reports*>(to);
    reports.on_their_way -= *static_cast<const std::uint32_t*>(message->_private);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) reports.failure = message->err;
}

Error failed(rd_kafka_resp_err_t code) { return kafka::error_of(code, "producing with no engine"); }

}  // namespace

std::expected<BareProduce, Error> BareProduce::of(const kafka::Settings& settings,
                                                  const std::string& topic) {
    BareProduce made(settings);
    auto reader = kafka::make_consumer(settings);
    if (!reader) return std::unexpected(reader.error());
    made.reader_ = *std::move(reader);
    const auto from = kafka::topic_of(made.reader_, topic);
    if (!from) return std::unexpected(from.error());
    for (std::int32_t partition = 0; partition < settings.partitions; ++partition)
        if (auto read = made.read(made.reader_, *from, partition); !read)
            return std::unexpected(read.error());
    return made;
}

std::expected<void, Error> BareProduce::read(const kafka::Client& reader, const kafka::Topic& topic,
                                             std::int32_t partition) {
    const auto until = Steady::now() + settings_.patience;
    const auto extent =
        kafka::extent_of(reader, rd_kafka_topic_name(topic.get()), partition, until);
    if (!extent) return std::unexpected(extent.error());
    rd_kafka_consume_start(topic.get(), partition, extent->low);
    for (auto next = extent->low; next < extent->high;) {
        kafka::Message message(
            rd_kafka_consume(topic.get(), partition, static_cast<int>(settings_.patience.count())));
        if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return std::unexpected(
                kafka::error_of(message ? message->err : RD_KAFKA_RESP_ERR__TIMED_OUT,
                                "reading back what was stored"));
        next = message->offset + 1;
        const auto fence = kafka::fence_of(message);
        if (fence && fence->count != 0) batches_.push_back({std::move(message), fence->count});
    }
    rd_kafka_consume_stop(topic.get(), partition);
    return {};
}

double BareProduce::bytes() const {
    double bytes = 0;
    for (const auto& batch : batches_) bytes += static_cast<double>(batch.message->len);
    return bytes;
}

double BareProduce::records() const {
    double records = 0;
    for (const auto& batch : batches_) records += batch.records;
    return records;
}

std::expected<double, Error> BareProduce::run(const std::string& to,
                                              std::size_t records_in_flight) const {
    Reports reports;
    const auto client = kafka::make_producer(settings_, note, &reports);
    if (!client) return std::unexpected(client.error());
    auto plan = kafka::events_plan(settings_, {});
    plan.name = to;
    if (auto made = kafka::make_topic(*client, settings_, plan); !made)
        return std::unexpected(made.error());
    const auto topic = kafka::topic_of(*client, to);
    if (!topic) return std::unexpected(topic.error());
    const auto start = Steady::now();
    for (const auto& [message, records] : batches_) {
        while (reports.on_their_way != 0 && reports.on_their_way + records > records_in_flight)
            rd_kafka_poll(client->get(), 100);
        const auto code = rd_kafka_producev(
            client->get(), RD_KAFKA_V_RKT(topic->get()), RD_KAFKA_V_PARTITION(message->partition),
            RD_KAFKA_V_VALUE(message->payload, message->len),
            RD_KAFKA_V_OPAQUE(const_cast<std::uint32_t*>(&records)), RD_KAFKA_V_END);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(failed(code));
        reports.on_their_way += records;
    }
    while (reports.on_their_way != 0) rd_kafka_poll(client->get(), 100);
    const auto seconds = std::chrono::duration<double>(Steady::now() - start).count();
    if (reports.failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(failed(reports.failure));
    return seconds;
}

}  // namespace holdfast::bench
