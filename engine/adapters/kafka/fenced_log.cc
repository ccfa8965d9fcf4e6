#include "engine/adapters/kafka/fenced_log.h"

#include <cassert>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace holdfast::kafka {
namespace {

// Whatever the brokers gave as reason: a right, a topic or a size that is refused today may be
// there tomorrow. It is a loss, and none of the errors that whoever decides ends at.
Error as_loss(Error why) {
    why.code = Error::unavailable;
    return why;
}

}  // namespace

FencedLog::FencedLog(std::span<const PartitionId> partitions, std::size_t recent_bytes,
                     Brokers& brokers, const Counted& counted)
    : brokers_(brokers), counted_(counted) {
    for (const auto at : partitions) partitions_.emplace(at, Partition(recent_bytes));
}

std::expected<void, Error> FencedLog::start() {
    for (const auto& [at, partition] : partitions_)
        if (auto begun = brokers_.start_reading(at, 0); !begun) return begun;
    return {};
}

FencedLog::Partition* FencedLog::find(PartitionId at) const {
    const auto found = partitions_.find(at);
    return found == partitions_.end() ? nullptr : &found->second;
}

// ---- reading ----

bool FencedLog::look_at(PartitionId at, Received message) {
    auto* partition = find(at);
    if (!partition || !partition->read || partition->stuck) return false;
    const auto next = partition->history.offset();
    if (message.offset < next) return false;
    if (message.offset == next) return take(at, *partition, std::move(message));
    become_stuck(at, *partition,
                 {Error::damaged, fmt::format("{}: the messages from offset {} to {} are missing; "
                                              "restore the topic from a copy",
                                              brokers_.name_of(at), next, message.offset - 1)});
    return false;
}

bool FencedLog::take(PartitionId at, Partition& partition, Received message) {
    auto& history = partition.history;
    if (!message.fence) {
        spdlog::warn("event=foreign_message partition=\"{}\" offset={}", brokers_.name_of(at),
                     message.offset);
        counted_.foreign.add();
        history.pass_over();
        return false;
    }
    if (!message.blob) {
        become_stuck(at, partition, message.blob.error());
        return false;
    }
    switch (history.take(*message.fence, *std::move(message.blob))) {
        case Chain::Verdict::taken: return true;
        case Chain::Verdict::opened:
            partition.leader = std::move(message.address);
            if (partition.claim && partition.claim->nonce == history.chain().nonce())
                own(at, partition);
            return false;
        case Chain::Verdict::passed_over: break;
    }
    counted_.passed_over.add();
    spdlog::info("event=passed_over partition=\"{}\" offset={} epoch={} first={}",
                 brokers_.name_of(at), message.offset, message.fence->epoch, message.fence->first);
    return false;
}

void FencedLog::cannot_read(PartitionId at, Error why) {
    auto* partition = find(at);
    if (!partition || !partition->read || partition->stuck) return;
    if (why.code != Error::damaged) {
        spdlog::warn("event=kafka_reader why=\"{}\"", why.detail);
        return;
    }
    why.detail += fmt::format(
        "; the topic does not begin at, or go on from, offset {}: "
        "records are missing; restore it from a copy",
        partition->history.offset());
    become_stuck(at, *partition, std::move(why));
}

std::expected<void, Error> FencedLog::has_read_to(PartitionId at, std::int64_t end) const {
    const auto& partition = *find(at);
    if (partition.stuck) return std::unexpected(*partition.stuck);
    const auto offset = partition.history.offset();
    if (offset >= end) return {};
    return std::unexpected(
        Error{Error::unavailable, fmt::format("{} is read to offset {} of {}, and no further",
                                              brokers_.name_of(at), offset, end)});
}

void FencedLog::become_stuck(PartitionId at, Partition& partition, Error why) {
    spdlog::error("event=log_stuck partition=\"{}\" why=\"{}\"", brokers_.name_of(at), why.detail);
    counted_.stuck.add(1);
    partition.stuck = std::move(why);
}

// ---- owning ----

std::expected<void, Error> FencedLog::claim(PartitionId at, std::uint64_t nonce) {
    if (needs_producer_)
        return std::unexpected(Error{Error::unavailable, "the producer failed meanwhile"});
    auto& partition = *find(at);
    partition.lost.reset();
    partition.claim = partition.history.chain().opening(nonce);
    auto sent = brokers_.send({at, *partition.claim, nullptr, address_});
    if (sent) return sent;
    partition.claim.reset();
    if (brokers_.producer_is_over()) fail(sent.error());
    return sent;
}

std::optional<std::expected<void, Error>> FencedLog::became_of_claim(PartitionId at) const {
    const auto& partition = *find(at);
    const auto& chain = partition.history.chain();
    if (partition.stuck) return std::unexpected(*partition.stuck);
    if (partition.lost) return std::unexpected(*partition.lost);
    if (partition.owned) return std::expected<void, Error>();
    if (partition.claim && chain.epoch() < partition.claim->epoch) return std::nullopt;
    return std::unexpected(Error{Error::conflict, "another engine owns " + brokers_.name_of(at)});
}

void FencedLog::give_up_claim(PartitionId at) { find(at)->claim.reset(); }

void FencedLog::own(PartitionId at, Partition& partition) {
    const auto& chain = partition.history.chain();
    brokers_.stop_reading(at);
    partition.read = false;
    partition.claim.reset();
    partition.unreported = 0;
    partition.ahead = chain;
    partition.owned = true;
    spdlog::info("event=owned partition=\"{}\" epoch={} next={}", brokers_.name_of(at),
                 chain.epoch(), chain.next());
}

bool FencedLog::owns(PartitionId at) const {
    const auto* partition = find(at);
    return partition && partition->owned;
}

void FencedLog::see_end(PartitionId at, std::int64_t end) {
    auto& partition = *find(at);
    if (partition.owned && end > partition.history.offset() + partition.unreported)
        lose(at, partition,
             {Error::conflict, brokers_.name_of(at) + ": another engine writes here"});
}

void FencedLog::release(PartitionId at) {
    if (auto* partition = find(at); partition && partition->owned) let_go(at, *partition);
}

void FencedLog::lose(PartitionId at, Partition& partition, const Error& why) {
    spdlog::warn("event=lost partition=\"{}\" why=\"{}\"", brokers_.name_of(at), why.detail);
    counted_.lost(why).add();
    partition.lost = why;
    let_go(at, partition);
}

// What was sent may be stored and count: that is read.
void FencedLog::let_go(PartitionId at, Partition& partition) {
    partition.owned = false;
    if (auto begun = brokers_.start_reading(at, partition.history.offset()); !begun)
        become_stuck(at, partition, begun.error());
    partition.read = !partition.stuck;
}

Error FencedLog::not_owned(PartitionId at, const Partition* partition) const {
    if (partition && partition->lost) return *partition->lost;
    return {Error::conflict, brokers_.name_of(at) + " is not owned here"};
}

// ---- writing what is owned ----

std::expected<void, Error> FencedLog::append(PartitionId at, StoredBatch batch,
                                             std::uint32_t checksum) {
    auto* partition = find(at);
    if (!partition || !partition->owned) return std::unexpected(not_owned(at, partition));
    if (partition->ahead.next() != batch.first)
        return std::unexpected(
            Error{Error::conflict,
                  fmt::format("{}: number {} came where {} is next", brokers_.name_of(at),
                              batch.first, partition->ahead.next())});
    const auto fence = partition->ahead.following(batch.count, checksum);
    if (auto sent = brokers_.send({at, fence, std::move(batch.blob)}); !sent) {
        if (brokers_.producer_is_over()) fail(sent.error());
        return std::unexpected(as_loss(sent.error()));
    }
    ++partition->unreported;
    const auto verdict = partition->ahead.take(fence);
    assert(verdict == Chain::Verdict::taken);
    return {};
}

// Of what it still has on its way nobody knows what is stored, nor before what: all that it wrote
// is lost with it, and what it was to open.
void FencedLog::fail(const Error& reason) {
    const auto why = as_loss(reason);
    needs_producer_ = true;
    for (auto& [at, partition] : partitions_) {
        if (partition.owned) lose(at, partition, why);
        if (std::exchange(partition.claim, std::nullopt)) partition.lost = why;
    }
}

void FencedLog::hear_of_open(Partition& partition, const Sent& sent, const Report& report) {
    const bool is_claim = partition.claim && partition.claim->nonce == sent.fence.nonce;
    if (!is_claim || !report.failure) return;
    partition.lost = report.failure;
    partition.claim.reset();
    if (brokers_.producer_is_over()) fail(*report.failure);
}

// Only a report at exactly the next offset shows that nobody wrote in between.
bool FencedLog::hear(const Sent& sent, const Report& report) {
    auto& partition = *find(sent.at);
    if (sent.fence.count == 0) {
        hear_of_open(partition, sent, report);
        return false;
    }
    auto& history = partition.history;
    if (!partition.owned || history.chain().nonce() != sent.fence.nonce) return false;
    --partition.unreported;
    if (report.failure) {
        fail(*report.failure);
        return false;
    }
    if (report.offset != history.offset()) {
        lose(sent.at, partition,
             {Error::conflict,
              fmt::format("{}: a batch was stored at offset {} where {} is next: another engine "
                          "writes here",
                          brokers_.name_of(sent.at), report.offset, history.offset())});
        return false;
    }
    const auto verdict = history.take(sent.fence, sent.blob);
    assert(verdict == Chain::Verdict::taken);
    return true;
}

// ---- what is there ----

Sequence FencedLog::end(PartitionId at) const {
    const auto* partition = find(at);
    if (!partition) return 0;
    return partition->owned ? partition->ahead.next() : partition->history.chain().next();
}

std::expected<Sequence, Error> FencedLog::acknowledged(PartitionId at) const {
    const auto* partition = find(at);
    if (!partition || !partition->owned) return std::unexpected(not_owned(at, partition));
    return partition->history.chain().next();
}

std::string FencedLog::leader(PartitionId at) const {
    const auto* partition = find(at);
    if (!partition || partition->owned || partition->leader == address_) return {};
    return partition->leader;
}

const History* FencedLog::history(PartitionId at) const {
    const auto* partition = find(at);
    return partition ? &partition->history : nullptr;
}

bool FencedLog::reads(PartitionId at) const {
    const auto* partition = find(at);
    return partition && partition->read;
}

}  // namespace holdfast::kafka
