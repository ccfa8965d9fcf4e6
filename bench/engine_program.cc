#include "bench/engine_program.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
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
    std::vector<char*> raw;
    raw.reserve(arguments.size() + 1);
    for (auto& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return std::unexpected(Error{Error::unavailable, "there is no pipe to be had"});
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    pid_t process = -1;
    const int failed = ::posix_spawn(&process, raw.front(), &actions, nullptr, raw.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0) {
        ::close(ends[0]);
        return std::unexpected(
            Error{Error::refused, program.string() + " cannot be started: build it first"});
    }
    std::unique_ptr<EngineProgram> started(new EngineProgram(process, ends[0]));
    if (started->read_until_it_serves()) return started;
    return std::unexpected(Error{Error::refused, "the engine does not serve: " + started->words_});
}

EngineProgram::~EngineProgram() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    ::close(output_);
}

bool EngineProgram::read_until_it_serves() {
    constexpr std::string_view serves = "holdfast serves on http://127.0.0.1:";
    for (char letter = 0; ::read(output_, &letter, 1) == 1;) {
        words_ += letter;
        const auto found = words_.find(serves);
        if (letter != '\n' || found == std::string::npos) continue;
        port_ = static_cast<std::uint16_t>(std::stoi(words_.substr(found + serves.size())));
        return true;
    }
    return false;
}

double EngineProgram::peak_rss_mib() const {
    const auto status = text_of(of_process(process_, "status"));
    constexpr std::string_view name = "VmHWM:";
    const auto at = status.find(name);
    return at == std::string::npos ? 0 : std::stod(status.substr(at + name.size())) / 1024;
}

// Of /proc/<pid>/stat, what stands 12 and 13 fields behind the program's name in parentheses.
double EngineProgram::cpu_s() const {
    const auto stat = text_of(of_process(process_, "stat"));
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace holdfast::bench
