// Starts that are refused: each says why, and leaves the log as it was.
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

}  // namespace
}  // namespace holdfast
