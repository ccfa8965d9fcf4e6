// list: the records of a log, filtered: one JSON object a line, or one short line to read.
//
// Order   by context and partition, in each by sequence.
// Errors  refused: the filter's partition is not the log's, or it was interrupted. damaged: a
//         record that cannot be read, with its place.
#pragma once

#include <cstdio>
#include <optional>

#include "replay/walk.h"
#include "replay/watch.h"

namespace holdfast::replay {

struct Filter {
    std::string context;  // by name; empty: all
    std::optional<std::uint16_t> partition;
    std::string stream;  // a stream's key
    std::string event;   // an event's name
    std::string client;
    Sequence from = 0;
    std::size_t limit = 0;                            // 0: all
    std::optional<std::int64_t> since_ms, before_ms;  // of the decision's time
    bool refused_only = false;
    bool brief = false;
};

// "2010-12-01" or "2010-12-01T08:26:00Z", in milliseconds of 1970.
std::expected<std::int64_t, Error> time_from(const std::string& text);

// Whether any log may have what the filter wants: that there is such an event.
std::expected<void, Error> check(const Filter& filter);

// Returns how many were listed.
std::expected<std::size_t, Error> list(const EventLog& log, const Filter& filter, Watch& watch,
                                       std::FILE* to);

}  // namespace holdfast::replay
