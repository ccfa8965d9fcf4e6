// TakeOver: how long clients are told nothing by half of the partitions when the engine that leads
// them is killed, and when it is told to end, while another follows what it does. Two engines as
// they ship share the partitions of a namespace on a real broker, any of them answers any client,
// and a session is the shortest that the broker lets it be.
#pragma once

#include <array>
#include <expected>
#include <filesystem>
#include <string>

#include "bench/report.h"
#include "engine/ports/error.h"

namespace holdfast::bench {

struct TakeOverSettings {
    std::filesystem::path folder;  // of the engines' data; made, and removed afterwards
    std::string brokers;
    std::size_t rounds = 6;
    std::uint16_t partitions = 8;
    int session_ms = 1'000;
};

// Of engines that are killed, and of those that leave.
std::expected<std::array<Report, 2>, Error> take_over(const TakeOverSettings& settings);

}  // namespace holdfast::bench
