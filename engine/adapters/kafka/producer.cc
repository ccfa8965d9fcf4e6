#include "engine/adapters/kafka/producer.h"

#include "engine/adapters/kafka/extent.h"

namespace holdfast::kafka {

std::expected<std::unique_ptr<Producer>, Error> Producer::open(const Settings& settings,
                                                               Heard heard) {
    std::unique_ptr<Producer> producer(new Producer(settings, std::move(heard)));
    auto client = make_producer(settings, hear, producer.get());
    if (!client) return std::unexpected(client.error());
    producer->client_ = *std::move(client);
    return producer;
}

bool Producer::is_over() const {
    return rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

void Producer::give_up() {
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

Producer::~Producer() {
    if (!client_) return;
    give_up();
    while (reported_ < sent_) poll(std::chrono::milliseconds(100));
}

std::expected<void, Error> Producer::name_topics() {
    auto topics = event_topics(client_, settings_);
    if (!topics) return std::unexpected(topics.error());
    topics_ = *std::move(topics);
    return {};
}

std::expected<void, Error> Producer::send(Sent what) {
    auto kept = std::make_unique<Sent>(std::move(what));
    const auto& blob = kept->blob;
    const auto size = blob ? blob->size() : 0;
    // librdkafka takes no const, and writes nothing there.
    auto* bytes = blob ? const_cast<std::byte*>(blob->data()) : nullptr;
    auto* headers = rd_kafka_headers_new(2);
    rd_kafka_header_add(headers, fence_name, -1, &kept->fence, sizeof kept->fence);
    if (const auto& address = kept->address; !address.empty())
        rd_kafka_header_add(headers, address_name, -1, address.data(),
                            static_cast<ssize_t>(address.size()));
    const auto code = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_RKT(topics_.at(kept->at.context).get()),
        RD_KAFKA_V_PARTITION(kept->at.partition), RD_KAFKA_V_VALUE(static_cast<void*>(bytes), size),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(kept.get()), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(code, "sending to " + name_of(settings_, kept->at)));
    static_cast<void>(kept.release());  // hear() gets it back
    ++sent_;
    return {};
}

void Producer::poll(std::chrono::milliseconds wait) {
    rd_kafka_poll(client_.get(), static_cast<int>(wait.count()));
}

std::expected<std::int64_t, Error> Producer::end_of(PartitionId at,
                                                    std::chrono::milliseconds wait) const {
    return kafka::end_of(client_, rd_kafka_topic_name(topics_.at(at.context).get()), at.partition,
                         std::chrono::steady_clock::now() + wait);
}

void Producer::hear(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
    auto& producer = *static_cast<Producer*>(self);
    const std::unique_ptr<Sent> sent(static_cast<Sent*>(message->_private));
    producer.heard_(*sent, message->err, message->offset);
    ++producer.reported_;
}

}  // namespace holdfast::kafka
