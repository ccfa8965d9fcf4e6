#include "engine/adapters/segments/catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/wire/crc32c.h"

namespace holdfast::segments {
namespace {

constexpr std::size_t loaded_max = 8;

}  // namespace

std::string name_of(PartitionId at, Sequence first, std::uint32_t count) {
    return fmt::format("context {}, partition {}, numbers {} to {}", at.context, at.partition,
                       first, first + count - 1);
}

Error damaged_at(const Path& file, std::uint64_t offset, std::string_view what) {
    return Error{Error::damaged, fmt::format("{} at byte {}: {}; nothing was changed, put back "
                                             "this file from a copy",
                                             file.string(), offset, what)};
}

std::expected<Scan, Error> scan_file(const Path& path, Position base, std::uint64_t bytes) {
    const auto file = File::open(path, File::Mode::read);
    if (!file) return std::unexpected(file.error());
    const auto held = std::make_unique_for_overwrite<std::byte[]>(bytes);
    if (auto read = file->read({held.get(), bytes}, 0); !read) return std::unexpected(read.error());
    return scan({held.get(), bytes}, base);
}

bool Catalogue::extend(PartitionId at, Sequence first, Sequence end, Position base) {
    auto& partition = partitions_[at];
    if (partition.end != first) return false;
    partition.end = end;
    if (partition.segments.empty() || partition.segments.back().base != base)
        partition.segments.push_back({first, base});
    return true;
}

bool Catalogue::add_full(Position base, std::span<const Index::Extent> extents) {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(
        extents, [&](const auto& part) { return extend(part.at, part.first, part.end, base); });
}

std::expected<void, Error> Catalogue::begin(Position base) {
    auto file = File::open(segment_path(folder_, base), File::Mode::read);
    if (!file) return std::unexpected(file.error());
    const std::scoped_lock lock(mutex_, loading_);
    if (last_) keep(std::move(last_));
    last_ = std::make_shared<Segment>(base, *std::move(file), Index{});
    return {};
}

bool Catalogue::add(std::span<const Added> batches) {
    const std::lock_guard lock(mutex_);
    for (const auto& [at, entry] : batches) {
        if (!extend(at, entry.first, entry.first + entry.count, last_->base)) return false;
        last_->index.add(at, entry);
    }
    return true;
}

std::vector<std::byte> Catalogue::index_of_last() const {
    const std::lock_guard lock(mutex_);
    return last_->index.bytes(last_->base);
}

Sequence Catalogue::end(PartitionId at) const {
    const std::lock_guard lock(mutex_);
    const auto found = partitions_.find(at);
    return found == partitions_.end() ? 0 : found->second.end;
}

std::optional<Catalogue::Place> Catalogue::locate(PartitionId at, Sequence from) const {
    const std::lock_guard lock(mutex_);
    const auto partition = partitions_.find(at);
    if (partition == partitions_.end() || from >= partition->second.end) return std::nullopt;
    const auto& segments = partition->second.segments;
    const auto base = std::prev(std::ranges::upper_bound(segments, from, {}, &Begins::first))->base;
    if (base != last_->base) return Place{base, nullptr, {}};
    return Place{base, last_, *last_->index.find(at, from)};
}

std::expected<StoredBatch, Error> Catalogue::read(PartitionId at, Sequence from) const {
    const auto place = locate(at, from);
    if (!place) return StoredBatch{from, 0, nullptr};
    if (place->segment) return read_frame(*place->segment, at, place->entry);
    const auto segment = full_segment(place->base);
    if (!segment) return std::unexpected(segment.error());
    const auto* entry = (*segment)->index.find(at, from);
    if (entry == nullptr)
        return std::unexpected(damaged_at((*segment)->file.path(), frames_begin,
                                          name_of(at, from, 1) + " should be in this segment"));
    return read_frame(**segment, at, *entry);
}

std::expected<Catalogue::Shared, Error> Catalogue::full_segment(Position base) const {
    const std::lock_guard lock(loading_);
    const auto known = std::ranges::find(loaded_, base, [](const Shared& s) { return s->base; });
    if (known != loaded_.end()) {
        std::rotate(known, known + 1, loaded_.end());
        return loaded_.back();
    }
    auto file = File::open(segment_path(folder_, base), File::Mode::read);
    if (!file) return std::unexpected(file.error());
    auto index = read_index(index_path(folder_, base), base);
    if (!index) {
        const auto size = file->size();
        if (!size) return std::unexpected(size.error());
        const auto scanned = scan_file(file->path(), base, *size);
        if (!scanned) return std::unexpected(scanned.error());
        index = Index::of(*scanned);
    }
    keep(std::make_shared<Segment>(base, *std::move(file), *std::move(index)));
    return loaded_.back();
}

void Catalogue::keep(Shared full) const {
    if (loaded_.size() == loaded_max) loaded_.erase(loaded_.begin());
    loaded_.push_back(std::move(full));
}

std::expected<StoredBatch, Error> Catalogue::read_frame(const Segment& segment, PartitionId at,
                                                        const Index::Entry& entry) const {
    FrameHeader header{};
    auto blob = std::make_shared<Bytes>(entry.length);
    auto read =
        segment.file.read_two(std::as_writable_bytes(std::span(&header, 1)), *blob, entry.offset);
    if (!read) return std::unexpected(read.error());
    const bool is_it = is_valid(header) && header.position == segment.base + entry.offset &&
                       header.at() == at && header.first == entry.first &&
                       header.count == entry.count && header.length == entry.length;
    if (!is_it || wire::crc32c(*blob) != header.blob_crc)
        return std::unexpected(
            damaged_at(segment.file.path(), entry.offset,
                       name_of(at, entry.first, entry.count) + " do not match their checksum"));
    return StoredBatch{entry.first, entry.count, std::move(blob)};
}

}  // namespace holdfast::segments
