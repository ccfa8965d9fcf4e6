// Relay: tells outsiders what happened: reads what is durable in the log, and writes the public
// feeds.
//
// Order       of a stream, the order of its events; the messages of a stream are numbered from 1
//             (`sequence`), those of a context's partition too (the end of their `id`). Between
//             streams there is no order.
// Invariant   the n-th message of a context's partition is the same on every engine, whoever tells
//             it and however often the attempt fails: it is computed from the log alone. The last
//             record of a feed says how many of each were told (its place), so whoever takes over
//             goes on behind them: no gap and no repeat.
// Durability  rows and marks are a cache of what the feeds say: they follow it, and may be lost.
// Threading   one thread, but relayed() and behind(): any.
// Errors      of the log, the store and the feeds: the next call takes the partition over again.
//             refused: the feeds tell of another log than this one.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "projections/telling.h"

namespace holdfast::projections {

class Relay {
public:
    struct Settings {
        std::string name_space = "holdfast";
        std::uint16_t partitions = 8;
        std::size_t records_max = 4'096;  // of the log, a round; and messages, but for one batch
    };

    Relay(const EventLog& log, ViewStore& store, FeedSink& feeds, Settings settings);

    // One round: whether there was anything to tell or to take. The partition is taken over first,
    // unless it is this engine's already.
    std::expected<bool, Error> lead(std::uint16_t partition);
    // One round of another engine's: takes what that one has told by now, to go on when it is gone.
    std::expected<bool, Error> follow(std::uint16_t partition);

    std::uint64_t relayed(Feed feed) const { return relayed_[place_of(feed)]; }
    // Durable records of the partition that nobody told of yet, as far as it is known here.
    std::uint64_t behind(std::uint16_t partition) const;

private:
    struct Lane {
        explicit Lane(Rows of) : rows(std::move(of)) {}
        Rows rows;
        RelayPosition marks = {}, moved = {};                  // as stored, as it will be
        std::array<std::uint64_t, contexts_count + 1> sent{};  // messages that the feeds hold
        FeedEnds origins = {};                                 // what its log begins with
        std::uint32_t generation = 1;                          // of its log
        bool is_loaded = false;
        bool is_led = false;
        std::array<std::atomic<Sequence>, contexts_count + 1> seen{};  // the marks, for others
    };

    bool has_begun(std::uint16_t partition) const;
    std::expected<void, Error> load(std::uint16_t partition, Lane& lane, const FeedEnds& ends);
    std::expected<void, Error> understand(std::uint16_t partition, Lane& lane,
                                          const FeedEnds& ends);
    std::expected<bool, Error> is_of_this_log(std::uint16_t partition, const Lane& lane) const;
    std::expected<void, Error> empty(Lane& lane);
    std::expected<StoredBatch, Error> next(PartitionId at, const Lane& lane) const;
    std::expected<bool, Error> tell(std::uint16_t partition, Lane& lane);
    std::expected<bool, Error> catch_up(std::uint16_t partition, Lane& lane);
    std::expected<void, Error> store(Lane& lane);
    static void drop(Lane& lane);
    static void show(Lane& lane);
    std::expected<void, Error> find_origin(std::uint16_t partition, Feed feed, Lane& lane) const;

    const EventLog& log_;
    ViewStore& store_;
    FeedSink& feeds_;
    Settings settings_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::array<std::atomic<std::uint64_t>, feeds_count> relayed_{};
};

}  // namespace holdfast::projections
