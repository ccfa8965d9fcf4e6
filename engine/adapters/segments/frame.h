// Frame: how a batch lies in a segment file. Format 1; every number is little-endian.
//
// A log is one run of bytes, cut into segment files; a file is named after the position of its
// first byte (20 digits, `.segment`). A segment is made whole and zeroed before it is used:
//
//     0     SegmentHeader, the rest of its page zero
//     4096  frames: FrameHeader, the blob, zeros to the next multiple of 8
//           what was written by one flush begins on a page and ends with zeros to the next page
//
// Invariant  a frame holds its own position, so that bytes which were copied or left over elsewhere
//            are never taken for a frame.
// Invariant  `synced` is where the log's safe part ended when the frame was written. One flush is
//            under way at a time, so a valid frame proves that everything before its `synced` was
//            on the disk, and nothing about its neighbours of the same flush: a disk may keep the
//            pages of an unfinished flush in any order.
// Limits     a blob and its frame fit one segment; a segment has at most 1 GiB.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/adapters/segments/files.h"
#include "engine/ports/event_log.h"

namespace holdfast::segments {

static_assert(std::endian::native == std::endian::little);

using Position = std::uint64_t;  // a byte of the log, counted from its beginning

struct SegmentHeader {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t crc;  // of the two numbers that follow
    Position base;
    std::uint64_t bytes;  // of the file
};
static_assert(sizeof(SegmentHeader) == 32);

struct FrameHeader {
    std::uint32_t magic;
    std::uint32_t header_crc;  // of the 40 bytes that follow
    Position position;
    Position synced;
    Sequence first;
    std::uint32_t count;
    std::uint32_t length;  // of the blob
    std::uint32_t blob_crc;
    std::uint16_t partition;
    std::uint8_t context;
    std::uint8_t unused;

    PartitionId at() const { return {context, partition}; }
};
static_assert(sizeof(FrameHeader) == 48);

constexpr std::uint64_t frames_begin = page_bytes;
constexpr std::uint64_t segment_bytes_min = 2 * page_bytes;
constexpr std::uint64_t segment_bytes_max = 1ULL << 30;

constexpr std::uint64_t frame_bytes(std::uint64_t length) {
    return (sizeof(FrameHeader) + length + 7) / 8 * 8;
}

Path segment_path(const Path& folder, Position base);
std::optional<Position> base_of(const Path& file);  // nothing when it is not a segment's name

SegmentHeader segment_header(Position base, std::uint64_t bytes);
bool is_valid(const SegmentHeader& header);

void seal(FrameHeader& header);  // its magic and checksum, when everything else is set
bool is_valid(const FrameHeader& header);

// What the frames of one segment say.
struct Scan {
    struct Frame {
        FrameHeader header;
        std::uint32_t offset;
    };
    std::vector<Frame> frames;       // the valid ones from the beginning, without a break
    std::uint64_t end = 0;           // behind them, and behind the zeros that fill their page
    std::uint64_t dirty_end = 0;     // behind the last byte that is not zero
    std::vector<Frame> strays;       // valid ones behind `end`
    std::optional<FrameHeader> bad;  // the frame at `end`, when its header is right, its blob wrong
    Position synced = 0;             // the most that a valid frame knew to be safe

    bool is_clean() const { return dirty_end <= end; }
    bool has_frames() const { return !frames.empty() || !strays.empty(); }
};
Scan scan(std::span<const std::byte> segment, Position base);

}  // namespace holdfast::segments
