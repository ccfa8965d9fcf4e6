// The rule which messages count, against writers that stall, die, send twice and come late. An
// engine here does what KafkaLog does with librdkafka, step by step; a schedule is the order of the
// steps.
#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "engine/adapters/kafka/chain.h"
#include "tests/support/random.h"

namespace holdfast::kafka {
namespace {

struct Topic {
    std::vector<Fence> messages;
    std::map<Sequence, std::uint32_t> told;     // durable, as some engine was told: the batch there
    std::map<std::uint32_t, std::uint32_t> on;  // each batch, and the one that it was decided on
};

class Engine {
public:
    Engine(Topic& topic, Random& random) : topic_(topic), random_(random) {}

    void step() {
        const auto choice = random_.between(1, 40);
        if (choice <= 1) return deliver(true);
        if (choice <= 2) return fail();
        if (choice <= 3) return restart();
        if (choice <= 5) return own();
        if (choice <= 15) return deliver(false);
        if (choice <= 25) return hear();
        if (choice <= 30) return read_on();
        append();
    }
    // All of it, as somebody who comes late sees it: each batch was decided on what is before it.
    static std::map<Sequence, std::uint32_t> counted(const Topic& topic) {
        std::map<Sequence, std::uint32_t> batches;
        Chain chain;
        std::uint32_t last = 0;
        for (const auto& fence : topic.messages) {
            const auto at = chain.next();
            if (chain.take(fence) != Chain::Verdict::taken) continue;
            EXPECT_EQ(topic.on.at(fence.checksum), last) << "decided on something else";
            batches.emplace(at, last = fence.checksum);
        }
        return batches;
    }

private:
    struct Report {
        Fence fence;
        std::int64_t offset;  // -1: failed, or not told
    };
    void append() {
        static std::uint32_t number = 0;  // which batch it is
        if (!owned_) return;
        const auto fence =
            ahead_.following(static_cast<std::uint32_t>(random_.between(1, 3)), ++number);
        ahead_.take(fence);
        topic_.on[number] = std::exchange(ahead_last_, number);
        sending_.push_back(fence);
    }
    void own() {
        if (owned_) return;
        while (!owned_ && offset_ < topic_.messages.size()) read_on();
        if (owned_) return;
        claim_ = chain_.opening(random_.next());
        sending_.push_back(claim_);
    }
    // The first of what is on its way is stored, perhaps twice, and reported later.
    void deliver(bool twice) {
        if (sending_.empty()) return;
        const auto fence = sending_.front();
        sending_.pop_front();
        const auto offset = static_cast<std::int64_t>(topic_.messages.size());
        topic_.messages.push_back(fence);
        if (twice) topic_.messages.push_back(fence);
        if (fence.count != 0) reports_.push_back({fence, random_.one_in(9) ? -1 : offset});
    }
    // It is reported as failed, and comes late or never.
    void fail() {
        if (sending_.empty()) return;
        const auto fence = sending_.front();
        sending_.pop_front();
        if (fence.count != 0) reports_.push_back({fence, -1});
        if (random_.one_in(2)) sending_.push_back(fence);
    }
    void hear() {
        if (reports_.empty()) return;
        const auto report = reports_.front();
        reports_.pop_front();
        if (!owned_ || report.fence.nonce != chain_.nonce()) return;
        if (report.offset != static_cast<std::int64_t>(offset_)) {
            owned_ = false;
            return;
        }
        const auto at = chain_.next();
        ASSERT_EQ(chain_.take(report.fence), Chain::Verdict::taken);
        ++offset_;
        last_ = report.fence.checksum;
        const auto [before, is_new] = topic_.told.emplace(at, report.fence.checksum);
        ASSERT_TRUE(is_new || before->second == report.fence.checksum) << "two batches at " << at;
    }
    void read_on() {
        if (owned_ || offset_ >= topic_.messages.size()) return;
        const auto& fence = topic_.messages[offset_++];
        const auto verdict = chain_.take(fence);
        if (verdict == Chain::Verdict::taken) last_ = fence.checksum;
        if (verdict != Chain::Verdict::opened || chain_.nonce() != claim_.nonce) return;
        owned_ = true;
        ahead_ = chain_;
        ahead_last_ = last_;
    }
    // Killed: what is on its way still comes, as from a stalled connection.
    void restart() {
        if (!random_.one_in(4)) return;
        owned_ = false;
        chain_ = {};
        claim_ = {};
        offset_ = 0;
        last_ = 0;
        reports_.clear();
    }

    Topic& topic_;
    Random& random_;
    Chain chain_, ahead_;
    std::size_t offset_ = 0;
    std::uint32_t last_ = 0, ahead_last_ = 0;  // the last batch of each of the two
    bool owned_ = false;
    Fence claim_;
    std::deque<Fence> sending_;
    std::deque<Report> reports_;
};

TEST(Chain, keeps_what_any_engine_was_told_is_durable) {
    std::size_t told = 0, passed_over = 0;
    for (int schedule = 0; schedule < 100'000; ++schedule) {
        Random random(static_cast<std::uint64_t>(schedule));
        SCOPED_TRACE(schedule);
        Topic topic;
        std::deque<Engine> engines;
        for (int n = 0; n < 3; ++n) engines.emplace_back(topic, random);
        for (int step = 0; step < 300; ++step) {
            engines[static_cast<std::size_t>(random.between(0, 2))].step();
            if (testing::Test::HasFatalFailure()) return;
        }
        const auto counted = Engine::counted(topic);
        if (testing::Test::HasFailure()) return;
        for (const auto& [at, batch] : topic.told) {
            const auto found = counted.find(at);
            ASSERT_TRUE(found != counted.end()) << "nothing counts at " << at;
            ASSERT_EQ(found->second, batch) << "another batch counts at " << at;
        }
        told += topic.told.size();
        passed_over += topic.messages.size() - counted.size();
    }
    // The schedules are worth something: engines do get on, and get in each other's way.
    EXPECT_GT(told, 100'000U);
    EXPECT_GT(passed_over, 100'000U);
}

}  // namespace
}  // namespace holdfast::kafka
