// Position: what a partition knows besides its streams: how far its log is, and how far the
// conversations with other partitions are. Advanced when a record is taken, live and in replay
// alike.
#pragma once

#include <string>

#include "engine/domain/contexts.h"
#include "engine/domain/flat_map.h"
#include "engine/ports/event_log.h"

namespace holdfast {

// A partition as a key of FlatMap and of rows.
constexpr std::uint32_t packed(PartitionId at) {
    return std::uint32_t{at.context} << 16 | at.partition;
}
constexpr PartitionId unpacked(std::uint32_t at) {
    return {static_cast<std::uint8_t>(at >> 16), static_cast<std::uint16_t>(at)};
}

// Its place among all of them, a partition's contexts side by side.
constexpr std::size_t place_of(PartitionId at) {
    return std::size_t{at.partition} * contexts_count + at.context - 1U;
}
constexpr PartitionId partition_at(std::size_t place) {
    return {static_cast<std::uint8_t>(place % contexts_count + 1),
            static_cast<std::uint16_t>(place / contexts_count)};
}

struct Position {
    Sequence next = 0;                            // the first record not taken
    std::string hash = std::string(32, '\0');     // of the last batch taken
    std::int64_t last_ms = 0;                     // the last decision's time
    std::uint64_t commands_next = 0;              // of the commands topic
    Sequence unheard = 0;                         // see BatchHeader::unheard
    FlatMap<std::uint32_t, std::uint64_t> heard;  // sender -> the last n taken
    FlatMap<std::uint32_t, std::uint64_t> said;   // destination -> the last n given

    auto members() { return std::tie(next, hash, last_ms, commands_next, unheard, heard, said); }
    friend bool operator==(const Position&, const Position&) = default;
};

}  // namespace holdfast
