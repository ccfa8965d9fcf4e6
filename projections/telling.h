// Telling: one round of the relay in one partition: the log's batches, one after the other, become
// records for the public feeds.
//
// Order       each context's batches as they are in its log; a feed's records as their events came.
// Invariant   pure of what the feeds hold, but for which records it keeps: those behind `sent`.
#pragma once

#include <set>
#include <span>

#include "engine/ports/feed_sink.h"
#include "projections/bookmarks.h"
#include "projections/publishing.h"

namespace holdfast::projections {

// Whose events a feed tells of. Carts are their customers' alone.
std::span<const std::uint8_t> contexts_of(Feed feed);

// How far a partition is told.
struct RelayPosition {
    struct Mark : Bookmark {
        std::uint64_t told = 0;  // messages
    };
    std::array<Mark, contexts_count + 1> marks = {};  // by the context's number
};

class Telling {
public:
    struct Of {
        const std::string& name_space;
        std::uint16_t partition;
        std::uint32_t generation;
        const FeedEnds& origins;  // which log it is, as places say
        const std::array<std::uint64_t, contexts_count + 1>& sent;
    };
    Telling(const Of& of, Rows& rows, RelayPosition& position)
        : of_(of), rows_(rows), position_(position) {}

    // The batch at the context's mark; the mark moves behind it.
    std::expected<void, Error> take(std::uint8_t context, const StoredBatch& batch);

    const std::vector<FeedRecord>& records() const { return records_; }
    std::size_t taken() const { return taken_; }  // records of the log

private:
    struct About {
        std::uint8_t context;
        std::string subject;  // "order/17"
        Time at;
        std::string_view traceparent;
    };
    template <class C> Folded take(const Told<C>& told);
    Folded take(const Told<Stock>& told);
    void end_of_batch();
    void tell(const About& about, StreamRow& stream, const published::Message& message);
    std::string place(Feed feed) const;
    StreamRow& stream(std::string_view context, std::string_view key) {
        return rows_.find_or_put(joined({context, key}), StreamRow{});
    }

    Of of_;
    Rows& rows_;
    RelayPosition& position_;
    std::vector<FeedRecord> records_;
    std::size_t taken_ = 0;
    std::vector<std::string> changed_;  // SKUs, in this batch
    std::set<std::string, std::less<>> known_as_changed_;
};

}  // namespace holdfast::projections
