#include "replay/walk.h"

namespace holdfast::replay {

std::unexpected<Error> fault(PartitionId at, Sequence sequence, const Error& error) {
    return std::unexpected(Error{error.code, wire::name_of(at) + ", record " +
                                                 std::to_string(sequence) + ": " + error.detail});
}

std::expected<std::optional<wire::Genesis>, Error> genesis_of(const EventLog& log,
                                                              std::uint8_t context) {
    const PartitionId at{context, 0};
    if (log.durable(at) == 0) return std::nullopt;
    const auto stored = log.read(at, 0);
    if (!stored) return fault(at, 0, stored.error());
    const auto batch = wire::open(*stored->blob);
    if (!batch) return fault(at, 0, batch.error());
    auto genesis = wire::read_genesis(batch->record(0).bytes);
    if (!genesis) return fault(at, 0, {Error::damaged, "is no genesis"});
    return *std::move(genesis);
}

std::expected<std::vector<PartitionId>, Error> partitions_of(const EventLog& log) {
    std::vector<PartitionId> partitions;
    for (std::uint8_t context = 1; context <= contexts_count; ++context) {
        const auto found = genesis_of(log, context);
        if (!found) return std::unexpected(found.error());
        const auto& genesis = *found;
        const std::uint16_t count = genesis ? genesis->partitions : 0;
        for (std::uint16_t p = 0; p < count; ++p) partitions.push_back({context, p});
    }
    return partitions;
}

std::uint64_t records_of(const EventLog& log, std::span<const PartitionId> partitions) {
    std::uint64_t records = 0;
    for (const auto at : partitions) records += log.durable(at);
    return records;
}

std::expected<void, Error> each_batch(const EventLog& log, PartitionId at, Sequence from,
                                      const VisitBatch& visit) {
    while (from < log.durable(at)) {
        const auto stored = log.read(at, from);
        if (!stored) return fault(at, from, stored.error());
        const auto batch = wire::open(*stored->blob);
        if (!batch) return fault(at, stored->first, batch.error());
        const auto go_on = visit(*batch, *stored->blob);
        if (!go_on) return std::unexpected(go_on.error());
        if (!*go_on) return {};
        from = stored->first + stored->count;
    }
    return {};
}

}  // namespace holdfast::replay
