#include "engine/adapters/segments/index.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "engine/wire/crc32c.h"

namespace holdfast::segments {
namespace {

constexpr std::uint32_t index_magic = 0x78646e69;  // "indx"

struct IndexHeader {
    std::uint32_t magic;
    std::uint32_t crc;  // of the rest of this header and of the partitions
    Position base;
    std::uint32_t partitions;
    std::uint32_t entries;
    std::uint32_t entries_crc;
    std::uint32_t unused;
};
static_assert(sizeof(IndexHeader) == 32);

struct StoredPartition {
    std::uint16_t partition;
    std::uint8_t context;
    std::uint8_t unused;
    std::uint32_t entries;
    Sequence first;
    Sequence end;
};
static_assert(sizeof(StoredPartition) == 24);
static_assert(sizeof(Index::Entry) == 24);

struct Head {
    IndexHeader header;
    std::vector<StoredPartition> partitions;
};

std::uint32_t crc_of(const Head& head) {
    const auto header = std::as_bytes(std::span(&head.header, 1));
    const auto begun = wire::crc32c(header.subspan(offsetof(IndexHeader, base)));
    return wire::crc32c(std::as_bytes(std::span(head.partitions)), begun);
}

std::optional<Head> read_head(const File& file, Position base) {
    const auto size = file.size();
    Head head{};
    if (!file.read(std::as_writable_bytes(std::span(&head.header, 1)), 0)) return std::nullopt;
    const auto& header = head.header;
    const auto stored = sizeof(IndexHeader) + header.partitions * sizeof(StoredPartition) +
                        header.entries * sizeof(Index::Entry);
    if (!size || header.magic != index_magic || header.base != base || stored != *size)
        return std::nullopt;
    head.partitions.resize(header.partitions);
    const auto rest = std::as_writable_bytes(std::span(head.partitions));
    if (!file.read(rest, sizeof(IndexHeader)) || header.crc != crc_of(head)) return std::nullopt;
    return head;
}

std::optional<File> existing(const Path& path) {
    auto file = File::open(path, File::Mode::read);
    if (!file) return std::nullopt;
    return *std::move(file);
}

}  // namespace

Index Index::of(const Scan& scan) {
    Index index;
    for (const auto& [header, offset] : scan.frames)
        index.add(header.at(), {header.first, header.count, offset, header.length});
    return index;
}

const Index::Entry* Index::find(PartitionId at, Sequence from) const {
    const auto batches = batches_.find(at);
    if (batches == batches_.end()) return nullptr;
    auto entry = std::ranges::upper_bound(batches->second, from, {}, &Entry::first);
    if (entry == batches->second.begin()) return nullptr;
    --entry;
    return from - entry->first < entry->count ? &*entry : nullptr;
}

std::vector<Index::Extent> Index::extents() const {
    std::vector<Extent> extents;
    extents.reserve(batches_.size());
    for (const auto& [at, batches] : batches_)
        extents.push_back({at, batches.front().first, batches.back().first + batches.back().count});
    return extents;
}

std::vector<std::byte> Index::bytes(Position base) const {
    Head head{};
    std::vector<Entry> entries;
    for (const auto& [at, batches] : batches_) {
        const auto& last = batches.back();
        head.partitions.push_back({at.partition, at.context, 0,
                                   static_cast<std::uint32_t>(batches.size()),
                                   batches.front().first, last.first + last.count});
        entries.insert(entries.end(), batches.begin(), batches.end());
    }
    const auto stored_entries = std::as_bytes(std::span(entries));
    head.header = {index_magic,
                   0,
                   base,
                   static_cast<std::uint32_t>(head.partitions.size()),
                   static_cast<std::uint32_t>(entries.size()),
                   wire::crc32c(stored_entries),
                   0};
    head.header.crc = crc_of(head);
    const auto stored_header = std::as_bytes(std::span(&head.header, 1));
    const auto stored_partitions = std::as_bytes(std::span(head.partitions));
    std::vector<std::byte> bytes(stored_header.size() + stored_partitions.size() +
                                 stored_entries.size());
    auto next = std::ranges::copy(stored_header, bytes.begin()).out;
    next = std::ranges::copy(stored_partitions, next).out;
    std::ranges::copy(stored_entries, next);
    return bytes;
}

Path index_path(const Path& folder, Position base) {
    return folder / fmt::format("{:020}.index", base);
}

std::optional<Index> read_index(const Path& path, Position base) {
    const auto file = existing(path);
    if (!file) return std::nullopt;
    const auto head = read_head(*file, base);
    if (!head) return std::nullopt;
    std::vector<Index::Entry> entries(head->header.entries);
    const auto bytes = std::as_writable_bytes(std::span(entries));
    const auto offset = sizeof(IndexHeader) + head->partitions.size() * sizeof(StoredPartition);
    if (!file->read(bytes, offset) || wire::crc32c(bytes) != head->header.entries_crc)
        return std::nullopt;
    Index index;
    auto next = entries.begin();
    for (const auto& stored : head->partitions) {
        if (entries.end() - next < stored.entries) return std::nullopt;
        const auto end = next + stored.entries;
        index.batches_[{stored.context, stored.partition}].assign(next, end);
        next = end;
    }
    return index;
}

std::optional<std::vector<Index::Extent>> read_extents(const Path& path, Position base) {
    const auto file = existing(path);
    if (!file) return std::nullopt;
    const auto head = read_head(*file, base);
    if (!head) return std::nullopt;
    std::vector<Index::Extent> extents;
    extents.reserve(head->partitions.size());
    for (const auto& stored : head->partitions)
        extents.push_back({{stored.context, stored.partition}, stored.first, stored.end});
    return extents;
}

}  // namespace holdfast::segments
