#include "engine/adapters/simulated/simulated_feeds.h"

namespace holdfast::simulated {
namespace {

std::unexpected<Error> silence() {
    return std::unexpected(Error{Error::unavailable, "the simulated feeds do not answer"});
}

}  // namespace

std::expected<FeedEnds, Error> SimulatedFeeds::take_over(std::uint16_t partition) {
    epochs_.erase(partition);
    const bool fails = random_.happens(unavailable_);
    if (fails && random_.happens(500)) return silence();
    const auto epoch = ++topics_.partitions[partition].epoch;
    if (fails) return silence();
    epochs_[partition] = epoch;
    return ends(partition);
}

std::expected<void, Error> SimulatedFeeds::write(std::uint16_t partition,
                                                 std::span<const FeedRecord> records) {
    auto& there = topics_.partitions[partition];
    const auto ours = epochs_.find(partition);
    if (ours == epochs_.end() || ours->second != there.epoch)
        return std::unexpected(Error{Error::conflict, "another relay took the partition over"});
    const bool fails = random_.happens(unavailable_);
    if (fails) let_go(partition);
    if (fails && random_.happens(500)) return silence();
    for (const auto& record : records) there.feeds[place_of(record.feed)].push_back(record);
    if (fails) return silence();
    return {};
}

std::expected<FeedEnds, Error> SimulatedFeeds::ends(std::uint16_t partition) {
    if (random_.happens(unavailable_)) return silence();
    FeedEnds found;
    auto& feeds = topics_.partitions[partition].feeds;
    for (std::size_t feed = 0; feed < feeds_count; ++feed)
        if (!feeds[feed].empty()) found[feed] = feeds[feed].back().place;
    return found;
}

}  // namespace holdfast::simulated
