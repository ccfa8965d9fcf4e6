// Supply: makes the next segment before it is needed, and writes the index of a full one, so that
// the log's own thread does neither.
//
// A segment is reserved, written full of zeros and synced before it gets its name: a sync of the
// bytes that are later written into it has no blocks to allocate and nothing to journal
// (docs/adr/0002-segment-files.md).
//
// Threading  owns one thread, which ends with it. Called by the log's thread; room() by any.
// Errors     take(): unavailable, when the disk has no room even now. What the thread itself could
//            not make is a log line, and room()'s answer, until take() needs it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "engine/adapters/segments/frame.h"

namespace holdfast::segments {

std::expected<void, Error> make_segment(const Path& folder, Position base, std::uint64_t bytes,
                                        const std::stop_token& stop = {});

class Supply {
public:
    Supply(Path folder, std::uint64_t segment_bytes);

    void prepare(Position base);                                   // in the background
    std::expected<void, Error> take(Position base);                // returns once it is there
    void keep_index(Position base, std::vector<std::byte> bytes);  // in the background
    std::expected<void, Error> room() const;  // whether the next segment could be made

private:
    struct IndexFile {
        Position base;
        std::vector<std::byte> bytes;
    };
    void work(const std::stop_token& stop);
    std::expected<void, Error> make_unless_there(Position base, const std::stop_token& stop) const;

    Path folder_;
    std::uint64_t segment_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<Position> wanted_;
    std::deque<IndexFile> indexes_;
    std::expected<void, Error> made_;
    std::jthread thread_;  // the last member: it uses the others
};

}  // namespace holdfast::segments
