// Extent: where a partition of a topic begins and ends, as who leads it says.
//
// Errors  those of the brokers. Who leads a partition that was just made, or whose leader died, may
//         not be known everywhere yet: that is waited for until then, and no longer. refused: there
//         is none.
#pragma once

#include "engine/adapters/kafka/library.h"

namespace holdfast::kafka {

// The latest time to wait to.
using Until = std::chrono::steady_clock::time_point;

// Offsets: of a partition's first message, and behind its last one.
struct Extent {
    std::int64_t low = 0, high = 0;
};
// A producer's client answers at once, that of a consumer which reads after a fetch.
std::expected<std::int64_t, Error> end_of(const Client& client, const std::string& topic,
                                          std::int32_t partition, Until until);
std::expected<Extent, Error> extent_of(const Client& client, const std::string& topic,
                                       std::int32_t partition, Until until);

}  // namespace holdfast::kafka
