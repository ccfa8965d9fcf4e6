// A history is copied whole, whatever happens on the way; and into nothing but its own beginning.
#include "replay/copy.h"

#include <csignal>

#include <gmock/gmock.h>

#include "replay/verify.h"
#include "tests/support/driven_shop.h"
#include "tests/support/failing_log.h"

namespace holdfast::replay {
namespace {

using simulated::SimulatedLog;
using testing::HasSubstr;

class Copy : public testing::Test {
protected:
    Copy() { sell("c1"); }

    void sell(const std::string& cart) {
        receive(shop, "A", 5);
        fill_cart(shop, cart, {line("A", 1, 100)});
        complete(shop, cart, 100, "tok_approve");
        shop.run();
    }
    static std::expected<Copied, Error> copied(const EventLog& from, EventLog& to) {
        Watch watch(false);
        return copy(from, to, watch);
    }
    // Byte by byte; and no partition is there twice.
    void expect_the_same(const EventLog& to) {
        const auto partitions = partitions_of(shop.log).value();
        EXPECT_EQ(partitions_of(to).value(), partitions);
        for (const auto at : partitions) {
            ASSERT_EQ(to.durable(at), shop.log.durable(at));
            for (Sequence next = 0; next < to.durable(at);) {
                const auto one = shop.log.read(at, next).value(), other = to.read(at, next).value();
                ASSERT_EQ(*one.blob, *other.blob);
                next += one.count;
            }
        }
        Watch watch(false);
        const auto found = verify(to, nullptr, watch);
        ASSERT_TRUE(found) << found.error().detail;
        EXPECT_EQ(found->state_hash, verify(shop.log, nullptr, watch)->state_hash);
    }
    std::uint64_t records() {
        std::uint64_t count = 0;
        const auto partitions = partitions_of(shop.log).value();
        for (const auto at : partitions) count += shop.log.durable(at);
        return count;
    }
    void expect_refused(EventLog& to) {
        std::uint64_t appended = 0;
        to.on_waiting([&] { ++appended; });
        const auto refused = copied(shop.log, to);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Error::refused);
        EXPECT_THAT(refused.error().detail, HasSubstr("has another history in "));
        EXPECT_EQ(appended, 0U);
    }

    DrivenEngine shop{1};
    SimulatedLog log{2};
};

TEST_F(Copy, has_every_batch_and_is_made_once) {
    const auto first = copied(shop.log, log);
    ASSERT_TRUE(first) << first.error().detail;
    EXPECT_EQ(first->records, records());
    EXPECT_EQ(first->found, 0U);
    expect_the_same(log);
    const auto again = copied(shop.log, log);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->found, records());
    expect_the_same(log);
}

TEST_F(Copy, goes_on_with_what_came_since) {
    ASSERT_TRUE(copied(shop.log, log));
    const auto before = records();
    sell("c2");
    const auto again = copied(shop.log, log);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->found, before);
    EXPECT_EQ(again->records, records());
    expect_the_same(log);
}

TEST_F(Copy, goes_on_where_it_was_interrupted) {
    int left = 3;
    log.on_waiting([&] {
        if (--left == 0) std::raise(SIGINT);
    });
    const auto interrupted = copied(shop.log, log);
    ASSERT_FALSE(interrupted);
    EXPECT_EQ(interrupted.error().code, Error::refused);
    EXPECT_THAT(interrupted.error().detail, HasSubstr("interrupted in stock "));
    EXPECT_EQ(left, 0) << "nothing is appended afterwards";
    const auto again = copied(shop.log, log);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_GE(again->found, 3U);
    expect_the_same(log);
}

TEST_F(Copy, is_whole_after_any_failures_of_the_other_log) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const auto made = copied_despite_failures(
            seed, [&](SimulatedLog& to) { return copied(shop.log, to).has_value(); });
        expect_the_same(made);
    }
}

TEST_F(Copy, stops_at_a_batch_that_is_damaged) {
    shop.log.damage({Order::number, 0}, 0);
    const auto stopped = copied(shop.log, log);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Error::damaged);
    EXPECT_THAT(stopped.error().detail, HasSubstr("order 0, record 0"));
}

TEST_F(Copy, is_refused_by_another_history) {
    DrivenEngine other(1);
    receive(other, "B", 1);
    expect_refused(other.log);
}

TEST_F(Copy, is_refused_by_more_of_the_same_history) {
    ASSERT_TRUE(copied(shop.log, log));
    const DrivenEngine less(1);
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        ASSERT_NE(less.log.durable({context, 0}), 0U);
    Watch watch(false);
    const auto refused = copy(less.log, log, watch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
}

TEST_F(Copy, is_none_of_no_history) {
    const SimulatedLog empty(3);
    const auto refused = copied(empty, log);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, "there is no history to copy");
}

}  // namespace
}  // namespace holdfast::replay
