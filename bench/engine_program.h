// EngineProgram: `holdfast` in a process of its own, as it ships, on a folder and a free port.
//
// Lifetime  ends its process when it goes.
// Errors    start() says why the program does not serve.
#pragma once

#include <cstdint>
#include <filesystem>

#include "bench/child.h"

namespace holdfast::bench {

class EngineProgram {
public:
    // The program that lies beside this one.
    static std::expected<std::unique_ptr<EngineProgram>, Error> start(
        const std::filesystem::path& data, const std::vector<std::string>& more = {});

    std::uint16_t port() const { return port_; }
    pid_t process() const { return child_->process(); }
    double peak_rss_mib() const;
    double cpu_s() const;  // what its threads have spent by now

private:
    EngineProgram(std::unique_ptr<Child> child, std::uint16_t port)
        : child_(std::move(child)), port_(port) {}

    std::unique_ptr<Child> child_;
    std::uint16_t port_;
};

}  // namespace holdfast::bench
