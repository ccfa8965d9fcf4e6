// Moved: a driven engine's history in other partitions, where another engine goes on.
#pragma once

#include "replay/repartition.h"
#include "tests/support/driven_engine.h"

namespace holdfast {

inline std::expected<replay::Copied, Error> moved(const EventLog& from, EventLog& to,
                                                  std::uint16_t count) {
    replay::Watch watch(false);
    return replay::repartition(from, to, count, watch);
}
inline std::expected<replay::Contents, Error> contents_of(const EventLog& log) {
    replay::Watch watch(false);
    return replay::drained(log, watch);
}
inline void expect_the_same_streams(const EventLog& before, const EventLog& after) {
    const auto contents = contents_of(before);
    ASSERT_TRUE(contents) << contents.error().detail;
    EXPECT_GT(contents->streams(), 5U);
    replay::Watch watch(false);
    const auto verified = replay::verify(after, *contents, watch);
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified->unheard, "");
}

// The engine stops, its history is copied, and an engine starts there.
inline void move_to(DrivenEngine& shop, std::uint16_t count) {
    shop.kill();
    const auto before = std::exchange(shop.log, simulated::SimulatedLog(count));
    const auto copied = moved(before, shop.log, count);
    ASSERT_TRUE(copied) << copied.error().detail;
    expect_the_same_streams(before, shop.log);
    shop.store = simulated::SimulatedStateStore(count);
    shop.settings.partitions = count;
    shop.answers.clear();
    shop.start();
    shop.run();
}

}  // namespace holdfast
