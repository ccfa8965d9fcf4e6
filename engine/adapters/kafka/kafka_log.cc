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

}  // namespace

std::expected<std::unique_ptr<KafkaLog>, Error> KafkaLog::open(const Settings& settings,
                                                               Metrics& metrics) {
    std::unique_ptr<KafkaLog> log(new KafkaLog(settings, metrics));
    if (auto started = log->start(); !started) return std::unexpected(started.error());
    return log;
}

KafkaLog::KafkaLog(const Settings& settings, Metrics& metrics)
    : settings_(settings), counted_(metrics) {
    const auto count = std::size_t{contexts_count} * static_cast<std::size_t>(settings.partitions);
    const auto recent_bytes = settings.recent_bytes / count;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::int32_t n = 0; n < settings.partitions; ++n)
            partitions_.emplace(PartitionId{context, static_cast<std::uint16_t>(n)},
                                Partition(recent_bytes));
}

std::expected<void, Error> KafkaLog::start() {
    producer_failed_ = true;  // there is none
    auto client = make_consumer(settings_);
    if (!client) return std::unexpected(client.error());
    reader_ = *std::move(client);
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
    auto topics = event_topics(reader_, settings_);
    if (!topics) return std::unexpected(topics.error());
    reader_topics_ = *std::move(topics);
    auto fetcher = Fetcher::open(settings_);
    if (!fetcher) return std::unexpected(fetcher.error());
    fetcher_ = *std::move(fetcher);
    if (auto made = renew_producer(); !made) return made;
    read_queue_.reset(rd_kafka_queue_new(reader_.get()));
    for (const auto& [at, partition] : partitions_)
        if (auto begun = start_reading(at, 0); !begun) return begun;
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
    for (const auto& [at, partition] : partitions_)
        if (partition.read && reader_topics_.contains(at.context))
            rd_kafka_consume_stop(reader_topics_.at(at.context).get(), at.partition);
}

KafkaLog::Partition* KafkaLog::find(PartitionId at) const {
    const auto found = partitions_.find(at);
    return found == partitions_.end() ? nullptr : &found->second;
}

void KafkaLog::on_durable(std::function<void()> told) {
    const std::lock_guard lock(telling_);
    on_durable_ = std::move(told);
}
void KafkaLog::on_waiting(std::function<void()> told) {
    const std::lock_guard lock(telling_);
    on_waiting_ = std::move(told);
}

// ---- writing what is owned ----

Error KafkaLog::not_owned(PartitionId at, const Partition* partition) const {
    if (partition && partition->lost) return *partition->lost;
    return {Error::conflict, name_of(settings_, at) + " is not owned here"};
}

std::expected<void, Error> KafkaLog::append(PartitionId at, Sequence first, std::uint32_t count,
                                            Blob blob) {
    assert(count != 0 && blob && !blob->empty());
    if (blob->size() > blob_bytes_max)
        return std::unexpected(Error{
            Error::refused, fmt::format("a batch of {} bytes is too large for a message, which has "
                                        "{}; send less at once",
                                        blob->size(), blob_bytes_max)});
    const auto checksum = wire::crc32c(*blob);
    Lock lock(mutex_);
    auto* partition = find(at);
    if (!partition || !partition->owned) return std::unexpected(not_owned(at, partition));
    if (partition->ahead.next() != first)
        return std::unexpected(Error{
            Error::conflict, fmt::format("{}: number {} came where {} is next",
                                         name_of(settings_, at), first, partition->ahead.next())});
    if (producer_failed_)
        return std::unexpected(
            Error{Error::unavailable, "the producer failed: own the partition again"});
    const auto fence = partition->ahead.following(count, checksum);
    if (auto sent = producer_->send({at, fence, std::move(blob)}); !sent) {
        producer_failed_ = producer_failed_ || producer_->is_over();
        return sent;
    }
    ++partition->unreported;
    const auto verdict = partition->ahead.take(fence);
    assert(verdict == Chain::Verdict::taken);
    lock.unlock();
    const std::lock_guard telling(telling_);
    on_waiting_();
    return {};
}

// Only a report at exactly the next offset shows that nobody wrote in between.
void KafkaLog::hear(const Sent& sent, rd_kafka_resp_err_t code, std::int64_t offset) {
    const Lock lock(mutex_);
    auto& partition = *find(sent.at);
    const bool is_open = sent.fence.count == 0;
    const bool is_claim = is_open && sent.fence.nonce == partition.claimed && !partition.owned;
    if (is_claim && code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        partition.lost = error_of(code, "owning " + name_of(settings_, sent.at));
        producer_failed_ = producer_failed_ || (producer_ && producer_->is_over());
        looked_at_.notify_all();
    }
    const auto& chain = partition.history.chain();
    if (is_open || !partition.owned || chain.nonce() != sent.fence.nonce) return;
    --partition.unreported;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        producer_failed_ = true;
        const auto why = error_of(code, "writing to " + name_of(settings_, sent.at));
        for (auto& [at, other] : partitions_)
            if (other.owned) lose(at, other, why);
        return;
    }
    if (offset != partition.history.offset()) {
        lose(sent.at, partition,
             {Error::conflict,
              fmt::format("{}: a batch was stored at offset {} where {} is next: another engine "
                          "writes here",
                          name_of(settings_, sent.at), offset, partition.history.offset())});
        return;
    }
    const auto verdict = partition.history.take(sent.fence, sent.blob);
    assert(verdict == Chain::Verdict::taken);
    const auto took = std::chrono::steady_clock::now() - sent.sent_at;
    counted_.append.observe(static_cast<std::uint64_t>(took / std::chrono::microseconds(1)));
    ++made_durable_;
}

void KafkaLog::lose(PartitionId at, Partition& partition, const Error& why) {
    spdlog::warn("event=lost partition=\"{}\" why=\"{}\"", name_of(settings_, at), why.detail);
    counted_.lost(why).add();
    partition.lost = why;
    let_go(at, partition);
}

// What was sent may be stored and count: the reader finds out.
void KafkaLog::let_go(PartitionId at, Partition& partition) {
    partition.owned = false;
    if (auto begun = start_reading(at, partition.history.offset()); !begun)
        become_stuck(at, partition, begun.error());
    partition.read = !partition.stuck;
}

void KafkaLog::become_stuck(PartitionId at, Partition& partition, Error why) {
    spdlog::error("event=log_stuck partition=\"{}\" why=\"{}\"", name_of(settings_, at),
                  why.detail);
    counted_.stuck.add(1);
    partition.stuck = std::move(why);
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
    const auto* partition = find(at);
    if (!partition) return 0;
    return partition->owned ? partition->ahead.next() : partition->history.chain().next();
}

Sequence KafkaLog::durable(PartitionId at) const {
    const Lock lock(mutex_);
    const auto* partition = find(at);
    return partition ? partition->history.chain().next() : 0;
}

std::expected<Sequence, Error> KafkaLog::acknowledged(PartitionId at) const {
    const Lock lock(mutex_);
    const auto* partition = find(at);
    if (!partition || !partition->owned) return std::unexpected(not_owned(at, partition));
    return partition->history.chain().next();
}

void KafkaLog::advertise(std::string address) {
    assert(address.size() <= address_text_max);
    const Lock lock(mutex_);
    address_ = std::move(address);
}

std::string KafkaLog::leader(PartitionId at) const {
    const Lock lock(mutex_);
    const auto* partition = find(at);
    if (!partition || partition->owned || partition->leader == address_) return {};
    return partition->leader;
}

std::expected<StoredBatch, Error> KafkaLog::read(PartitionId at, Sequence from) const {
    History::Place place;
    {
        const Lock lock(mutex_);
        const auto* partition = find(at);
        if (!partition || from >= partition->history.chain().next()) return StoredBatch{};
        if (auto batch = partition->history.recent(from); batch.blob) return batch;
        place = partition->history.place(from);
    }
    const auto message = fetcher_->fetch(at, place.offset);
    if (!message) return std::unexpected(message.error());
    const auto fence = fence_of(*message);
    if (!fence || fence->first != place.first || fence->count != place.count)
        return std::unexpected(Error{
            Error::damaged, fmt::format("{}, offset {}: the batch from number {} is not there "
                                        "any more; was the topic made anew?",
                                        name_of(settings_, at), place.offset, place.first)});
    auto blob = blob_of(*message, *fence);
    if (!blob) return std::unexpected(blob.error());
    return StoredBatch{place.first, place.count, *std::move(blob)};
}

}  // namespace holdfast::kafka
