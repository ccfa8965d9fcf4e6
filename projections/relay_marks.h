// Relay marks: what the relay keeps beside the log: how far it told of each partition of each
// context, and of each stream.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/domain/types.h"
#include "engine/ports/event_log.h"

namespace holdfast::projections {

// A stream that somebody was told of, and what its later events do not say again.
struct StreamRow {
    static constexpr std::string_view family = "stream";  // key: context / stream
    std::uint64_t told = 0;                               // messages
    std::string currency = {};
    std::optional<LocationId> location = {};
    friend bool operator==(const StreamRow&, const StreamRow&) = default;
};

struct RelayMarkRow {
    std::uint8_t context = 0;
    Sequence next = 0;                     // everything below is told
    std::uint64_t told = 0;                // in so many messages
    std::vector<std::uint8_t> batch = {};  // the hash of the batch that holds the last of it
    friend bool operator==(const RelayMarkRow&, const RelayMarkRow&) = default;
};
struct RelayMarksRow {
    static constexpr std::string_view family = "marks";  // one row, key "all"
    std::vector<RelayMarkRow> contexts = {};
    friend bool operator==(const RelayMarksRow&, const RelayMarksRow&) = default;
};

}  // namespace holdfast::projections
