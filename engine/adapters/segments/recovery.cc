#include "engine/adapters/segments/recovery.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/segments/losses.h"

namespace holdfast::segments {
namespace {

// What is wrong at scan.end: by its own header, or by the numbers that the frames behind it leave
// out.
Error explain(const Path& path, const Scan& scan, const Catalogue& catalogue) {
    if (scan.bad)
        return damaged_at(path, scan.end,
                          name_of(scan.bad->at(), scan.bad->first, scan.bad->count) +
                              " do not match their checksum");
    for (const auto& [header, offset] : scan.strays) {
        const auto end = catalogue.end(header.at());
        if (header.first > end)
            return damaged_at(
                path, scan.end,
                name_of(header.at(), end, static_cast<std::uint32_t>(header.first - end)) +
                    " cannot be read");
    }
    if (scan.frames.empty()) return damaged_at(path, scan.end, "its first batch cannot be read");
    const auto& last = scan.frames.back().header;
    return damaged_at(
        path, scan.end,
        "what follows " + name_of(last.at(), last.first, last.count) + " cannot be read");
}

std::vector<Catalogue::Added> batches_of(const Scan& scan) {
    std::vector<Catalogue::Added> batches;
    batches.reserve(scan.frames.size());
    for (const auto& [header, offset] : scan.frames)
        batches.push_back({header.at(), {header.first, header.count, offset, header.length}});
    return batches;
}

// How far the segment was written, from what the first frame of the next one knew.
std::optional<Position> end_noted_in(const Path& next, Position base) {
    const auto file = File::open(next, File::Mode::read);
    FrameHeader first{};
    if (!file || !file->read(std::as_writable_bytes(std::span(&first, 1)), frames_begin) ||
        !is_valid(first) || first.position != base + frames_begin)
        return std::nullopt;
    return first.synced;
}

Error gap_at(const Path& path) {
    return damaged_at(path, frames_begin, "its numbers do not follow those before it");
}

}  // namespace

std::expected<Recovered, Error> Recovery::run(Catalogue& catalogue) {
    if (auto listed = list(); !listed) return std::unexpected(listed.error());
    if (segments_.empty()) return Recovered{};
    const auto tail = find_tail();
    if (!tail) return std::unexpected(tail.error());
    for (std::size_t at = 0; at < tail->at; ++at)
        if (auto added = add_full(at, catalogue); !added) return std::unexpected(added.error());
    if (auto added = add_tail(*tail, catalogue); !added) return std::unexpected(added.error());
    if (access_ == Access::repair)
        if (auto repaired = repair(*tail); !repaired) return std::unexpected(repaired.error());
    const auto& last = segments_[tail->at];
    return Recovered{last.base, last.bytes, whole_pages(tail->scan.end)};
}

std::expected<void, Error> Recovery::list() {
    std::vector<Position> bases;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
        if (const auto base = base_of(entry.path())) bases.push_back(*base);
        if (access_ == Access::repair && entry.path().extension() == ".unfinished")
            if (auto removed = remove_file(entry.path()); !removed) return removed;
    }
    if (failed)
        return std::unexpected(
            Error{Error::unavailable,
                  fmt::format("cannot list {}: {}", folder_.string(), failed.message())});
    std::ranges::sort(bases);
    for (const auto base : bases) {
        if (access_ == Access::look_at_safe && base >= mark_) break;
        if (auto listed = list_one(base, bases); !listed) return listed;
    }
    return next_base() < mark_ ? not_as_it_was(bases, "it is missing")
                               : std::expected<void, Error>();
}

Position Recovery::next_base() const {
    return segments_.empty() ? 0 : segments_.back().base + segments_.back().bytes;
}

// Of the segment that should be the next.
std::unexpected<Error> Recovery::not_as_it_was(std::vector<Position> bases,
                                               std::string_view why) const {
    const auto broken = next_base();
    const auto place = std::ranges::lower_bound(bases, broken);
    if (place == bases.end() || *place != broken) bases.insert(place, broken);
    return std::unexpected(damaged_at(segment_path(folder_, broken), 0,
                                      fmt::format("{}: {}", why, losses(folder_, bases, broken))));
}

std::expected<void, Error> Recovery::list_one(Position base, const std::vector<Position>& bases) {
    const auto path = segment_path(folder_, base);
    if (base != next_base()) return not_as_it_was(bases, "it is missing");
    const auto file = File::open(path, File::Mode::read);
    if (!file) return std::unexpected(file.error());
    const auto size = file->size();
    if (!size) return std::unexpected(size.error());
    std::vector<std::byte> page(frames_begin);
    const auto read = file->read(page, 0);
    const auto expected = segment_header(base, *size);
    const auto bytes = std::as_bytes(std::span(&expected, 1));
    const auto differs = std::ranges::mismatch(page, bytes).in1;
    const bool is_it = read && is_valid(expected) && differs == page.begin() + sizeof expected &&
                       std::all_of(differs, page.end(), [](auto b) { return b == std::byte{0}; });
    if (!is_it)
        return not_as_it_was(bases, "its header is not that of a segment of this place and length");
    segments_.push_back({base, *size});
    return {};
}

std::expected<Scan, Error> Recovery::scan_visible(const Segment& segment) const {
    auto bytes = segment.bytes;
    if (access_ == Access::look_at_safe) bytes = std::min(bytes, mark_ - segment.base);
    return scan_file(segment_path(folder_, segment.base), segment.base, bytes);
}

std::expected<Recovery::Tail, Error> Recovery::find_tail() {
    Tail tail;
    for (tail.at = segments_.size(); tail.at-- > 0;) {
        auto& segment = segments_[tail.at];
        auto scanned = scan_visible(segment);
        if (!scanned) return std::unexpected(scanned.error());
        tail.scan = *std::move(scanned);
        safe_ = std::max(safe_, tail.scan.synced);
        segment.is_clean = tail.scan.is_clean();
        if (!tail.scan.frames.empty() || lost_something(segment, tail.scan)) return tail;
    }
    tail.at = 0;
    return tail;
}

std::expected<void, Error> Recovery::add_full(std::size_t at, Catalogue& catalogue) const {
    const auto base = segments_[at].base;
    const auto extents = read_extents(index_path(folder_, base), base);
    if (!extents) return add_unindexed(at, catalogue);
    if (catalogue.add_full(base, *extents)) return {};
    return std::unexpected(gap_at(segment_path(folder_, base)));
}

std::expected<void, Error> Recovery::add_unindexed(std::size_t at, Catalogue& catalogue) const {
    const auto& segment = segments_[at];
    const auto path = segment_path(folder_, segment.base);
    const auto scanned = scan_file(path, segment.base, segment.bytes);
    if (!scanned) return std::unexpected(scanned.error());
    const auto next = segments_[at + 1].base;
    const auto end = end_noted_in(segment_path(folder_, next), next);
    const auto index = Index::of(*scanned);
    if (!catalogue.add_full(segment.base, index.extents())) return std::unexpected(gap_at(path));
    if (!scanned->is_clean() || (end && segment.base + scanned->end < *end))
        return std::unexpected(explain(path, *scanned, catalogue));
    if (access_ != Access::repair) return {};
    return create_whole(index_path(folder_, segment.base), index.bytes(segment.base));
}

std::expected<void, Error> Recovery::add_tail(const Tail& tail, Catalogue& catalogue) const {
    const auto& segment = segments_[tail.at];
    const auto path = segment_path(folder_, segment.base);
    if (auto begun = catalogue.begin(segment.base); !begun) return begun;
    if (!catalogue.add(batches_of(tail.scan))) return std::unexpected(gap_at(path));
    if (lost_something(segment, tail.scan))
        return std::unexpected(explain(path, tail.scan, catalogue));
    return {};
}

// Of the segments behind the tail only one that was made ahead and not written is kept.
std::expected<void, Error> Recovery::repair(const Tail& tail) const {
    const auto& last = segments_[tail.at];
    if (auto removed = remove_file(index_path(folder_, last.base)); !removed) return removed;
    for (auto at = segments_.size(); --at > tail.at;) {
        const auto& ahead = segments_[at];
        if (at == tail.at + 1 && ahead.is_clean && ahead.bytes == segment_bytes_) break;
        if (auto removed = remove_file(segment_path(folder_, ahead.base)); !removed) return removed;
    }
    if (auto synced = sync_folder(folder_); !synced) return synced;
    return cut(last, tail.scan);
}

std::expected<void, Error> Recovery::cut(const Segment& segment, const Scan& scan) const {
    const auto file = File::open(segment_path(folder_, segment.base), File::Mode::write);
    if (!file) return std::unexpected(file.error());
    if (!scan.is_clean()) {
        spdlog::warn("log tail=cut file={} from={} to={}", file->path().string(), scan.end,
                     scan.dirty_end);
        const std::vector<std::byte> zeros(scan.dirty_end - scan.end);
        if (auto written = file->write(zeros, scan.end); !written) return written;
    }
    return file->sync();
}

}  // namespace holdfast::segments
