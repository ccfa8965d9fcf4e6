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
    const Lock lock(mutex_);
    auto* partition = find(*at);
    if (!partition || !partition->read || partition->stuck) return false;
    const auto before = partition->history.chain().next();
    look_at(*partition, *at, message);
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
            become_stuck(at, partition, std::move(error));
        } else {
            spdlog::warn("event=kafka_reader why=\"{}\"", error.detail);
        }
        return;
    }
    if (message->offset < history.offset()) return;
    if (message->offset > history.offset()) {
        return become_stuck(
            at, partition,
            {Error::damaged,
             fmt::format("{}: the messages from offset {} to {} are missing; "
                         "restore the topic from a copy",
                         name_of(settings_, at), history.offset(), message->offset - 1)});
    }
    const auto fence = fence_of(message);
    if (!fence) {
        spdlog::warn("event=foreign_message partition=\"{}\" offset={}", name_of(settings_, at),
                     message->offset);
        counted_.foreign.add();
        return history.pass_over();
    }
    auto blob = blob_of(message, *fence);
    if (!blob) {
        return become_stuck(at, partition, blob.error());
    }
    const auto verdict = history.take(*fence, *std::move(blob));
    if (verdict == Chain::Verdict::opened) partition.leader = address_of(message);
    if (verdict != Chain::Verdict::passed_over) return;
    counted_.passed_over.add();
    spdlog::info("event=passed_over partition=\"{}\" offset={} epoch={} first={}",
                 name_of(settings_, at), message->offset, fence->epoch, fence->first);
}

// ---- owning ----

// All are asked for before the first is waited for: each is one way to the brokers and back.
std::vector<std::expected<void, Error>> KafkaLog::own(std::span<const PartitionId> these) {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<Claim> claims;
    for (const auto at : these) {
        // One that we own may be another's by now: nothing was written since.
        release(at);
        auto& claim = claims.emplace_back(at, find(at));
        if (!claim.partition)
            claim.owned =
                std::unexpected(Error{Error::refused, name_of(settings_, at) + " is not there"});
    }
    std::optional<Error> silence;  // brokers that do not answer once are not asked again
    const auto each = [&](auto act) {
        for (auto& claim : claims) {
            if (silence) claim.owned = std::unexpected(*silence);
            if (claim.owned) claim.owned = act(claim);
            if (!claim.owned && claim.owned.error().code == Error::unavailable)
                silence = claim.owned.error();
        }
    };
    each([&](Claim&) { return renew_producer(); });
    each([&](Claim& claim) { return read_to_end(claim.at, *claim.partition); });
    each([&](Claim& claim) { return send_open(claim); });
    each([&](Claim& claim) { return confirm(claim); });
    std::vector<std::expected<void, Error>> results;
    for (auto& claim : claims) {
        if (claim.owned) {
            const auto took = std::chrono::steady_clock::now() - begun;
            counted_.take_over.observe(
                static_cast<std::uint64_t>(took / std::chrono::microseconds(1)));
        } else {
            counted_.not_taken.add();
            spdlog::warn("event=not_owned partition=\"{}\" why=\"{}\"",
                         name_of(settings_, claim.at), claim.owned.error().detail);
        }
        results.push_back(std::move(claim.owned));
    }
    return results;
}

void KafkaLog::release(PartitionId at) {
    const Lock lock(mutex_);
    if (auto* partition = find(at); partition && partition->owned) let_go(at, *partition);
}

// After a failure the old one goes first: it must not send again what it still has.
std::expected<void, Error> KafkaLog::renew_producer() {
    std::shared_ptr<Producer> old;
    {
        const Lock lock(mutex_);
        if (!producer_failed_) return {};
        old = std::exchange(producer_, nullptr);
    }
    if (old) old->give_up();  // who still polls it is done at once
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
    const auto end = producer_->end_of(at, settings_.patience);
    if (!end) return std::unexpected(end.error());
    Lock lock(mutex_);
    const auto is_read = [&] { return partition.stuck || partition.history.offset() >= *end; };
    // As long as it goes forward there is no hurry.
    for (auto before = partition.history.offset();
         !looked_at_.wait_for(lock, settings_.patience, is_read);
         before = partition.history.offset())
        if (before == partition.history.offset())
            return std::unexpected(Error{
                Error::unavailable, fmt::format("{} is read to offset {} of {}, and no further",
                                                name_of(settings_, at), before, *end)});
    if (partition.stuck) return std::unexpected(*partition.stuck);
    return {};
}

std::expected<void, Error> KafkaLog::send_open(Claim& claim) {
    const Lock lock(mutex_);
    claim.partition->lost.reset();
    claim.partition->unreported = 0;
    claim.open = claim.partition->history.chain().opening(new_nonce());
    claim.partition->claimed = claim.open.nonce;
    const auto sent = producer_->send({claim.at, claim.open, nullptr, address_});
    if (!sent) producer_failed_ = producer_failed_ || producer_->is_over();
    return sent;
}

// An owner that writes learns from its reports that somebody else does; one that does not, by a
// look at where the partition ends.
void KafkaLog::confirm_owned(const std::stop_token& stop) {
    for (auto& [at, partition] : partitions_) {
        Lock lock(mutex_);
        if (!partition.owned || producer_failed_ || stop.stop_requested()) continue;
        auto producer = producer_;
        lock.unlock();
        const auto end = producer->end_of(at, std::chrono::seconds(1));
        producer.reset();  // the last who has it hears its reports, which takes the lock
        lock.lock();
        // Without an answer the next batch will find out.
        if (end && partition.owned && *end > partition.history.offset() + partition.unreported)
            lose(at, partition,
                 {Error::conflict, name_of(settings_, at) + ": another engine writes here"});
    }
}

// What the brokers said to have when they last sent something, and what of it was looked at.
void KafkaLog::measure_lag() {
    const Lock lock(mutex_);
    std::int64_t behind = 0;
    for (const auto& [at, partition] : partitions_) {
        if (!partition.read) continue;
        std::int64_t low = 0, high = 0;
        const auto* topic = rd_kafka_topic_name(reader_topics_.at(at.context).get());
        rd_kafka_get_watermark_offsets(reader_.get(), topic, at.partition, &low, &high);
        behind += std::max<std::int64_t>(0, high - partition.history.offset());
    }
    counted_.behind.set(behind);
}

// Reads on until an Open of this epoch counts: ours, or that of another.
std::expected<void, Error> KafkaLog::confirm(const Claim& claim) {
    auto& [at, partition, open, owned] = claim;
    const auto& chain = partition->history.chain();
    Lock lock(mutex_);
    const bool answered = looked_at_.wait_for(lock, settings_.patience, [&] {
        return partition->stuck || partition->lost || chain.epoch() >= open.epoch;
    });
    if (partition->stuck) return std::unexpected(*partition->stuck);
    if (partition->lost) return std::unexpected(*partition->lost);
    if (!answered)
        return std::unexpected(Error{
            Error::unavailable, "the brokers do not answer: owning " + name_of(settings_, at)});
    if (chain.nonce() != open.nonce)
        return std::unexpected(
            Error{Error::conflict, "another engine owns " + name_of(settings_, at)});
    partition->read = false;
    lock.unlock();
    // The reader's last message of it may still be on its way; it is looked at by nobody.
    rd_kafka_consume_stop(reader_topics_.at(at.context).get(), at.partition);
    lock.lock();
    partition->ahead = chain;
    partition->owned = true;
    spdlog::info("event=owned partition=\"{}\" epoch={} next={}", name_of(settings_, at),
                 chain.epoch(), chain.next());
    return {};
}

}  // namespace holdfast::kafka
