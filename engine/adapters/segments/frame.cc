#include "engine/adapters/segments/frame.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "engine/wire/crc32c.h"

namespace holdfast::segments {
namespace {

constexpr std::uint64_t segment_magic = 0x74736166'646c6f68ULL;  // "holdfast"
constexpr std::uint32_t frame_magic = 0x656d7266;                // "frme"
constexpr std::uint32_t format_version = 1;
constexpr std::string_view extension = ".segment";

template <class Header> std::uint32_t crc_behind(const Header& header, std::size_t from) {
    return wire::crc32c(std::as_bytes(std::span(&header, 1)).subspan(from));
}

bool all_zero(std::span<const std::byte> bytes) {
    return bytes.empty() || (bytes[0] == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// A segment in memory, walked frame by frame.
class Walk {
public:
    Walk(std::span<const std::byte> segment, Position base) : segment_(segment), base_(base) {}

    std::optional<FrameHeader> header_at(std::uint64_t offset) const {
        FrameHeader header{};
        if (offset + sizeof header > segment_.size()) return std::nullopt;
        std::memcpy(&header, segment_.data() + offset, sizeof header);
        if (!is_valid(header) || header.position != base_ + offset) return std::nullopt;
        if (header.length > segment_.size() - offset - sizeof header) return std::nullopt;
        return header;
    }

    bool blob_is_right(std::uint64_t offset, const FrameHeader& header) const {
        const auto end = offset + sizeof header + header.length;
        const auto blob = segment_.subspan(offset + sizeof header, header.length);
        return wire::crc32c(blob) == header.blob_crc &&
               is_zero(end, offset + frame_bytes(header.length));
    }

    bool is_zero(std::uint64_t from, std::uint64_t to) const {
        to = std::min<std::uint64_t>(to, segment_.size());
        return from >= to || all_zero(segment_.subspan(from, to - from));
    }

    // Behind the zeros that end a flush, or where it stands when they are not all zeros.
    std::uint64_t behind_filling(std::uint64_t offset) const {
        return is_zero(offset, whole_pages(offset)) ? whole_pages(offset) : offset;
    }

    std::uint64_t dirty_end(std::uint64_t from) const {
        auto page = whole_pages(segment_.size());
        while (page > from && is_zero(std::max(from, page - page_bytes), page)) page -= page_bytes;
        return std::min<std::uint64_t>(std::max(page, from), segment_.size());
    }

private:
    std::span<const std::byte> segment_;
    Position base_;
};

// The valid frames of the part that cannot be read in order: wherever one could begin.
void find_strays(const Walk& walk, Scan& found) {
    for (auto offset = (found.end + 7) / 8 * 8; offset < found.dirty_end;) {
        const auto header = walk.header_at(offset);
        if (!header || !walk.blob_is_right(offset, *header)) {
            offset += 8;
            continue;
        }
        found.strays.push_back({*header, static_cast<std::uint32_t>(offset)});
        found.synced = std::max(found.synced, header->synced);
        offset += frame_bytes(header->length);
    }
}

}  // namespace

Path segment_path(const Path& folder, Position base) {
    return folder / fmt::format("{:020}{}", base, extension);
}

std::optional<Position> base_of(const Path& file) {
    if (file.extension() != extension) return std::nullopt;
    const auto name = file.stem().string();
    Position base = 0;
    const auto* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data(), end, base);
    if (name.size() != 20 || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return base;
}

SegmentHeader segment_header(Position base, std::uint64_t bytes) {
    SegmentHeader header{segment_magic, format_version, 0, base, bytes};
    header.crc = crc_behind(header, offsetof(SegmentHeader, base));
    return header;
}

bool is_valid(const SegmentHeader& header) {
    return header.magic == segment_magic && header.version == format_version &&
           header.crc == crc_behind(header, offsetof(SegmentHeader, base)) &&
           header.bytes >= segment_bytes_min && header.bytes <= segment_bytes_max;
}

void seal(FrameHeader& header) {
    header.magic = frame_magic;
    header.header_crc = crc_behind(header, offsetof(FrameHeader, position));
}

bool is_valid(const FrameHeader& header) {
    return header.magic == frame_magic &&
           header.header_crc == crc_behind(header, offsetof(FrameHeader, position));
}

Scan scan(std::span<const std::byte> segment, Position base) {
    const Walk walk(segment, base);
    Scan found;
    std::uint64_t offset = frames_begin;
    while (true) {
        auto header = walk.header_at(offset);
        if (!header) {
            offset = walk.behind_filling(offset);
            header = walk.header_at(offset);
            // Only another flush begins behind zeros: otherwise a frame of this one is missing.
            if (header && header->synced != header->position) header.reset();
        }
        if (!header) break;
        if (!walk.blob_is_right(offset, *header)) {
            found.bad = header;
            break;
        }
        found.frames.push_back({*header, static_cast<std::uint32_t>(offset)});
        found.synced = std::max(found.synced, header->synced);
        offset += frame_bytes(header->length);
    }
    found.end = offset;
    found.dirty_end = walk.dirty_end(offset);
    find_strays(walk, found);
    return found;
}

}  // namespace holdfast::segments
