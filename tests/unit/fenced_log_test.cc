#include <array>

#include <gtest/gtest.h>

#include "tests/support/simulated_brokers.h"

namespace holdfast::kafka {
namespace {

constexpr std::array<PartitionId, 2> both{{{1, 0}, {4, 1}}};
constexpr auto first = both[0], second = both[1];

// One engine over brokers that do what the test says, and nothing else.
class FencedLogTest : public testing::Test {
protected:
    FencedLogTest() {
        EXPECT_TRUE(log_.start());
        own_both();
    }
    void own_both() {
        client_.renew_producer();
        log_.has_producer();
        for (const auto at : both) {
            log_.release(at);
            EXPECT_TRUE(log_.claim(at, ++nonce_));
        }
        run();
        for (const auto at : both) EXPECT_TRUE(log_.owns(at));
    }
    void run() {
        while (client_.deliver() || client_.hear(log_) || client_.fetch() ||
               client_.look_at(log_)) {
        }
    }
    std::expected<void, Error> append(PartitionId at) {
        return log_.append(at, {log_.end(at), 1, std::make_shared<const Bytes>(1)}, 0);
    }

    Metrics metrics_;
    Counted counted_{metrics_};
    SimulatedBrokers brokers_{1};
    SimulatedClient client_{brokers_};
    FencedLog log_{both, 0, client_, counted_};
    std::uint64_t nonce_ = 0;
};

// The next producer's messages may be stored before those that the old one still had on their way.
TEST_F(FencedLogTest, loses_all_that_it_owns_with_its_producer) {
    ASSERT_TRUE(append(first));
    brokers_.faults.over = 1'000;
    EXPECT_FALSE(append(second));
    brokers_.faults = {};
    EXPECT_TRUE(log_.needs_producer());
    client_.renew_producer();
    log_.has_producer();
    const auto appended = append(first);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, Error::unavailable);
    own_both();
    ASSERT_TRUE(append(first));
    run();
    EXPECT_EQ(log_.acknowledged(first), log_.end(first));
}

// A right that was taken away, a topic that takes only smaller messages: it may be mended.
TEST_F(FencedLogTest, loses_what_the_brokers_refuse_as_what_they_did_not_confirm) {
    ASSERT_TRUE(append(first));
    Sent refused{first, {}, nullptr};
    refused.fence.nonce = log_.history(first)->chain().nonce();
    refused.fence.count = 1;
    EXPECT_FALSE(log_.hear(refused, {-1, Error{Error::refused, "no right to write"}}));
    for (const auto at : both) {
        const auto lost = log_.acknowledged(at);
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().code, Error::unavailable);
        EXPECT_EQ(lost.error().detail, "no right to write");
    }
    own_both();
    ASSERT_TRUE(append(first));
    run();
    EXPECT_EQ(log_.acknowledged(first), log_.end(first));
}

}  // namespace
}  // namespace holdfast::kafka
