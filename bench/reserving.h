// Reserving: many single reservations of one unit, posted to an engine in process, and how they
// went. The commands are made beforehand: they are a client's work, not the engine's.
//
// Threading  run() posts from the calling thread; the engine's threads run meanwhile.
// Errors     refused: a receipt or a reservation that was not accepted, for then the figures mean
//            nothing. An engine that fails ends the process.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <vector>

#include "bench/report.h"
#include "engine/runtime/engine.h"

namespace holdfast::bench {

struct Reservations {
    std::size_t count = 0;
    std::size_t in_flight = 0;  // posted and not answered yet, at most
    std::uint32_t skus = 1;
    std::uint16_t shards = 2;  // threads that decide
};

struct Reserved {
    double seconds = 0;
    double cpu_seconds = 0;      // of all threads, the one that posts too
    double busiest_seconds = 0;  // of one thread
    std::size_t refused = 0;
    std::vector<std::uint32_t> latencies_us;
};

class Reserving {
public:
    explicit Reserving(const Reservations& wanted);

    // Runs the engine's threads, waits until it leads all, receives stock, and reserves.
    std::expected<Reserved, Error> run(Engine& engine);

private:
    struct Prepared {
        std::uint32_t sku;
        std::string command;
    };
    Reservations wanted_;
    std::vector<Prepared> prepared_;
};

// All but the limit.
Report report_of(std::string scenario, Reserved& reserved);

double seconds_since(std::chrono::steady_clock::time_point start);

}  // namespace holdfast::bench
