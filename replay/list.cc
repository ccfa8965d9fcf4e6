#include "replay/list.h"

#include <algorithm>
#include <cstdio>

#include "engine/wire/json_decision.h"

namespace holdfast::replay {
namespace {

bool holds(const Filter& filter, const wire::JsonDecision& decision) {
    const auto any = [&](auto test) { return std::ranges::any_of(decision.parts, test); };
    const auto event = "{\"type\":\"" + filter.event + "\"";
    if (!filter.client.empty() && decision.header.envelope.client != filter.client) return false;
    if (filter.refused_only && decision.header.outcome == fb::Outcome::accepted) return false;
    if (!filter.stream.empty() && !any([&](const auto& part) { return part.key == filter.stream; }))
        return false;
    return filter.event.empty() ||
           any([&](const auto& part) { return part.events.find(event) != std::string::npos; });
}

std::string about(PartitionId at, Sequence sequence) {
    return "{\"at\":\"" + name_of(at) + "\",\"sequence\":" + std::to_string(sequence) + ",";
}

}  // namespace

std::expected<std::size_t, Error> list(const EventLog& log, const Filter& filter) {
    const auto partitions = partitions_of(log);
    if (!partitions) return std::unexpected(partitions.error());
    std::size_t listed = 0;
    const auto full = [&] { return filter.limit != 0 && listed == filter.limit; };
    for (const auto at : *partitions) {
        if (filter.partition && at.partition != *filter.partition) continue;
        if (!filter.context.empty() && !name_of(at).starts_with(filter.context + " ")) continue;
        const auto walked = each_batch(
            log, at, filter.from,
            [&](const wire::BatchView& batch, const Bytes&) -> std::expected<bool, Error> {
                std::expected<bool, Error> go_on = true;
                batch.each([&](Sequence sequence, wire::RecordView record) {
                    if (full()) return false;
                    if (record.kind != fb::RecordKind::decision || sequence < filter.from)
                        return true;
                    const auto decision = wire::decision_from(at.context, record.bytes,
                                                              wire::Wanted::everything, nullptr);
                    if (!decision) {
                        go_on = std::unexpected(Error{Error::damaged, name_of(at) + ", record " +
                                                                          std::to_string(sequence) +
                                                                          " cannot be read"});
                        return false;
                    }
                    if (!holds(filter, *decision)) return true;
                    const auto text = wire::to_json(*decision);
                    std::printf("%s%s\n", about(at, sequence).c_str(), text.c_str() + 1);
                    ++listed;
                    return true;
                });
                if (go_on && full()) go_on = false;
                return go_on;
            });
        if (!walked) return std::unexpected(walked.error());
        if (full()) break;
    }
    return listed;
}

}  // namespace holdfast::replay
