#include "engine/adapters/simulated/simulated_topics.h"

namespace holdfast::simulated {

std::uint64_t SimulatedTopics::produce(PartitionId at, CommandMessage message) {
    auto& partition = partitions_[at];
    message.offset = partition.next++;
    const auto offset = message.offset;
    partition.messages.emplace(offset, std::move(message));
    return offset;
}

void SimulatedTopics::delete_below(PartitionId at, std::uint64_t offset) {
    auto& partition = partitions_[at];
    partition.begin = offset;
    partition.messages.erase(partition.messages.begin(), partition.messages.lower_bound(offset));
}

std::uint64_t SimulatedTopics::end(PartitionId at) const {
    const auto found = offsets(at);
    return found.empty() ? 0 : found.back() + 1;
}

std::vector<std::uint64_t> SimulatedTopics::offsets(PartitionId at) const {
    std::vector<std::uint64_t> list;
    if (const auto found = partitions_.find(at); found != partitions_.end())
        for (const auto& [offset, message] : found->second.messages) list.push_back(offset);
    return list;
}

std::expected<void, Error> SimulatedCommandSource::begin(PartitionId at, std::uint64_t offset) {
    if (random_.happens(topics_.faults.failed))
        return std::unexpected(Error{Error::unavailable, "the topic does not answer"});
    readings_.insert_or_assign(at, Reading{offset, false});
    return {};
}

std::expected<std::optional<CommandMessage>, Error> SimulatedCommandSource::take(PartitionId at) {
    const auto found = readings_.find(at);
    if (found == readings_.end()) return std::nullopt;
    auto& partition = topics_.partitions_[at];
    auto& [next, has_answered] = found->second;
    if (next < partition.begin || next > partition.next) {
        readings_.erase(found);
        return std::unexpected(Error{Error::damaged, "the topic does not hold what is next"});
    }
    if (random_.happens(topics_.faults.failed)) {
        readings_.erase(found);
        return std::unexpected(Error{Error::unavailable, "the topic does not answer"});
    }
    has_answered = true;
    const auto message = partition.messages.lower_bound(next);
    if (message == partition.messages.end() || random_.happens(topics_.faults.late))
        return std::nullopt;
    next = message->first + 1;
    return message->second;
}

std::optional<std::uint64_t> SimulatedCommandSource::end_offset(PartitionId at) const {
    const auto found = readings_.find(at);
    if (found == readings_.end() || !found->second.has_answered) return std::nullopt;
    return topics_.partitions_[at].next;
}

}  // namespace holdfast::simulated
