// What the log on Kafka counts moves when what it stands for happens.
#include <latch>

#include <gtest/gtest.h>

#include "tests/broker/log.h"
#include "tests/support/eventually.h"

namespace holdfast::kafka {
namespace {

constexpr PartitionId here{1, 0};

Settings settings_here() {
    return settings_of(testing::UnitTest::GetInstance()->current_test_info()->name());
}

// An engine's log and its own counts.
struct Counting {
    explicit Counting(const Settings& settings) : log(open_log(settings, &metrics)) {}

    void own() {
        const auto owned = log->own({&here, 1}).front();
        EXPECT_TRUE(owned) << owned.error().detail;
    }
    void append_and_flush() {
        EXPECT_TRUE(log->append(here, log->end(here), 1, std::make_shared<const Bytes>(10)));
        EXPECT_TRUE(log->flush());
    }

    Metrics metrics;
    Counted counted{metrics};
    std::unique_ptr<KafkaLog> log;
};

std::uint64_t count_of(const Histogram& histogram) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= histogram.buckets().upper.size(); ++i)
        count += histogram.count_in(i);
    return count;
}

TEST(Counting, tells_take_overs_and_how_long_a_batch_takes) {
    const auto settings = settings_here();
    Counting owner(settings);
    owner.own();
    EXPECT_EQ(count_of(owner.counted.take_over), 1U);
    for (int n = 0; n < 3; ++n) owner.append_and_flush();
    EXPECT_EQ(count_of(owner.counted.append), 3U);
    EXPECT_GT(owner.counted.append.sum(), 0U);
    EXPECT_EQ(owner.counted.fenced.value() + owner.counted.failed.value(), 0U);
}

// The one that was replaced writes on, unless it learned of it before: then once more. It is told
// apart from one whose brokers do not answer, and what it wrote is passed over by all who read it.
TEST(Counting, tells_who_was_fenced_and_what_was_passed_over) {
    const auto settings = settings_here();
    Counting first(settings), second(settings), other(settings);
    const auto replace_first = [&] {
        first.own();
        second.own();
        if (first.log->append(here, first.log->end(here), 1, std::make_shared<const Bytes>(20))) {
            EXPECT_TRUE(first.log->flush());
        }
        return other.counted.passed_over.value() > 0;
    };
    EXPECT_TRUE(eventually(replace_first));
    EXPECT_TRUE(eventually([&] { return first.counted.passed_over.value() > 0; }));
    EXPECT_GT(first.counted.fenced.value(), 0U);
    EXPECT_EQ(first.counted.failed.value(), 0U);
}

TEST(Counting, tells_foreign_messages_and_topics_that_are_stuck) {
    const auto settings = settings_here();
    {
        Counting engine(settings);
        write_foreign(settings, "stock", "hello");
        EXPECT_TRUE(eventually([&] { return engine.counted.foreign.value() == 1; }));
        engine.own();
        engine.append_and_flush();
        EXPECT_EQ(engine.counted.stuck.value(), 0);
    }
    trim(settings, "stock", 2);
    Counting late(settings);
    EXPECT_TRUE(eventually([&] { return late.counted.stuck.value() == 1; }));
    EXPECT_FALSE(late.log->own({&here, 1}).front());
    EXPECT_EQ(late.counted.not_taken.value(), 1U);
}

// Whoever stands still at the first batch that it reads has the others before it.
TEST(Counting, tells_how_far_the_reader_is_behind) {
    const auto settings = settings_here();
    Counting owner(settings);
    owner.own();
    for (int n = 0; n < 5; ++n) owner.append_and_flush();
    std::latch may_go_on(1);
    Counting follower(settings);
    follower.log->on_durable([&may_go_on] { may_go_on.wait(); });
    EXPECT_TRUE(eventually([&] { return follower.log->durable(here) >= 1; }));
    for (int n = 0; n < 5; ++n) owner.append_and_flush();
    const bool was_behind = eventually([&] { return follower.counted.behind.value() > 0; });
    may_go_on.count_down();
    EXPECT_TRUE(was_behind);
    EXPECT_TRUE(eventually([&] { return follower.log->durable(here) == 10; }));
    EXPECT_TRUE(eventually([&] { return follower.counted.behind.value() == 0; }));
}

}  // namespace
}  // namespace holdfast::kafka
