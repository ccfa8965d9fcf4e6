#include "engine/adapters/kafka/commands.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/topics.h"
#include "engine/domain/contexts.h"

namespace holdfast::kafka {
namespace {

// What is read ahead is kept for each partition of each context.
Settings of_a_reader(Settings settings) {
    settings.properties["queued.max.messages.kbytes"] = "1024";
    settings.properties["enable.partition.eof"] = "true";  // so that a topic that is empty answers
    settings.properties["fetch.message.max.bytes"] = std::to_string(1 << 20);
    return settings;
}

std::string text_of(const void* bytes, std::size_t size) {
    return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

CommandMessage read(const rd_kafka_message_t& from) {
    CommandMessage message;
    message.offset = static_cast<std::uint64_t>(from.offset);
    message.key = text_of(from.key, from.key_len);
    message.value = text_of(from.payload, from.len);
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&from, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return message;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
        message.headers.emplace_back(name, text_of(value, size));
    return message;
}

}  // namespace

std::expected<std::unique_ptr<KafkaCommands>, Error> KafkaCommands::open(const Settings& settings) {
    std::unique_ptr<KafkaCommands> source(new KafkaCommands(settings));
    auto client = make_consumer(of_a_reader(settings));
    if (!client) return std::unexpected(client.error());
    source->client_ = *std::move(client);
    if (auto named = source->name_topics(); !named) return std::unexpected(named.error());
    return source;
}

std::expected<void, Error> KafkaCommands::name_topics() {
    for (std::uint8_t number = 1; number <= contexts_count; ++number) {
        const auto plan = commands_plan(settings_, context_name(number));
        if (auto made = make_topic(client_, settings_, plan); !made) return made;
        auto topic = topic_of(client_, plan.name);
        if (!topic) return std::unexpected(topic.error());
        topics_.emplace(number, *std::move(topic));
    }
    return {};
}

KafkaCommands::~KafkaCommands() {
    while (!readings_.empty()) end(readings_.begin()->first);
    topics_.clear();
}

std::string KafkaCommands::name_of(PartitionId at) const {
    return kafka::name_of(rd_kafka_topic_name(topics_.at(at.context).get()), at.partition);
}

void KafkaCommands::on_waiting(std::function<void()> told) {
    const std::lock_guard lock(telling_);
    told_ = std::move(told);
}

void KafkaCommands::wake(rd_kafka_t*, void* self) {
    const auto& source = *static_cast<KafkaCommands*>(self);
    const std::lock_guard lock(source.telling_);
    source.told_();
}

// Each partition has a queue of its own: one that is not taken from stops being read ahead, and
// holds up no other.
std::expected<void, Error> KafkaCommands::begin(PartitionId at, std::uint64_t offset) {
    end(at);
    Queue queue(rd_kafka_queue_new(client_.get()));
    rd_kafka_queue_cb_event_enable(queue.get(), &KafkaCommands::wake, this);
    if (rd_kafka_consume_start_queue(topics_.at(at.context).get(), at.partition,
                                     static_cast<std::int64_t>(offset), queue.get()) != 0)
        return std::unexpected(error_of(rd_kafka_last_error(), "reading " + name_of(at)));
    readings_.emplace(at, Reading{std::move(queue), offset, false});
    return {};
}

void KafkaCommands::end(PartitionId at) {
    const auto found = readings_.find(at);
    if (found == readings_.end()) return;
    rd_kafka_consume_stop(topics_.at(at.context).get(), at.partition);
    rd_kafka_queue_cb_event_enable(found->second.queue.get(), nullptr, nullptr);
    readings_.erase(found);
}

// As events: only so a topic that is gone is heard of.
std::expected<std::optional<CommandMessage>, Error> KafkaCommands::take(PartitionId at) {
    const auto found = readings_.find(at);
    if (found == readings_.end()) return std::nullopt;
    auto& reading = found->second;
    while (true) {
        const Owned<rd_kafka_event_t> said(rd_kafka_queue_poll(reading.queue.get(), 0));
        if (!said) return std::nullopt;
        const auto code = rd_kafka_event_error(said.get());
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__PARTITION_EOF)
            return fail(at, code);
        reading.has_answered = true;
        const auto* message = rd_kafka_event_message_next(said.get());
        if (message == nullptr) continue;  // the end
        if (message->offset < static_cast<std::int64_t>(reading.next)) continue;
        reading.next = static_cast<std::uint64_t>(message->offset) + 1;
        return read(*message);
    }
}

// What the brokers say of where the topic begins and ends tells what is wrong.
std::expected<std::optional<CommandMessage>, Error> KafkaCommands::fail(PartitionId at,
                                                                        rd_kafka_resp_err_t code) {
    constexpr std::chrono::seconds patience{1};
    const auto next = readings_.at(at).next;
    auto error = error_of(code, "reading " + name_of(at));
    end(at);
    if (error.code != Error::damaged) return std::unexpected(std::move(error));
    const auto there = extent_of(client_, rd_kafka_topic_name(topics_.at(at.context).get()),
                                 at.partition, std::chrono::steady_clock::now() + patience);
    if (!there) return std::unexpected(std::move(error));
    const bool are_deleted = there->low > static_cast<std::int64_t>(next);
    if (!are_deleted && static_cast<std::int64_t>(next) <= there->high) {
        error.code = Error::unavailable;  // by now it has what is next
        return std::unexpected(std::move(error));
    }
    if (!are_deleted || !settings_.skips_deleted_commands)
        return std::unexpected(out_of_reach(at, next, *there));
    spdlog::warn("event=deleted_commands_skipped partition=\"{}\" from={} to={}", name_of(at), next,
                 there->low - 1);
    if (auto begun = begin(at, static_cast<std::uint64_t>(there->low)); !begun)
        return std::unexpected(begun.error());
    return std::nullopt;
}

Error KafkaCommands::out_of_reach(PartitionId at, std::uint64_t next, const Extent& there) const {
    if (there.low > static_cast<std::int64_t>(next))
        return {Error::damaged,
                fmt::format("{} begins at offset {}, and {} is to be taken next: commands were "
                            "deleted before they were decided; restore them, or start once with "
                            "--skip-deleted-commands",
                            name_of(at), there.low, next)};
    return {
        Error::damaged,
        fmt::format("{} ends at offset {}, and {} is to be taken next: the topic was made anew; "
                    "restore it from a copy",
                    name_of(at), there.high, next)};
}

std::optional<std::uint64_t> KafkaCommands::end_offset(PartitionId at) const {
    const auto found = readings_.find(at);
    if (found == readings_.end() || !found->second.has_answered) return std::nullopt;
    std::int64_t low = 0, high = 0;
    if (rd_kafka_get_watermark_offsets(client_.get(),
                                       rd_kafka_topic_name(topics_.at(at.context).get()),
                                       at.partition, &low, &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(high);
}

}  // namespace holdfast::kafka
