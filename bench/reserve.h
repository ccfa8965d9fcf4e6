// Reserve: how many single reservations a second an engine on the embedded log takes, in process
// and durable before each answer; and, right after, how fast the same bytes are appended with no
// engine.
#pragma once

#include <filesystem>

#include "bench/reserving.h"

namespace holdfast::bench {

struct ReserveSettings {
    std::filesystem::path folder;  // made, and removed afterwards
    Reservations wanted{.count = 2'000'000, .in_flight = 8'192};
};

std::expected<Report, Error> reserve(const ReserveSettings& settings);

}  // namespace holdfast::bench
