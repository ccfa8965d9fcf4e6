// A folder of one test's segments, and the ways to look at and spoil what lies in it.
//
// Lifetime  the folder goes with it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "engine/adapters/segments/segment_log.h"
#include "tests/contract/event_log_contract.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::segments {

constexpr Settings small{.segment_bytes = 64 << 10, .recent_bytes = 0};

class SegmentFolder {
public:
    // On the disk; in memory_folder() for tests that open a log many times.
    explicit SegmentFolder(const Path& parent = std::filesystem::temp_directory_path())
        : folder_(parent) {
        spdlog::set_level(spdlog::level::err);
    }

    const Path& path() const { return folder_.path(); }
    Path log() const { return path() / "log"; }
    Path segment(Position base = 0) const { return segment_path(log(), base); }

    // The folder as it would be found if the process ended now.
    Path copy(const std::string& name) const {
        std::error_code vanished;  // a file that gets its name meanwhile
        do {
            std::filesystem::remove_all(path() / name);
            std::filesystem::copy(log(), path() / name, vanished);
        } while (vanished);
        return path() / name;
    }

private:
    TemporaryFolder folder_;
};

inline std::string text_of(const Path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_text(const Path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

inline void flip_bit(const Path& file, std::uint64_t at) {
    std::fstream both(file, std::ios::binary | std::ios::in | std::ios::out);
    both.seekg(static_cast<std::streamoff>(at));
    const auto byte = both.get();
    both.seekp(static_cast<std::streamoff>(at));
    both.put(static_cast<char>(byte ^ 0x10));
}

inline std::unique_ptr<SegmentLog> open_log(const Path& folder, const Settings& settings = small) {
    auto log = SegmentLog::open(folder, settings);
    EXPECT_TRUE(log) << log.error().detail;
    return log ? *std::move(log) : nullptr;
}

// One batch of `count` at the end of a partition; durable.
inline void write(SegmentLog& log, PartitionId at, std::uint32_t count, std::size_t bytes) {
    const auto first = log.end(at);
    ASSERT_TRUE(log.append(at, first, count, blob_of(at, first, bytes)));
    ASSERT_EQ(log.flush().value(), 1U);
}

}  // namespace holdfast::segments
