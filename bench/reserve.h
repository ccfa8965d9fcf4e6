// Reserve: how many single reservations a second an engine on the embedded log takes, in process
// and durable before each answer; and, right after, how fast the same bytes are appended with no
// engine.
#pragma once

#include <expected>
#include <filesystem>

#include "bench/report.h"
#include "engine/ports/error.h"

namespace holdfast::bench {

struct ReserveSettings {
    std::filesystem::path folder;  // made, and removed afterwards
    std::size_t reservations = 2'000'000;
    std::size_t in_flight = 8'192;
    std::uint32_t skus = 1;
    std::uint16_t shards = 2;
};

std::expected<Report, Error> reserve(const ReserveSettings& settings);

}  // namespace holdfast::bench
