#include "engine/adapters/kafka/kafka_log.h"

#include <cassert>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/topics.h"
#include "engine/domain/contexts.h"
#include "engine/ports/address.h"
#include "engine/wire/crc32c.h"

namespace holdfast::kafka {
namespace {

constexpr std::size_t frame_bytes_max = 1'024;  // of a message besides its blob
constexpr auto blob_bytes_max = message_bytes_max - frame_bytes_max;

std::vector<PartitionId> events_partitions(const Settings& settings) {
    std::vector<PartitionId> all;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::int32_t n = 0; n < settings.partitions; ++n)
            all.push_back({context, static_cast<std::uint16_t>(n)});
    return all;
}

}  // namespace

std::expected<std::unique_ptr<KafkaLog>, Error> KafkaLog::open(const Settings& settings,
                                                               Metrics& metrics) {
    std::unique_ptr<KafkaLog> log(new KafkaLog(settings, metrics));
    if (auto started = log->start(); !started) return std::unexpected(started.error());
    return log;
}

KafkaLog::KafkaLog(const Settings& settings, Metrics& metrics)
    : settings_(settings),
      counted_(metrics),
      partitions_(events_partitions(settings)),
      log_(partitions_, settings.recent_bytes / partitions_.size(), *this, counted_) {}

std::expected<void, Error> KafkaLog::make_or_check_topics() {
    for (std::uint8_t number = 1; number <= contexts_count; ++number) {
        std::expected<void, Error> made;
        with_context(number, [&]<class C>(C) {
            const auto plan = events_plan(settings_, C::name);
            made = settings_.makes_topics ? make_topic(reader_, settings_, plan)
                                          : check_topic(reader_, settings_, plan);
        });
        if (made) continue;
        auto error = made.error();
        if (error.code == Error::unavailable)
            error.detail += "; does Kafka answer at " + settings_.brokers + "?";
        return std::unexpected(std::move(error));
    }
    return {};
}

std::expected<void, Error> KafkaLog::start() {
    auto client = make_consumer(settings_);
    if (!client) return std::unexpected(client.error());
    reader_ = *std::move(client);
    if (auto ready = make_or_check_topics(); !ready) return ready;
    auto topics = event_topics(reader_, settings_);
    if (!topics) return std::unexpected(topics.error());
    reader_topics_ = *std::move(topics);
    auto fetcher = Fetcher::open(settings_);
    if (!fetcher) return std::unexpected(fetcher.error());
    fetcher_ = *std::move(fetcher);
    if (auto made = renew_producer(); !made) return made;
    read_queue_.reset(rd_kafka_queue_new(reader_.get()));
    if (auto begun = log_.start(); !begun) return begun;
    thread_ = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) read_on();
    });
    confirming_ = std::jthread([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any bell;  // which only `stop` rings
        while (!stop.stop_requested()) {
            measure_lag();
            confirm_owned(stop);
            bell.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
        }
    });
    return {};
}

KafkaLog::~KafkaLog() {
    confirming_ = {};
    thread_.request_stop();
    if (read_queue_) rd_kafka_queue_yield(read_queue_.get());
    if (thread_.joinable()) thread_.join();
    producer_.reset();  // reports what was on its way, which may begin to read a partition again
    for (const auto at : partitions_)
        if (log_.reads(at) && reader_topics_.contains(at.context)) stop_reading(at);
}

void KafkaLog::on_durable(std::function<void()> told) {
    const std::lock_guard lock(telling_);
    on_durable_ = std::move(told);
}
void KafkaLog::on_waiting(std::function<void()> told) {
    const std::lock_guard lock(telling_);
    on_waiting_ = std::move(told);
}

// ---- what the log asks of the brokers ----

std::expected<void, Error> KafkaLog::send(Sent what) { return producer_->send(std::move(what)); }

bool KafkaLog::producer_is_over() const { return producer_ && producer_->is_over(); }

std::expected<void, Error> KafkaLog::start_reading(PartitionId at, std::int64_t offset) {
    auto* topic = reader_topics_.at(at.context).get();
    if (rd_kafka_consume_start_queue(topic, at.partition, offset, read_queue_.get()) == 0)
        return {};
    return std::unexpected(error_of(rd_kafka_last_error(), "reading " + name_of(at)));
}

void KafkaLog::stop_reading(PartitionId at) {
    rd_kafka_consume_stop(reader_topics_.at(at.context).get(), at.partition);
}

std::string KafkaLog::name_of(PartitionId at) const { return kafka::name_of(settings_, at); }

// ---- reading what others own ----

void KafkaLog::read_on() {
    const Message message(
        rd_kafka_consume_queue(read_queue_.get(), static_cast<int>(slice.count())));
    if (!message) return;
    const bool moved = look_at(message);
    looked_at_.notify_all();
    if (!moved) return;
    const std::lock_guard lock(telling_);
    on_durable_();
}

// Whether that made something durable.
bool KafkaLog::look_at(const Message& message) {
    const auto at = partition_of(reader_topics_, message);
    if (!at) {
        spdlog::warn("event=kafka_reader says=\"{}\"", rd_kafka_message_errstr(message.get()));
        return false;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        auto error = error_of(message->err, "reading " + name_of(*at));
        const Lock lock(mutex_);
        log_.cannot_read(*at, std::move(error));
        return false;
    }
    Received received{message->offset, fence_of(message)};
    if (received.fence) received.blob = blob_of(message, *received.fence);
    if (received.fence) received.address = address_of(message);
    const Lock lock(mutex_);
    return log_.look_at(*at, std::move(received));
}

// What the brokers said to have when they last sent something, and what of it was looked at.
void KafkaLog::measure_lag() {
    const Lock lock(mutex_);
    std::int64_t behind = 0;
    for (const auto at : partitions_) {
        if (!log_.reads(at)) continue;
        std::int64_t low = 0, high = 0;
        const auto* topic = rd_kafka_topic_name(reader_topics_.at(at.context).get());
        rd_kafka_get_watermark_offsets(reader_.get(), topic, at.partition, &low, &high);
        behind += std::max<std::int64_t>(0, high - log_.history(at)->offset());
    }
    counted_.behind.set(behind);
}

// ---- writing what is owned ----

std::expected<void, Error> KafkaLog::append(PartitionId at, Sequence first, std::uint32_t count,
                                            Blob blob) {
    assert(count != 0 && blob && !blob->empty());
    if (blob->size() > blob_bytes_max)
        return std::unexpected(Error{
            Error::refused, fmt::format("a batch of {} bytes is too large for a message, which has "
                                        "{}; send less at once",
                                        blob->size(), blob_bytes_max)});
    const auto checksum = wire::crc32c(*blob);
    {
        const Lock lock(mutex_);
        if (auto sent = log_.append(at, {first, count, std::move(blob)}, checksum); !sent)
            return sent;
    }
    const std::lock_guard telling(telling_);
    on_waiting_();
    return {};
}

void KafkaLog::hear(const Sent& sent, rd_kafka_resp_err_t code, std::int64_t offset) {
    Report report{offset};
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        report.failure =
            error_of(code, (sent.fence.count == 0 ? "owning " : "writing to ") + name_of(sent.at));
    const Lock lock(mutex_);
    if (log_.hear(sent, report)) {
        const auto took = std::chrono::steady_clock::now() - sent.sent_at;
        counted_.append.observe(static_cast<std::uint64_t>(took / std::chrono::microseconds(1)));
        ++made_durable_;
    }
    if (report.failure) looked_at_.notify_all();
}

std::expected<std::uint32_t, Error> KafkaLog::flush() {
    Lock lock(mutex_);
    const auto producer = producer_;
    lock.unlock();
    if (!producer) return 0;
    std::uint32_t count = 0;
    const auto awaited = producer->sent();
    do {
        producer->poll(producer->reported() < awaited ? slice : std::chrono::milliseconds(0));
        lock.lock();
        const auto moved = std::exchange(made_durable_, 0);
        lock.unlock();
        if (moved != 0) {
            const std::lock_guard telling(telling_);
            on_durable_();
        }
        count += moved;
    } while (producer->reported() < awaited);
    return count;
}

// ---- what is there ----

Sequence KafkaLog::end(PartitionId at) const {
    const Lock lock(mutex_);
    return log_.end(at);
}

Sequence KafkaLog::durable(PartitionId at) const {
    const Lock lock(mutex_);
    const auto* history = log_.history(at);
    return history ? history->chain().next() : 0;
}

std::expected<Sequence, Error> KafkaLog::acknowledged(PartitionId at) const {
    const Lock lock(mutex_);
    return log_.acknowledged(at);
}

void KafkaLog::advertise(std::string address) {
    assert(address.size() <= address_text_max);
    const Lock lock(mutex_);
    log_.advertise(std::move(address));
}

std::string KafkaLog::leader(PartitionId at) const {
    const Lock lock(mutex_);
    return log_.leader(at);
}

std::expected<StoredBatch, Error> KafkaLog::read(PartitionId at, Sequence from) const {
    History::Place place;
    {
        const Lock lock(mutex_);
        const auto* history = log_.history(at);
        if (!history || from >= history->chain().next()) return StoredBatch{};
        if (auto batch = history->recent(from); batch.blob) return batch;
        place = history->place(from);
    }
    const auto message = fetcher_->fetch(at, place.offset);
    if (!message) return std::unexpected(message.error());
    const auto fence = fence_of(*message);
    if (!fence || fence->first != place.first || fence->count != place.count)
        return std::unexpected(Error{
            Error::damaged, fmt::format("{}, offset {}: the batch from number {} is not there "
                                        "any more; was the topic made anew?",
                                        name_of(at), place.offset, place.first)});
    auto blob = blob_of(*message, *fence);
    if (!blob) return std::unexpected(blob.error());
    return StoredBatch{place.first, place.count, *std::move(blob)};
}

}  // namespace holdfast::kafka
