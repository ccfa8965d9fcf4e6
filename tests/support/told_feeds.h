// ToldFeeds: a log, and the public feeds that a relay fills from it: tell(), then hear().
#pragma once

#include "engine/adapters/simulated/simulated_feeds.h"
#include "engine/adapters/simulated/simulated_stores.h"
#include "projections/relay.h"
#include "tests/support/teller.h"

namespace holdfast::projections {

class ToldFeeds : public Teller {
public:
    explicit ToldFeeds(std::uint32_t generation = 1) {
        for (std::uint16_t p = 0; p < partitions; ++p)
            for (std::uint8_t context = 1; context <= contexts_count; ++context)
                tell_genesis({context, p}, generation);
    }
    // Relays all that was told; what a feed says of a subject by now.
    std::vector<std::string> hear(Feed feed, std::string_view subject) {
        lead_all();
        std::vector<std::string> values;
        for (const auto& [partition, there] : topics.partitions)
            for (const auto& record : there.feeds[place_of(feed)])
                if (record.key == subject) values.push_back(record.value);
        return values;
    }
    void lead_all() {
        for (std::uint16_t p = 0; p < partitions; ++p)
            for (bool moved = true; moved;) {
                const auto told = relay.lead(p);
                ASSERT_TRUE(told) << told.error().detail;
                moved = *told;
            }
    }

    simulated::FeedTopics topics;
    simulated::SimulatedFeeds feeds{topics, 1};
    simulated::SimulatedViewStore store{1};
    Relay relay{log, store, feeds, {.name_space = "shop", .partitions = partitions}};
};

}  // namespace holdfast::projections
