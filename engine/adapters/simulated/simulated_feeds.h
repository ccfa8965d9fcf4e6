// SimulatedFeeds: the public feeds in memory, for one engine of several; what they hold is shared
// (FeedTopics).
//
// Order       as the port. Who takes a partition over puts out who had it; his writes are refused.
// Threading   one thread.
// Errors      unavailable, by chance: a write that failed so has happened whole or not at all, and
//             nobody knows; so has a take-over. conflict: another took it over.
#pragma once

#include <map>
#include <vector>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/feed_sink.h"

namespace holdfast::simulated {

struct FeedTopics {
    struct Partition {
        std::uint64_t epoch = 0;
        std::array<std::vector<FeedRecord>, feeds_count> feeds;
    };
    std::map<std::uint16_t, Partition> partitions;
};

class SimulatedFeeds final : public FeedSink {
public:
    // `unavailable`: how often in 1,000 calls.
    SimulatedFeeds(FeedTopics& topics, std::uint64_t seed, std::uint32_t unavailable = 0)
        : topics_(topics), random_(seed), unavailable_(unavailable) {}

    std::expected<FeedEnds, Error> take_over(std::uint16_t partition) override;
    void let_go(std::uint16_t partition) override { epochs_.erase(partition); }
    std::expected<void, Error> write(std::uint16_t partition,
                                     std::span<const FeedRecord> records) override;
    std::expected<FeedEnds, Error> ends(std::uint16_t partition) override;

    void set_unavailable(std::uint32_t in_a_thousand) { unavailable_ = in_a_thousand; }

private:
    FeedTopics& topics_;
    Seeded random_;
    std::uint32_t unavailable_;
    std::map<std::uint16_t, std::uint64_t> epochs_;  // of the partitions that are ours
};

}  // namespace holdfast::simulated
