#include "replay/states.h"

#include <algorithm>
#include <string>

#include "engine/wire/hash.h"
#include "engine/wire/hex.h"
#include "replay/partition.h"

namespace holdfast::replay {
namespace {

std::string hash_of_bytes(std::string_view bytes) {
    wire::Sha256 hash;
    hash.add(std::as_bytes(std::span(bytes)));
    return wire::hexadecimal(hash.finish());
}

class States {
public:
    States(const EventLog& log, Watch& watch) : log_(log), watch_(watch) {}

    std::expected<std::size_t, Error> print(std::FILE* to);

private:
    std::expected<void, Error> add(PartitionId at, std::uint16_t partitions);
    void print_lines(std::FILE* to);

    const EventLog& log_;
    Watch& watch_;
    std::uint64_t records_ = 0;
    std::size_t streams_ = 0;
    std::vector<std::string> lines_;  // of one context
};

std::expected<std::size_t, Error> States::print(std::FILE* to) {
    const auto partitions = partitions_of(log_);
    if (!partitions) return std::unexpected(partitions.error());
    watch_.expect(records_of(log_, *partitions));
    const auto count = static_cast<std::uint16_t>(partitions->size() / contexts_count);
    for (const auto at : *partitions) {
        if (const auto added = add(at, count); !added) return std::unexpected(added.error());
        if (at.partition + 1U == count) print_lines(to);
    }
    return streams_;
}

std::expected<void, Error> States::add(PartitionId at, std::uint16_t partitions) {
    Partition partition(at, partitions);
    const auto walked = each_batch(
        log_, at, 0,
        [&](const wire::BatchView& batch, const Bytes& blob) -> std::expected<bool, Error> {
            if (const auto taken = partition.take(batch, blob); !taken)
                return std::unexpected(taken.error());
            const auto go_on = watch_.at(wire::name_of(at), records_ + partition.next());
            if (!go_on) return std::unexpected(go_on.error());
            return true;
        });
    if (!walked) return walked;
    if (const auto checked = partition.check_rules(); !checked) return checked;
    records_ += partition.next();
    partition.machine().each_stream([&](const StreamState& stream) {
        lines_.push_back(std::string(context_name(at.context)) + ' ' + std::string(stream.key) +
                         ' ' + std::to_string(stream.version) + ' ' +
                         hash_of_bytes(stream.undated));
    });
    return {};
}

void States::print_lines(std::FILE* to) {
    std::ranges::sort(lines_);
    for (const auto& line : lines_) std::fprintf(to, "%s\n", line.c_str());
    streams_ += lines_.size();
    lines_.clear();
}

}  // namespace

std::expected<std::size_t, Error> states(const EventLog& log, Watch& watch, std::FILE* to) {
    return States(log, watch).print(to);
}

}  // namespace holdfast::replay
