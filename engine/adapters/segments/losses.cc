#include "engine/adapters/segments/losses.h"

#include <map>

#include <fmt/format.h>

#include "engine/adapters/segments/catalogue.h"

namespace holdfast::segments {
namespace {

Scan what_is_left(const Path& folder, Position base) {
    const auto path = segment_path(folder, base);
    std::error_code failed;
    const auto bytes = std::filesystem::file_size(path, failed);
    if (failed) return {};
    auto scanned = scan_file(path, base, bytes);
    return scanned ? *std::move(scanned) : Scan();
}

std::vector<Index::Extent> extents_in(const Path& folder, Position base) {
    if (auto noted = read_extents(index_path(folder, base), base)) return *std::move(noted);
    return Index::of(what_is_left(folder, base)).extents();
}

}  // namespace

std::string losses(const Path& folder, std::span<const Position> bases, Position broken) {
    std::map<PartitionId, Sequence> ends;
    std::map<PartitionId, Index::Extent> lost;
    for (const auto base : bases) {
        if (base == broken)  // what is left of it, then what its index says was there
            for (const auto& part : Index::of(what_is_left(folder, base)).extents())
                ends[part.at] = part.end;
        for (const auto& part : extents_in(folder, base)) {
            auto& end = ends[part.at];
            const auto lost_until = base == broken ? part.end : part.first;
            if (lost_until > end)
                lost.try_emplace(part.at, Index::Extent{part.at, end, lost_until});
            end = std::max(end, part.end);
        }
    }
    if (!lost.empty()) {
        const auto& first = lost.begin()->second;
        const auto others = lost.size() - 1;
        return name_of(first.at, first.first, static_cast<std::uint32_t>(first.end - first.first)) +
               " are lost" +
               (others == 0 ? "" : fmt::format(", and numbers of {} other partitions", others));
    }
    if (ends.empty()) return "every record is lost";
    const auto& [at, end] = *ends.begin();
    return fmt::format(
        "context {}, partition {}, number {} and what follows are lost, if there "
        "were any",
        at.context, at.partition, end);
}

}  // namespace holdfast::segments
