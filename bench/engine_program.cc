#include "bench/engine_program.h"

#include <ctime>
#include <fstream>
#include <iterator>

namespace holdfast::bench {

std::expected<std::unique_ptr<EngineProgram>, Error> EngineProgram::start(
    const std::filesystem::path& data, const std::vector<std::string>& more) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "holdfast";
    std::vector<std::string> arguments{program.string(), "--data",      data.string(),
                                       "--listen",       "127.0.0.1:0", "--insecure-no-tokens"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto child = Child::start(std::move(arguments));
    if (!child) return std::unexpected(child.error());
    const auto port = (*child)->reads_behind("holdfast serves on http://127.0.0.1:");
    if (!port)
        return std::unexpected(
            Error{Error::refused, "the engine does not serve: " + (*child)->said()});
    return std::unique_ptr<EngineProgram>(
        new EngineProgram(*std::move(child), static_cast<std::uint16_t>(std::stoi(*port))));
}

double EngineProgram::peak_rss_mib() const {
    std::ifstream file("/proc/" + std::to_string(child_->process()) + "/status");
    const std::string status(std::istreambuf_iterator<char>(file), {});
    constexpr std::string_view name = "VmHWM:";
    const auto at = status.find(name);
    return at == std::string::npos ? 0 : std::stod(status.substr(at + name.size())) / 1024;
}

double EngineProgram::cpu_s() const {
    clockid_t clock{};
    timespec spent{};
    if (::clock_getcpuclockid(child_->process(), &clock) != 0 ||
        ::clock_gettime(clock, &spent) != 0)
        return 0;
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

}  // namespace holdfast::bench
