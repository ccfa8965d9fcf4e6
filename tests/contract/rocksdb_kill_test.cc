// A process that ingests cuts is killed at any moment; the next one finds a whole cut, and none
// that was reported is missing. Each process is a child that was forked before RocksDB had a
// thread.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <random>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/adapters/rocksdb/state_store.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::rocks {
namespace {

using Path = std::filesystem::path;
constexpr int rows_in_a_cut = 5'000;

std::string row_key(int row) { return std::string("\1\0\1s", 4) + std::to_string(row + 100'000); }

CutRows cut_of(std::uint32_t number) {
    CutRows rows;
    for (int row = 0; row < rows_in_a_cut; ++row) rows.add({row_key(row)}, std::to_string(number));
    return rows;
}

// The number that every row of the store has; nothing when they differ, or some are missing.
std::optional<std::uint32_t> one_cut(const StateStore& store) {
    std::optional<std::string> number;
    int rows = 0;
    bool same = true;
    const auto scanned = store.scan("", "", [&](auto, auto value) {
        if (!number) number = std::string(value);
        same = same && *number == value;
        ++rows;
        return true;
    });
    if (!scanned || !same || (rows != 0 && rows != rows_in_a_cut)) return {};
    return number ? static_cast<std::uint32_t>(std::stoul(*number)) : 0;
}

// Checks what it finds, says its number, then ingests the next ones and says each, for ever.
[[noreturn]] void ingest_for_ever(const Path& folder, int report) {
    auto store =
        RocksStateStore::open({.folder = folder, .cache_bytes = 1 << 20, .filter_bytes = 0});
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().detail.c_str());
        _exit(1);
    }
    const auto found = one_cut(**store);
    if (!found) _exit(2);
    for (auto number = *found;;) {
        if (::write(report, &number, sizeof(number)) != sizeof(number)) _exit(3);
        if (!(*store)->ingest(cut_of(++number))) _exit(4);
    }
}

struct Child {
    pid_t id;
    int reports;
};

Child start(const Path& folder) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const auto id = ::fork();
    if (id == 0) {
        ::close(ends[0]);
        ingest_for_ever(folder, ends[1]);
    }
    ::close(ends[1]);
    return {id, ends[0]};
}

std::optional<std::uint32_t> next_report(const Child& child) {
    std::uint32_t number = 0;
    if (::read(child.reports, &number, sizeof(number)) != sizeof(number)) return {};
    return number;
}

int kill_and_wait(const Child& child) {
    ::kill(child.id, SIGKILL);
    int status = 0;
    EXPECT_EQ(::waitpid(child.id, &status, 0), child.id);
    return status;
}

TEST(RocksStateStore, is_a_whole_cut_after_any_kill) {
    const TemporaryFolder folder;
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::uint32_t reported = 0;
    for (int round = 0; round < 15 || reported <= 10; ++round) {
        const auto child = start(folder.path());
        const auto first = next_report(child);
        if (!first) FAIL() << "status " << kill_and_wait(child);
        EXPECT_GE(*first, reported) << "a cut that was reported is gone";
        reported = *first;
        for (auto more = random() % 3; more != 0; --more)
            reported = next_report(child).value_or(reported);
        // Anywhere in the next cut: while it is written, linked, listed or removed.
        const auto until =
            std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 15'000);
        while (std::chrono::steady_clock::now() < until) {
        }
        EXPECT_TRUE(WIFSIGNALED(kill_and_wait(child)));
        while (const auto last = next_report(child)) reported = *last;
        ::close(child.reports);
    }
}

}  // namespace
}  // namespace holdfast::rocks
