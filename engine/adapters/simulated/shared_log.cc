#include "engine/adapters/simulated/shared_log.h"

#include <algorithm>
#include <cassert>

namespace holdfast::simulated {
namespace {

std::unexpected<Error> silent() {
    return std::unexpected(Error{Error::unavailable, "the simulated log does not answer"});
}
std::unexpected<Error> not_owned() {
    return std::unexpected(Error{Error::conflict, "another engine owns it"});
}

}  // namespace

std::vector<std::expected<void, Error>> OwnedLog::own(std::span<const PartitionId> these) {
    std::vector<std::expected<void, Error>> results;
    for (const auto at : these) {
        if (!shared_.answers) {
            results.emplace_back(silent());
            continue;
        }
        auto& partition = shared_.at(at);
        partition.leader = address_;
        owned_.insert_or_assign(at, Owned{++partition.epoch, partition.end(), partition.end(), {}});
        results.emplace_back();
    }
    return results;
}

bool OwnedLog::is_mine(PartitionId at) const {
    const auto found = owned_.find(at);
    return found != owned_.end() && found->second.epoch == shared_.at(at).epoch;
}

std::expected<void, Error> OwnedLog::append(PartitionId at, Sequence first, std::uint32_t count,
                                            Blob blob) {
    assert(count != 0 && blob && !blob->empty());
    const auto found = owned_.find(at);
    if (found == owned_.end()) return not_owned();
    auto& owned = found->second;
    if (first != owned.end) return not_owned();
    owned.end += count;
    owned.sent.push_back({first, count, std::move(blob)});
    return {};
}

Sequence OwnedLog::end(PartitionId at) const {
    const auto found = owned_.find(at);
    return found == owned_.end() ? durable(at) : found->second.end;
}

std::expected<Sequence, Error> OwnedLog::acknowledged(PartitionId at) const {
    const auto found = owned_.find(at);
    if (found == owned_.end()) return not_owned();
    return found->second.acknowledged;
}

std::string OwnedLog::leader(PartitionId at) const {
    const auto& leader = shared_.at(at).leader;
    return leader == address_ ? std::string() : leader;
}

std::expected<StoredBatch, Error> OwnedLog::read(PartitionId at, Sequence from) const {
    if (random_.happens(shared_.reads_failing)) return silent();
    const auto& batches = shared_.at(at).batches;
    const auto found = std::ranges::upper_bound(batches, from, {}, &StoredBatch::first);
    if (from >= durable(at)) return StoredBatch{from, 0, nullptr};
    return *std::prev(found);
}

std::uint32_t OwnedLog::make_durable(PartitionId at, Owned& owned, std::size_t count) {
    std::uint32_t made = 0;
    for (; count != 0 && is_mine(at); --count, ++made) {
        shared_.at(at).batches.push_back(std::move(owned.sent.front()));
        owned.sent.pop_front();
        owned.acknowledged = durable(at);
    }
    return made;
}

std::expected<std::uint32_t, Error> OwnedLog::flush() {
    std::uint32_t made = 0;
    for (auto& [at, owned] : owned_)
        made += make_durable(at, owned, random_.up_to(owned.sent.size()));
    if (!shared_.answers) owned_.clear();
    std::erase_if(owned_, [this](const auto& one) {
        return !is_mine(one.first) && (!one.second.sent.empty() || random_.happens(200));
    });
    return made;
}

}  // namespace holdfast::simulated
