// Spawned: starts a program with some of its files given: {ours, its}. All others of ours are to
// close by themselves (CLOEXEC).
//
// Lifetime  who starts it ends it, and waits for it.
// Errors    a program that cannot be started fails the test.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <spawn.h>
#include <unistd.h>

namespace holdfast {

inline pid_t spawned(std::vector<std::string> arguments,
                     std::initializer_list<std::pair<int, int>> files) {
    std::vector<char*> raw;
    raw.reserve(arguments.size() + 1);
    for (auto& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const auto& [ours, its] : files) posix_spawn_file_actions_adddup2(&actions, ours, its);
    pid_t process = -1;
    EXPECT_EQ(posix_spawn(&process, raw.front(), &actions, nullptr, raw.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return process;
}

}  // namespace holdfast
