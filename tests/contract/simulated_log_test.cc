#include "engine/adapters/simulated/simulated_log.h"

#include "tests/contract/event_log_contract.h"

namespace holdfast::simulated {
namespace {

struct Fixture {
    SimulatedLog& log() { return log_; }
    void restart() { log_.crash(); }

private:
    SimulatedLog log_{1};
};

}  // namespace
}  // namespace holdfast::simulated

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, EventLogContract, simulated::Fixture);
// It belongs to one thread.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogOfThreads);
}  // namespace holdfast

namespace holdfast::simulated {
namespace {

void append(SimulatedLog& log, PartitionId at) {
    const auto first = log.end(at);
    static_cast<void>(log.append(at, first, 1, blob_of(at, first, 20)));
}

// What one seed does, as text.
std::string story(std::uint64_t seed) {
    SimulatedLog log(seed, {.append_unavailable = 100,
                            .flush_partial = 500,
                            .flush_unavailable = 50,
                            .read_unavailable = 100});
    std::string told;
    for (int step = 0; step < 200; ++step) {
        append(log, step % 3 == 0 ? first_partition : second_partition);
        if (step % 5 == 0) told += log.flush() ? 'f' : 'F';
        if (step % 7 == 0) told += log.read(first_partition, 0) ? 'r' : 'R';
        if (step % 31 == 30) log.crash();
        told += std::to_string(log.end(first_partition)) + ',' +
                std::to_string(log.durable(second_partition)) + ' ';
    }
    return told;
}

TEST(SimulatedLog, does_the_same_for_the_same_seed) {
    EXPECT_EQ(story(7), story(7));
    EXPECT_NE(story(7), story(8));
}

TEST(SimulatedLog, keeps_a_prefix_of_one_order_over_a_crash) {
    std::set<Sequence> survived;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SimulatedLog log(seed);
        append(log, first_partition);
        ASSERT_TRUE(log.flush());
        for (int n = 0; n < 4; ++n) append(log, n % 2 == 0 ? second_partition : first_partition);
        log.crash();
        const auto first = log.durable(first_partition), second = log.durable(second_partition);
        ASSERT_GE(first, 1U) << "seed " << seed;
        ASSERT_TRUE(second == first - 1 || second == first) << "seed " << seed;
        ASSERT_EQ(log.end(first_partition), first);
        survived.insert(first + second);
        append(log, first_partition);
        ASSERT_TRUE(log.flush());
        ASSERT_EQ(log.durable(first_partition), first + 1);
    }
    EXPECT_EQ(survived.size(), 5U) << "from nothing to all of what waited";
}

TEST(SimulatedLog, may_make_only_a_part_durable) {
    SimulatedLog log(3, {.flush_partial = 1'000});
    for (int n = 0; n < 100; ++n) append(log, first_partition);
    std::uint32_t flushes = 0;
    for (; log.durable(first_partition) < 100; ++flushes) ASSERT_TRUE(log.flush());
    EXPECT_GT(flushes, 1U);
}

TEST(SimulatedLog, fails_until_it_crashed_when_a_sync_failed) {
    SimulatedLog log(3, {.flush_unavailable = 1'000});
    append(log, first_partition);
    EXPECT_EQ(log.flush().error().code, Error::unavailable);
    log.set_faults({});
    EXPECT_EQ(log.flush().error().code, Error::unavailable);
    EXPECT_EQ(log.append(first_partition, 1, 1, blob_of(first_partition, 1, 9)).error().code,
              Error::unavailable);
    log.crash();
    append(log, first_partition);
    EXPECT_TRUE(log.flush());
}

TEST(SimulatedLog, may_have_taken_what_it_did_not_answer) {
    std::set<Sequence> ends;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SimulatedLog log(seed, {.append_unavailable = 1'000});
        const auto answer = log.append(first_partition, 0, 1, blob_of(first_partition, 0, 9));
        EXPECT_EQ(answer.error().code, Error::unavailable);
        ends.insert(log.end(first_partition));
    }
    EXPECT_EQ(ends, (std::set<Sequence>{0, 1}));
}

TEST(SimulatedLog, says_which_batch_is_damaged) {
    SimulatedLog log(1);
    append(log, first_partition);
    append(log, first_partition);
    ASSERT_TRUE(log.flush());
    log.damage(first_partition, 1);
    EXPECT_TRUE(log.read(first_partition, 0));
    const auto damaged = log.read(first_partition, 1);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, Error::damaged);
    EXPECT_NE(damaged.error().detail.find("context 1, partition 0, number 1"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::simulated
