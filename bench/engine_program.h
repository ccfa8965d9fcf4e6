// EngineProgram: `holdfast` in a process of its own, as it ships, on a folder and a free port.
//
// Lifetime  ends its process when it goes.
// Errors    start() says why the program does not serve.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/ports/error.h"

namespace holdfast::bench {

class EngineProgram {
public:
    // The program that lies beside this one.
    static std::expected<std::unique_ptr<EngineProgram>, Error> start(
        const std::filesystem::path& data, const std::vector<std::string>& more = {});
    EngineProgram(const EngineProgram&) = delete;
    EngineProgram& operator=(const EngineProgram&) = delete;
    ~EngineProgram();

    std::uint16_t port() const { return port_; }
    double peak_rss_mib() const;
    double cpu_s() const;  // what its threads have spent by now

private:
    EngineProgram(pid_t process, int output) : process_(process), output_(output) {}
    bool read_until_it_serves();

    pid_t process_;
    int output_;
    std::uint16_t port_ = 0;
    std::string words_;
};

}  // namespace holdfast::bench
