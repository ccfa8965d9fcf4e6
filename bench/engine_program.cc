#include "bench/engine_program.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <unistd.h>

namespace holdfast::bench {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path of_process(pid_t process, std::string_view name) {
    return std::filesystem::path("/proc") / std::to_string(process) / name;
}

}  // namespace

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
    const auto status = text_of(of_process(child_->process(), "status"));
    constexpr std::string_view name = "VmHWM:";
    const auto at = status.find(name);
    return at == std::string::npos ? 0 : std::stod(status.substr(at + name.size())) / 1024;
}

// Of /proc/<pid>/stat, what stands 12 and 13 fields behind the program's name in parentheses.
double EngineProgram::cpu_s() const {
    const auto stat = text_of(of_process(child_->process(), "stat"));
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace holdfast::bench
