#include "engine/runtime/addressing.h"

#include <algorithm>

#include "engine/wire/record.h"

namespace holdfast {
namespace {

// A group in the making: messages of one context to one partition.
struct Group {
    PartitionId to;
    std::vector<const FollowUp*> parts;
    bool names(std::string_view key) const {
        return std::ranges::any_of(parts, [&](const auto* part) { return part->key == key; });
    }
};

std::uint8_t context_of(const FollowUp& message) {
    return static_cast<std::uint8_t>(message.command.index() + 1);
}

void add(std::vector<Group>& groups, std::size_t run, PartitionId to, const FollowUp& message) {
    // The newest group of this run to that partition, unless it names the stream already.
    for (auto at = groups.size(); at > run; --at) {
        auto& group = groups[at - 1];
        if (group.to != to) continue;
        if (group.parts.size() < wire::parts_max && !group.names(message.key))
            return group.parts.push_back(&message);
        break;
    }
    groups.push_back({to, {&message}});
}

std::vector<Group> grouped(const std::vector<FollowUp>& messages, const Speaker& speaker) {
    std::vector<Group> groups;
    std::size_t run = 0;  // where the groups of the messages that stand together begin
    std::uint8_t context = 0;
    for (const auto& message : messages) {
        if (context_of(message) != context) run = groups.size();
        context = context_of(message);
        if (!message.everywhere) {
            add(groups, run, {context, partition_of(message.key, speaker.self.partitions)},
                message);
            continue;
        }
        for (std::uint16_t to = 0; !speaker.passes_on && to < speaker.self.partitions; ++to)
            if (PartitionId{context, to} != speaker.self.at)
                add(groups, run, {context, to}, message);
    }
    return groups;
}

// Not in any index of ids: n is what makes it unique.
wire::CommandId id_of(PartitionId from, PartitionId to, std::uint64_t n) {
    return {std::uint64_t{1} << 63 | std::uint64_t{packed(from)} << 32 | packed(to), n};
}

template <class C> std::string bytes_of(const Group& group, const wire::Envelope& envelope) {
    wire::Command<C> command{envelope, {}};
    command.parts.reserve(group.parts.size());
    for (const auto* part : group.parts)
        command.parts.push_back({part->key, {}, std::get<typename C::Command>(part->command)});
    return wire::to_bytes(command);
}

}  // namespace

std::vector<wire::Addressed> address(const std::vector<FollowUp>& messages, const Speaker& speaker,
                                     FlatMap<std::uint32_t, std::uint64_t>& said) {
    std::vector<wire::Addressed> addressed;
    for (const auto& group : grouped(messages, speaker)) {
        const auto* before = said.find(packed(group.to));
        const auto n = (before ? *before : 0) + 1;
        said.put(packed(group.to), n);
        const auto envelope = wire::follow(speaker.cause, id_of(speaker.self.at, group.to, n));
        std::string bytes;
        with_context(group.to.context, [&]<class C>(C) { bytes = bytes_of<C>(group, envelope); });
        addressed.push_back({group.to, n, std::move(bytes)});
    }
    return addressed;
}

}  // namespace holdfast
