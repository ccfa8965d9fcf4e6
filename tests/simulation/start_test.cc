// Starts that are refused: each says why, and leaves the log as it was. And what is not refused.
#include <gmock/gmock.h>

#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

TEST(Start, with_more_partitions_is_refused_and_writes_nothing) {
    DrivenEngine shop(1);
    receive(shop, "A", 1);
    shop.kill();
    shop.settings.partitions = 6;
    const auto refused = shop.try_start();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("partitions: 4 in the log, 6 asked for"));
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t p = 4; p < 6; ++p) EXPECT_EQ(shop.log.end({context, p}), 0U);
    shop.settings.partitions = 4;
    shop.start();
}

TEST(Start, is_refused_when_the_log_is_ahead_of_the_clock) {
    constexpr std::int64_t day_ms = 86'400'000;
    DrivenEngine shop(2);
    const auto now_ms = shop.clock.now_ms();
    shop.clock.set(now_ms + day_ms);
    receive(shop, "A", 1);
    shop.kill();
    shop.clock.set(now_ms);
    const auto refused = shop.try_start();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("86400 s ahead of this machine's clock"));
    shop.clock.set(now_ms + day_ms - 50'000);  // as clocks differ
    shop.start();
}

// A log that ended behind the first record of each partition.
simulated::SimulatedLog begun_at_level(std::uint16_t level, std::uint16_t partitions) {
    simulated::SimulatedLog log(3);
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t p = 0; p < partitions; ++p) {
            wire::Genesis genesis{.namespace_name = "holdfast", .at = {context, p}};
            genesis.partitions = partitions;
            genesis.level = level;
            wire::BatchWriter writer;
            write(writer, genesis);
            wire::BatchHeader header;
            header.context = context;
            header.partition = p;
            EXPECT_TRUE(log.append({context, p}, 0, 1, writer.seal(header)));
        }
    EXPECT_TRUE(log.flush());
    return log;
}

TEST(Start, takes_a_log_that_an_earlier_format_began_and_none_of_a_later) {
    DrivenEngine shop(3);
    shop.kill();
    shop.store = simulated::SimulatedStateStore(3);
    shop.log = begun_at_level(wire::format_level + 1, shop.settings.partitions);
    const auto refused = shop.try_start();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("level: 2 in the log, 1 asked for"));
    shop.log = begun_at_level(wire::format_level - 1, shop.settings.partitions);
    const auto started = shop.try_start();
    ASSERT_TRUE(started) << started.error().detail;
    receive(shop, "A", 1);
    EXPECT_EQ((events<Stock, stock::Received>(shop, "A").size()), 1U);
}

}  // namespace
}  // namespace holdfast
