// EngineProcess: the program itself, on a folder and a free port, until it is told to end.
//
// `launcher`: what runs the program, {"/usr/bin/env", ...}; none: it is run itself.
//
// Lifetime  ends its process when it goes.
// Errors    a program that ended instead of serving has port 0, and says why in words().
#pragma once

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>

#include "tests/support/spawned.h"

namespace holdfast {

class EngineProcess {
public:
    explicit EngineProcess(const std::filesystem::path& data,
                           const std::vector<std::string>& more = {},
                           std::vector<std::string> launcher = {}) {
        auto arguments = std::move(launcher);
        for (const std::string argument : {HOLDFAST_PROGRAM, "--data", data.c_str(), "--listen",
                                           "127.0.0.1:0", "--segment", "8M"})
            arguments.push_back(argument);
        if (std::ranges::none_of(more, [](const auto& one) { return one.starts_with("--token"); }))
            arguments.push_back("--insecure-no-tokens");
        arguments.insert(arguments.end(), more.begin(), more.end());
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        process_ =
            spawned(std::move(arguments), {{ends[1], STDOUT_FILENO}, {ends[1], STDERR_FILENO}});
        ::close(ends[1]);
        output_ = ends[0];
        read_until_it_serves();
    }
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;
    ~EngineProcess() {
        if (process_ > 0) end(SIGKILL);
        ::close(output_);
    }

    std::uint16_t port() const { return port_; }
    const std::string& words() const { return words_; }

    // The status it ended with, or minus the signal that killed it.
    int end(int signal) {
        ::kill(process_, signal);
        return wait();
    }
    int wait() {
        int status = 0;
        EXPECT_EQ(::waitpid(process_, &status, 0), process_);
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    void read_until_it_serves() {
        constexpr std::string_view serves = "holdfast serves on http", address = "://127.0.0.1:";
        for (char letter = 0; ::read(output_, &letter, 1) == 1;) {
            words_ += letter;
            const auto found = words_.find(serves);
            if (letter != '\n' || found == std::string::npos) continue;
            const auto port = words_.find(address, found) + address.size();
            port_ = static_cast<std::uint16_t>(std::stoi(words_.substr(port)));
            return;
        }
    }

    pid_t process_ = -1;
    int output_ = -1;
    std::uint16_t port_ = 0;
    std::string words_;
};

}  // namespace holdfast
