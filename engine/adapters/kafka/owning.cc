// KafkaLog, the other half: reading what others own, and becoming the owner.
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/kafka_log.h"

namespace holdfast::kafka {
namespace {

std::uint64_t new_nonce() {
    std::random_device random;
    return std::uint64_t{random()} << 32 | random();
}

}  // namespace

// ---- reading what others own ----

std::expected<void, Error> KafkaLog::start_reading(PartitionId at, std::int64_t offset) {
    auto* topic = reader_topics_.at(at.context).get();
    if (rd_kafka_consume_start_queue(topic, at.partition, offset, read_queue_.get()) == 0)
        return {};
    return std::unexpected(error_of(rd_kafka_last_error(), "reading " + name_of(settings_, at)));
}

void KafkaLog::read_on() {
    const Message message(
        rd_kafka_consume_queue(read_queue_.get(), static_cast<int>(slice.count())));
    if (!message) return;
    const bool moved = look_at(message);
    looked_at_.notify_all();
    if (!moved) return;
    Lock lock(mutex_);
    const auto told = on_durable_;
    lock.unlock();
    told();
}

// Whether that made something durable.
bool KafkaLog::look_at(const Message& message) {
    const auto at = partition_of(reader_topics_, message);
    if (!at) {
        spdlog::warn("event=kafka_reader says=\"{}\"", rd_kafka_message_errstr(message.get()));
        return false;
    }
    const Lock lock(mutex_);
    auto* partition = find(*at);
    if (!partition || !partition->read || partition->stuck) return false;
    const auto before = partition->history.chain().next();
    look_at(*partition, *at, message);
    if (partition->stuck)
        spdlog::error("event=log_stuck partition=\"{}\" why=\"{}\"", name_of(settings_, *at),
                      partition->stuck->detail);
    return partition->history.chain().next() != before;
}

void KafkaLog::look_at(Partition& partition, PartitionId at, const Message& message) {
    auto& history = partition.history;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        auto error = error_of(message->err, "reading " + name_of(settings_, at));
        if (error.code == Error::damaged) {
            error.detail += fmt::format(
                "; the topic does not begin at, or go on from, offset {}: "
                "records are missing; restore it from a copy",
                history.offset());
            partition.stuck = std::move(error);
        } else {
            spdlog::warn("event=kafka_reader why=\"{}\"", error.detail);
        }
        return;
    }
    if (message->offset < history.offset()) return;
    if (message->offset > history.offset()) {
        partition.stuck = Error{
            Error::damaged,
            fmt::format("{}: the messages from offset {} to {} are missing; restore the topic from "
                        "a copy",
                        name_of(settings_, at), history.offset(), message->offset - 1)};
        return;
    }
    const auto fence = fence_of(message);
    if (!fence) {
        spdlog::warn("event=foreign_message partition=\"{}\" offset={}", name_of(settings_, at),
                     message->offset);
        return history.pass_over();
    }
    auto blob = blob_of(message, *fence);
    if (!blob) {
        partition.stuck = blob.error();
        return;
    }
    if (history.take(*fence, *std::move(blob)) == Chain::Verdict::passed_over)
        spdlog::info("event=passed_over partition=\"{}\" offset={} epoch={} first={}",
                     name_of(settings_, at), message->offset, fence->epoch, fence->first);
}

// ---- owning ----

std::expected<Sequence, Error> KafkaLog::own(PartitionId at) {
    const std::lock_guard one(owning_);
    auto* partition = find(at);
    if (!partition)
        return std::unexpected(Error{Error::refused, name_of(settings_, at) + " is not there"});
    {
        // Whether it still is ours is not known: another may own it, and we have written nothing
        // since.
        const Lock lock(mutex_);
        if (partition->owned) let_go(at, *partition);
    }
    if (auto ready = renew_producer(); !ready) return std::unexpected(ready.error());
    if (auto read = read_to_end(at, *partition); !read) return std::unexpected(read.error());
    if (auto claimed = claim(at, *partition); !claimed) return std::unexpected(claimed.error());
    // The reader's last message of it may still be on its way; it is looked at by nobody.
    rd_kafka_consume_stop(reader_topics_.at(at.context).get(), at.partition);
    const Lock lock(mutex_);
    partition->ahead = partition->history.chain();
    partition->owned = true;
    partition->lost.reset();
    spdlog::info("event=owned partition=\"{}\" epoch={} next={}", name_of(settings_, at),
                 partition->ahead.epoch(), partition->ahead.next());
    return partition->ahead.next();
}

// After a failure the old one goes first: it must not send again what it still has.
std::expected<void, Error> KafkaLog::renew_producer() {
    std::shared_ptr<Producer> old;
    {
        const Lock lock(mutex_);
        if (!producer_failed_) return {};
        old = std::exchange(producer_, nullptr);
    }
    old.reset();
    auto made =
        Producer::open(settings_, [this](const Sent& sent, rd_kafka_resp_err_t code,
                                         std::int64_t offset) { hear(sent, code, offset); });
    if (!made) return std::unexpected(made.error());
    if (auto named = (*made)->name_topics(); !named) return named;
    const Lock lock(mutex_);
    producer_ = *std::move(made);
    producer_failed_ = false;
    return {};
}

std::expected<void, Error> KafkaLog::read_to_end() {
    for (auto& [at, partition] : partitions_)
        if (auto read = read_to_end(at, partition); !read) return read;
    return {};
}

std::expected<void, Error> KafkaLog::read_to_end(PartitionId at, Partition& partition) {
    std::int64_t low = 0, high = 0;
    const auto* topic = rd_kafka_topic_name(reader_topics_.at(at.context).get());
    const auto code =
        rd_kafka_query_watermark_offsets(reader_.get(), topic, at.partition, &low, &high,
                                         static_cast<int>(settings_.patience.count()));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(code, "asking for the end of " + name_of(settings_, at)));
    Lock lock(mutex_);
    const auto is_read = [&] { return partition.stuck || partition.history.offset() >= high; };
    // As long as it goes forward there is no hurry.
    for (auto before = partition.history.offset();
         !looked_at_.wait_for(lock, settings_.patience, is_read);
         before = partition.history.offset())
        if (before == partition.history.offset())
            return std::unexpected(Error{
                Error::unavailable, fmt::format("{} is read to offset {} of {}, and no further",
                                                name_of(settings_, at), before, high)});
    if (partition.stuck) return std::unexpected(*partition.stuck);
    return {};
}

// Writes an Open and reads on until one of this epoch counts: ours, or that of another.
std::expected<void, Error> KafkaLog::claim(PartitionId at, Partition& partition) {
    Lock lock(mutex_);
    partition.lost.reset();
    const auto open = partition.history.chain().opening(new_nonce());
    if (auto sent = producer_->send({at, open, nullptr}); !sent) return sent;
    const bool answered = looked_at_.wait_for(lock, settings_.patience, [&] {
        return partition.stuck || partition.lost || partition.history.chain().epoch() >= open.epoch;
    });
    if (partition.stuck) return std::unexpected(*partition.stuck);
    if (partition.lost) return std::unexpected(*partition.lost);
    if (!answered)
        return std::unexpected(Error{
            Error::unavailable, "the brokers do not answer: owning " + name_of(settings_, at)});
    if (partition.history.chain().nonce() != open.nonce)
        return std::unexpected(
            Error{Error::conflict, "another engine owns " + name_of(settings_, at)});
    partition.read = false;
    return {};
}

}  // namespace holdfast::kafka
