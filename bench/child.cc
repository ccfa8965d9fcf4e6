#include "bench/child.h"

#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace holdfast::bench {

std::expected<std::unique_ptr<Child>, Error> Child::start(std::vector<std::string> arguments) {
    std::vector<char*> raw;
    raw.reserve(arguments.size() + 1);
    for (auto& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return std::unexpected(Error{Error::unavailable, "there is no pipe to be had"});
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    pid_t process = -1;
    const int failed = ::posix_spawn(&process, raw.front(), &actions, nullptr, raw.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0) {
        ::close(ends[0]);
        return std::unexpected(
            Error{Error::refused, arguments.front() + " cannot be started: is it there?"});
    }
    return std::unique_ptr<Child>(new Child(process, ends[0]));
}

Child::~Child() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    ::close(output_);
}

std::optional<std::string> Child::reads_behind(std::string_view words) {
    std::string line;
    for (char letter = 0; ::read(output_, &letter, 1) == 1;) {
        said_ += letter;
        if (letter != '\n') {
            line += letter;
            continue;
        }
        if (const auto found = line.find(words); found != std::string::npos)
            return line.substr(found + words.size());
        line.clear();
    }
    return {};
}

}  // namespace holdfast::bench
