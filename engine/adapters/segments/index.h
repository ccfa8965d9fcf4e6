// Index: where each batch of one segment lies. Beside a full segment it is also a file, so that
// opening a long log reads a few bytes a segment and not the segment.
//
// Order   the batches of a partition by their numbers, without a gap.
// Errors  a file that is missing or damaged is nothing: the segment itself is read instead.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/adapters/segments/frame.h"

namespace holdfast::segments {

class Index {
public:
    struct Entry {
        Sequence first;
        std::uint32_t count;
        std::uint32_t offset;  // of the frame
        std::uint32_t length;  // of the blob
        std::uint32_t unused = 0;
    };
    struct Extent {
        PartitionId at;
        Sequence first;
        Sequence end;
    };

    static Index of(const Scan& scan);

    void add(PartitionId at, const Entry& entry) { batches_[at].push_back(entry); }
    const Entry* find(PartitionId at, Sequence from) const;  // null: not in this segment
    std::vector<Extent> extents() const;
    std::vector<std::byte> bytes(Position base) const;

private:
    friend std::optional<Index> read_index(const Path& path, Position base);
    std::map<PartitionId, std::vector<Entry>> batches_;
};

Path index_path(const Path& folder, Position base);
std::optional<Index> read_index(const Path& path, Position base);
std::optional<std::vector<Index::Extent>> read_extents(const Path& path, Position base);

}  // namespace holdfast::segments
