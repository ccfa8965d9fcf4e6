// Catalogue: which batches the log holds, where they lie, and the way to read one.
//
// Invariant  it knows only what is durable.
// Threading  any thread; segments and batches are added by one thread at a time.
// Limits     in memory: 24 bytes a batch of the last segment and of those read lately, 16 bytes a
//            segment and partition for the rest.
// Errors     damaged: names the file, the byte, the partition and the numbers.
#pragma once

#include <memory>
#include <mutex>

#include "engine/adapters/segments/index.h"

namespace holdfast::segments {

// "context 1, partition 3, numbers 17 to 80"
std::string name_of(PartitionId at, Sequence first, std::uint32_t count);
Error damaged_at(const Path& file, std::uint64_t offset, std::string_view what);

std::expected<Scan, Error> scan_file(const Path& path, Position base, std::uint64_t bytes);

class Catalogue {
public:
    struct Added {
        PartitionId at;
        Index::Entry entry;
    };

    explicit Catalogue(Path folder) : folder_(std::move(folder)) {}

    // A full segment, and the last one, to which batches are added. False: the numbers of a
    // partition do not follow what is there.
    bool add_full(Position base, std::span<const Index::Extent> extents);
    std::expected<void, Error> begin(Position base);
    bool add(std::span<const Added> batches);
    std::vector<std::byte> index_of_last() const;

    Sequence end(PartitionId at) const;
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const;

private:
    struct Segment {
        Position base = 0;
        File file;
        Index index;
    };
    struct Begins {
        Sequence first;
        Position base;  // of the segment that holds `first` and what follows
    };
    struct Partition {
        Sequence end = 0;
        std::vector<Begins> segments;
    };
    using Shared = std::shared_ptr<const Segment>;
    struct Place {
        Position base = 0;
        Shared segment;      // null when it is a full one, to be looked up
        Index::Entry entry;  // of the last segment
    };

    bool extend(PartitionId at, Sequence first, Sequence end, Position base);
    std::optional<Place> locate(PartitionId at, Sequence from) const;
    void keep(Shared full) const;
    std::expected<Shared, Error> full_segment(Position base) const;
    std::expected<StoredBatch, Error> read_frame(const Segment& segment, PartitionId at,
                                                 const Index::Entry& entry) const;

    Path folder_;
    mutable std::mutex mutex_;
    std::map<PartitionId, Partition> partitions_;
    std::shared_ptr<Segment> last_;

    mutable std::mutex loading_;
    mutable std::vector<Shared> loaded_;  // full segments that were read lately, the latest last
};

}  // namespace holdfast::segments
