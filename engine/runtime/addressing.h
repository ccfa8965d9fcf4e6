// Addressing: which partition a message goes to, and its number among all that go there.
//
// Order  messages to one destination keep the order they were said in; those that stand together
//        and name different streams of one partition become one group.
#pragma once

#include "engine/domain/follow_ups.h"
#include "engine/domain/partition.h"
#include "engine/runtime/machine.h"

namespace holdfast {

struct Speaker {
    const MachineSettings& self;
    const wire::Envelope& cause;
    bool passes_on;  // it was told by another partition: what goes everywhere is on its way already
};

// Numbers are one more than in `said`, which is advanced.
std::vector<wire::Addressed> address(const std::vector<FollowUp>& messages, const Speaker& speaker,
                                     FlatMap<std::uint32_t, std::uint64_t>& said);

// "@" and a location's id: a stream that every partition of stock has. No SKU begins so.
constexpr char everywhere_mark = '@';
inline bool belongs_to(std::string_view key, const MachineSettings& settings) {
    if (key.starts_with(everywhere_mark)) return settings.at.context == Stock::number;
    return partition_of(key, settings.partitions) == settings.at.partition;
}

}  // namespace holdfast
