// list: the records of a log, one JSON object a line, filtered.
#pragma once

#include <optional>

#include "replay/walk.h"

namespace holdfast::replay {

struct Filter {
    std::string context;  // by name; empty: all
    std::optional<std::uint16_t> partition;
    std::string stream;  // a stream's key
    std::string event;   // an event's name
    std::string client;
    Sequence from = 0;
    std::size_t limit = 0;  // 0: all
    bool refused_only = false;
};

// Returns how many were listed.
std::expected<std::size_t, Error> list(const EventLog& log, const Filter& filter);

}  // namespace holdfast::replay
