// Contents: what a history makes of its streams, whatever partitions they are in: to compare two.
//
// Invariant  two are the same when both have the same streams, each with the same version, state,
//            children and timer, and know the same ids of commands. Where a record stands, what
//            partitions said to each other and under which number settings hold may differ.
// Limits     a stream takes its key and about 100 bytes in memory, an id 80.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/cut_rows.h"
#include "engine/runtime/rows.h"
#include "engine/wire/hash.h"

namespace holdfast::replay {

// A row's key and value, so that no two rows have the same bytes.
void add_row(wire::Sha256& hash, std::string_view key, std::string_view value);

class Contents {
public:
    // The rows of one partition of so many, as a cut writes them. damaged: one cannot be read.
    std::expected<void, Error> add(PartitionId at, std::uint16_t partitions,
                                   std::span<const CutRows::Row> rows);

    std::size_t streams() const { return streams_.size(); }
    // The first stream or id in which the copy differs, in words. Of an id that was used again, as
    // it may be after days, what is known last of it counts.
    std::optional<std::string> difference_in(const Contents& copy) const;

private:
    // Of a command, or one that a client gives for ever: what is known of it but for its place.
    struct Id {
        std::uint8_t context = 0;
        RowKind kind = RowKind::id;
        wire::CommandId id;
        std::int64_t at_ms = 0;
        std::uint64_t fingerprint = 0;
        friend auto operator<=>(const Id&, const Id&) = default;
        bool is_same_as(const Id& other) const {
            return context == other.context && kind == other.kind && id == other.id;
        }
    };
    using Stream = std::pair<std::uint8_t, std::string>;  // of a context, its key

    std::expected<void, Error> add_id(PartitionId at, const CutRows::Row& row);
    std::optional<std::string> stream_in(const Contents& copy) const;
    std::optional<std::string> id_in(const Contents& copy) const;
    std::vector<Id> latest_ids() const;

    std::map<Stream, wire::Hash256> streams_;  // as they are where their keys belong
    std::vector<std::pair<Stream, wire::Hash256>> elsewhere_;
    std::vector<Id> ids_;
};

}  // namespace holdfast::replay
