// SegmentLog: the embedded log. Batches of every partition go through one queue into segment files,
// so that one sync covers whatever was appended meanwhile. frame.h has the format, recovery.h what
// opening does with a log that was cut off or damaged.
//
// Order       one_order(): the files hold the batches as they were appended, of all partitions.
// Durability  a batch is durable when flush() has synced it; a power loss or a kill leaves a prefix
//             of what was appended, with everything that was durable.
// Lifetime    what waits when the log is destroyed is forgotten; nobody was told of it.
// Threading   as the port says. on_durable() and on_waiting() are set before other threads call.
// Limits      a blob fits one segment with its frame; a segment has 8 KiB to 1 GiB. The queue is as
//             long as its callers let it be.
// Errors      open(): refused for a second engine, a newer format, a wrong setting; damaged names
//             the place. append(): refused for a blob that fits no segment. After flush() failed,
//             append() and flush() answer the same for ever.
#pragma once

#include "engine/adapters/segments/folder.h"
#include "engine/adapters/segments/recent_batches.h"
#include "engine/adapters/segments/recovery.h"
#include "engine/adapters/segments/supply.h"

namespace holdfast::segments {

struct Settings {
    std::uint64_t segment_bytes = 64 << 20;
    std::size_t recent_bytes = 64 << 20;  // of blobs that are kept in memory for readers
};

class SegmentLog final : public EventLog {
public:
    static std::expected<std::unique_ptr<SegmentLog>, Error> open(const Path& folder,
                                                                  const Settings& settings);
    ~SegmentLog() override;

    // The folder's lock keeps every other writer out.
    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override {
        return std::vector<std::expected<void, Error>>(these.size());
    }
    void release(PartitionId) override {}
    std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                      Blob blob) override;
    Sequence end(PartitionId at) const override;
    Sequence durable(PartitionId at) const override { return catalogue_->end(at); }
    std::expected<Sequence, Error> acknowledged(PartitionId at) const override {
        return durable(at);
    }
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const override;
    std::expected<std::uint32_t, Error> flush() override;
    void on_durable(std::function<void()> told) override { on_durable_ = std::move(told); }
    void on_waiting(std::function<void()> told) override { on_waiting_ = std::move(told); }
    bool one_order() const override { return true; }

    // Whether the segment after this one is there. An error is a disk that is full soon; flush()
    // fails when the room is needed and still missing.
    std::expected<void, Error> room() const { return supply_.room(); }

private:
    struct Waiting {
        PartitionId at;
        Sequence first;
        std::uint32_t count;
        Blob blob;
    };
    SegmentLog(File lock, Mark mark, std::unique_ptr<Catalogue> catalogue, const Path& folder,
               const Settings& settings);
    std::expected<void, Error> start(const Recovered& recovered);
    std::expected<void, Error> begin_segment(Position base, std::uint64_t bytes,
                                             std::uint64_t offset);
    std::expected<void, Error> next_segment();
    std::expected<void, Error> write_queue();
    std::expected<std::size_t, Error> write_group(std::size_t from);
    std::expected<void, Error> put_frame(const Waiting& batch);
    void publish(std::size_t from, std::size_t to);

    // Of flush()'s thread.
    File lock_;
    Mark mark_;
    Path folder_;
    Settings settings_;
    File file_;  // the segment that is written
    Position base_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t offset_ = 0;  // where the next flush begins, on a page
    Position safe_ = 0;         // everything before it is synced
    PageWriter writer_;
    std::vector<Waiting> writing_;
    std::vector<Catalogue::Added> added_;

    mutable std::mutex mutex_;  // for these four
    std::vector<Waiting> waiting_;
    std::map<PartitionId, Sequence> ends_;
    RecentBatches recent_;
    std::optional<Error> failed_;

    std::unique_ptr<Catalogue> catalogue_;
    std::function<void()> on_durable_ = [] {};
    std::function<void()> on_waiting_ = [] {};
    Supply supply_;
};

}  // namespace holdfast::segments
