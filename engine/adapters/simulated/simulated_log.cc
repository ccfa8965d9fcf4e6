#include "engine/adapters/simulated/simulated_log.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace holdfast::simulated {
namespace {

std::unexpected<Error> failed(Error::Code code, std::string detail) {
    return std::unexpected(Error{code, std::move(detail)});
}

std::string place_of(PartitionId at, Sequence first) {
    return "context " + std::to_string(at.context) + ", partition " + std::to_string(at.partition) +
           ", number " + std::to_string(first);
}

}  // namespace

std::expected<void, Error> SimulatedLog::append(PartitionId at, Sequence first, std::uint32_t count,
                                                Blob blob) {
    assert(count != 0 && blob && !blob->empty());
    if (failed_) return failed(Error::unavailable, "the disk failed");
    const auto next = end(at);
    if (first != next)
        return failed(Error::conflict, place_of(at, first) + " came where number " +
                                           std::to_string(next) + " is next");
    if (random_.happens(faults_.append_unavailable)) {
        if (random_.happens(500)) store(at, {first, count, std::move(blob)});
        return failed(Error::unavailable, "the append was not answered");
    }
    store(at, {first, count, std::move(blob)});
    on_waiting_();
    return {};
}

void SimulatedLog::store(PartitionId at, StoredBatch batch) {
    auto& partition = partitions_[at];
    partition.places.push_back(queue_.size());
    partition.end += batch.count;
    queue_.push_back({at, std::move(batch)});
}

Sequence SimulatedLog::end(PartitionId at) const {
    const auto partition = partitions_.find(at);
    return partition == partitions_.end() ? 0 : partition->second.end;
}

Sequence SimulatedLog::durable(PartitionId at) const {
    const auto partition = partitions_.find(at);
    return partition == partitions_.end() ? 0 : partition->second.durable;
}

std::expected<StoredBatch, Error> SimulatedLog::read(PartitionId at, Sequence from) const {
    if (random_.happens(faults_.read_unavailable))
        return failed(Error::unavailable, "the read was not answered");
    const auto partition = partitions_.find(at);
    if (partition == partitions_.end() || from >= partition->second.durable)
        return StoredBatch{from, 0, nullptr};
    const auto& places = partition->second.places;
    const auto first_of = [this](std::size_t place) { return queue_[place].batch.first; };
    const auto place = *std::prev(std::ranges::upper_bound(places, from, {}, first_of));
    const auto& batch = queue_[place].batch;
    if (damaged_.contains({at, batch.first}))
        return failed(Error::damaged, place_of(at, batch.first) + " does not match its checksum");
    return batch;
}

std::expected<std::uint32_t, Error> SimulatedLog::flush() {
    if (failed_) return failed(Error::unavailable, "the disk failed");
    const auto waiting = queue_.size() - durable_;
    if (waiting == 0) return 0;
    if (random_.happens(faults_.flush_unavailable)) {
        failed_ = true;
        return failed(Error::unavailable, "the sync failed");
    }
    const auto count = random_.happens(faults_.flush_partial) ? random_.up_to(waiting) : waiting;
    make_durable(count);
    if (count != 0) on_durable_();
    return static_cast<std::uint32_t>(count);
}

void SimulatedLog::make_durable(std::size_t count) {
    for (; count != 0; --count) {
        const auto& [at, batch] = queue_[durable_++];
        partitions_[at].durable = batch.first + batch.count;
    }
}

void SimulatedLog::crash() {
    make_durable(random_.up_to(queue_.size() - durable_));
    for (; queue_.size() > durable_; queue_.pop_back()) {
        auto& partition = partitions_[queue_.back().at];
        partition.end = queue_.back().batch.first;
        partition.places.pop_back();
    }
    failed_ = false;
}

}  // namespace holdfast::simulated
