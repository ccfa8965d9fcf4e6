// Load: many kept-alive connections to a server on this machine, one request in flight on each.
//
// Threading  run() serves all of them on the calling thread.
// Errors     a connection that fails, or closes before the last answer, ends the run.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "engine/ports/error.h"

namespace holdfast::bench {

struct Load {
    std::uint16_t port = 0;
    std::size_t connections = 1;
    std::size_t requests = 0;
    // Appends the bytes of the n-th request.
    std::function<void(std::size_t n, std::string& to)> write;
};

struct Answers {
    double seconds = 0;
    std::size_t refused = 0;  // whose status is not 2xx
    std::string first_refusal;
    std::vector<std::uint32_t> latencies_us;
};

std::expected<Answers, Error> run(const Load& load);

}  // namespace holdfast::bench
