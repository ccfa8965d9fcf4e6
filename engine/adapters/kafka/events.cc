#include "engine/adapters/kafka/events.h"

#include <cstring>

#include <fmt/format.h>

#include "engine/adapters/kafka/topics.h"
#include "engine/domain/contexts.h"
#include "engine/ports/address.h"
#include "engine/wire/crc32c.h"

namespace holdfast::kafka {
namespace {

std::span<const std::byte> payload_of(const Message& message) {
    return {static_cast<const std::byte*>(message->payload), message->len};
}

}  // namespace

std::expected<EventTopics, Error> event_topics(const Client& client, const Settings& settings) {
    EventTopics topics;
    for (std::uint8_t number = 1; number <= contexts_count; ++number) {
        auto topic = topic_of(client, events_topic(settings, context_name(number)));
        if (!topic) return std::unexpected(topic.error());
        topics.emplace(number, *std::move(topic));
    }
    return topics;
}

std::string name_of(const Settings& settings, PartitionId at) {
    return name_of(events_topic(settings, context_name(at.context)), at.partition);
}

std::optional<PartitionId> partition_of(const EventTopics& topics, const Message& message) {
    if (!message->rkt) return std::nullopt;
    const std::string_view name = rd_kafka_topic_name(message->rkt);
    for (const auto& [number, topic] : topics)
        if (name == rd_kafka_topic_name(topic.get()))
            return PartitionId{number, static_cast<std::uint16_t>(message->partition)};
    return std::nullopt;
}

std::optional<Fence> fence_of(const Message& message) {
    const auto bytes = header_of(message, fence_name);
    const auto fence = bytes ? read_fence(*bytes) : std::nullopt;
    if (!fence || (fence->count == 0) != (message->len == 0)) return std::nullopt;
    return fence;
}

std::string address_of(const Message& message) {
    const auto bytes = header_of(message, address_name);
    if (!bytes || bytes->size() > address_text_max) return {};
    return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

std::expected<Blob, Error> blob_of(const Message& message, const Fence& fence) {
    const auto bytes = payload_of(message);
    if (wire::crc32c(bytes) != fence.checksum)
        return std::unexpected(
            Error{Error::damaged,
                  fmt::format("{}, partition {}, offset {}: the batch of numbers {} to {} does not "
                              "match its checksum; restore the topic from a copy",
                              rd_kafka_topic_name(message->rkt), message->partition,
                              message->offset, fence.first, fence.first + fence.count - 1)});
    return std::make_shared<const Bytes>(bytes.begin(), bytes.end());
}

}  // namespace holdfast::kafka
