#include "tests/support/broker.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/support/spawned.h"

namespace holdfast {
namespace {

// The next line, without its end; empty when nothing more will come.
std::string line_of(int file) {
    std::string line;
    for (char letter = 0; ::read(file, &letter, 1) == 1 && letter != '\n';) line += letter;
    return line;
}

// Whether every thread of it stands still: a signal reaches them one after the other.
bool stands_still(pid_t process) {
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(process) + "/task");
    return std::ranges::all_of(threads, [](const auto& thread) {
        std::ifstream file(thread.path() / "stat");
        const std::string stat(std::istreambuf_iterator<char>(file), {});
        const auto name_end = stat.rfind(')');  // then comes the state
        return name_end != std::string::npos && stat.substr(name_end + 2, 1) == "T";
    });
}

}  // namespace

Broker::Broker(int nodes, const std::vector<std::string>& more) {
    int orders[2] = {-1, -1}, words[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, orders), 0);
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, words), 0);
    std::vector<std::string> command{"/usr/bin/setpriv", "--pdeathsig", "TERM",
                                     HOLDFAST_KAFKA,     "--nodes",     std::to_string(nodes)};
    command.insert(command.end(), more.begin(), more.end());
    script_ = spawned(std::move(command), {{orders[1], STDIN_FILENO}, {words[1], STDOUT_FILENO}});
    ::close(orders[1]), ::close(words[1]);
    orders_ = orders[0], words_ = words[0];
    EXPECT_TRUE(take_lines_until("bootstrap ")) << "no broker: its words are above";
}

Broker::~Broker() {
    if (script_ > 0) ::kill(script_, SIGTERM), ::waitpid(script_, nullptr, 0);
    ::close(orders_), ::close(words_);
}

void Broker::kill(int node) { ::kill(nodes_.at(node), SIGKILL); }
void Broker::pause(int node) {
    ::kill(nodes_.at(node), SIGSTOP);
    while (!stands_still(nodes_.at(node))) std::this_thread::yield();
}
void Broker::resume(int node) { ::kill(nodes_.at(node), SIGCONT); }

void Broker::start(int node) {
    const auto order = "start " + std::to_string(node) + "\n";
    EXPECT_EQ(::send(orders_, order.data(), order.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(order.size()));
    EXPECT_TRUE(take_lines_until("node " + std::to_string(node) + " answers"));
}

bool Broker::take_lines_until(const std::string& beginning) {
    const std::string is_process = " is process ";
    for (auto line = line_of(words_); !line.empty(); line = line_of(words_)) {
        if (const auto found = line.find(is_process); found != std::string::npos)
            nodes_[std::atoi(line.c_str() + 5)] =
                std::atoi(line.c_str() + found + is_process.size());
        if (line.starts_with("secure ")) secure_ = line.substr(7);
        if (line.starts_with("bootstrap ")) bootstrap_ = line.substr(10);
        if (line.starts_with(beginning)) return true;
    }
    return false;
}

}  // namespace holdfast
