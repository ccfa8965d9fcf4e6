// Http: how many single reservations a second an engine takes over HTTP, each durable before its
// answer; and, right after, how many times the same server answers a fixed body (GET /healthz) to
// the same client. The engine is a process of its own; the client has one thread.
#pragma once

#include <expected>
#include <filesystem>

#include "bench/report.h"
#include "engine/ports/error.h"

namespace holdfast::bench {

struct HttpSettings {
    std::filesystem::path folder;  // made, and removed afterwards
    std::size_t reservations = 200'000;
    std::size_t connections = 128;
    std::uint32_t skus = 1;
};

std::expected<Report, Error> http(const HttpSettings& settings);

}  // namespace holdfast::bench
