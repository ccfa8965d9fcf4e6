#include "engine/adapters/kafka/extent.h"

#include <algorithm>
#include <thread>

namespace holdfast::kafka {
namespace {

// The times by which Kafka gives a partition's first offset, and the one behind its last message.
constexpr std::int64_t earliest = -2, latest = -1;

// Which offset of which partition is asked for.
struct Asked {
    const std::string& topic;
    std::int32_t partition;
    std::int64_t which;
};

// rd_kafka_query_watermark_offsets waits for ever for a broker that is down.
std::expected<std::int64_t, rd_kafka_resp_err_t> ask_offset(const Client& client,
                                                            const Asked& asked, int wait_ms) {
    const std::unique_ptr<rd_kafka_topic_partition_list_t,
                          decltype(&rd_kafka_topic_partition_list_destroy)>
        list(rd_kafka_topic_partition_list_new(1), rd_kafka_topic_partition_list_destroy);
    auto* one = rd_kafka_topic_partition_list_add(list.get(), asked.topic.c_str(), asked.partition);
    one->offset = asked.which;
    const auto code = rd_kafka_offsets_for_times(client.get(), list.get(), wait_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(code);
    if (one->err != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(one->err);
    return one->offset;
}

// A client that has nothing of a topic but its name hears of a new leader only when it asks.
void ask_who_leads(const Client& client, const std::string& topic, int wait_ms) {
    const auto asked = topic_of(client, topic);
    if (!asked) return;
    const rd_kafka_metadata_t* told = nullptr;
    if (rd_kafka_metadata(client.get(), 0, asked->get(), &told, wait_ms) ==
        RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_metadata_destroy(told);
}

// Who is answered to the last that there is no such topic is no more waiting for brokers.
Error at_last(Error error, rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            error.detail += "; the brokers do not have it: was the topic deleted?";
            error.code = Error::refused;
            break;
        default: break;
    }
    return error;
}

std::expected<std::int64_t, Error> offset_of(const Client& client, const Asked& asked,
                                             Until until) {
    using std::chrono::milliseconds;
    using Clock = std::chrono::steady_clock;
    // Whoever led may be down, and another lead by now.
    constexpr milliseconds pause{100}, least{1}, one_try{1'000};
    for (;; std::this_thread::sleep_for(pause)) {
        const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
        const auto wait = static_cast<int>(std::clamp(left, least, one_try).count());
        const auto offset = ask_offset(client, asked, wait);
        if (offset) return *offset;
        auto error = error_of(offset.error(),
                              "asking for the end of " + name_of(asked.topic, asked.partition));
        if (error.code != Error::unavailable) return std::unexpected(std::move(error));
        if (Clock::now() + pause > until)
            return std::unexpected(at_last(std::move(error), offset.error()));
        ask_who_leads(client, asked.topic, wait);
    }
}

}  // namespace

std::expected<std::int64_t, Error> end_of(const Client& client, const std::string& topic,
                                          std::int32_t partition, Until until) {
    return offset_of(client, {topic, partition, latest}, until);
}

std::expected<Extent, Error> extent_of(const Client& client, const std::string& topic,
                                       std::int32_t partition, Until until) {
    const auto low = offset_of(client, {topic, partition, earliest}, until);
    if (!low) return std::unexpected(low.error());
    const auto high = end_of(client, topic, partition, until);
    if (!high) return std::unexpected(high.error());
    return Extent{*low, *high};
}

}  // namespace holdfast::kafka
