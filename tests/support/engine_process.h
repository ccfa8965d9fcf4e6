// EngineProcess: the program itself, on a folder and a free port, until it is told to end.
//
// `launcher`: what runs the program, {"/usr/bin/env", ...}; none: it is run itself.
//
// Lifetime   ends its process when it goes. What it says is read all the while.
// Threading  one thread, the one that made it.
// Errors     a program that ended instead of serving has port 0, and says why in words().
#pragma once

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>
#include <thread>
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
        reader_ = std::jthread([this, output = ends[0]] { read(output); });
        port_ = serves_.get_future().get();
    }
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;
    ~EngineProcess() {
        if (process_ > 0) end(SIGKILL);
    }

    std::uint16_t port() const { return port_; }
    pid_t id() const { return process_; }
    std::string words() const {
        const std::lock_guard lock(mutex_);
        return words_;
    }
    void signal(int number) const {
        if (process_ > 0) ::kill(process_, number);
    }

    // The status it ended with, or minus the signal that killed it.
    int end(int signal) {
        this->signal(signal);
        return wait();
    }
    int wait() {
        int status = 0;
        EXPECT_EQ(::waitpid(process_, &status, 0), process_);
        process_ = -1;
        if (reader_.joinable()) reader_.join();  // now it has all of its words
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    void read(int output) {
        std::array<char, 4'096> some{};
        bool is_told = false;
        for (ssize_t size = 0; (size = ::read(output, some.data(), some.size())) > 0;) {
            const std::lock_guard lock(mutex_);
            words_.append(some.data(), static_cast<std::size_t>(size));
            if (is_told) continue;
            const auto port = port_in(words_);
            is_told = port != 0;
            if (is_told) serves_.set_value(port);
        }
        ::close(output);
        if (!is_told) serves_.set_value(0);
    }
    // 0: it does not say yet.
    static std::uint16_t port_in(const std::string& words) {
        const auto found = words.find("holdfast serves on http"), end = words.find('\n', found);
        if (found == std::string::npos || end == std::string::npos) return 0;
        return static_cast<std::uint16_t>(std::stoi(words.substr(words.rfind(':', end) + 1)));
    }

    pid_t process_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::string words_;
    std::promise<std::uint16_t> serves_;
    std::jthread reader_;
};

}  // namespace holdfast
