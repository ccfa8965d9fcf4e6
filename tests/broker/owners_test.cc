#include <condition_variable>
#include <map>
#include <mutex>

#include <gtest/gtest.h>

#include "engine/adapters/kafka/kafka_log.h"
#include "engine/adapters/kafka/topics.h"
#include "engine/domain/contexts.h"
#include "tests/broker/log.h"
#include "tests/support/eventually.h"

namespace holdfast::kafka {
namespace {

using std::chrono::milliseconds;
using Sizes = std::vector<std::size_t>;

constexpr PartitionId first_partition{1, 0};

// An engine's log, and what it was told is durable.
class Engine {
public:
    explicit Engine(const Settings& settings) : log_(open_log(settings)) {
        log_->on_durable([this] {
            const std::lock_guard lock(mutex_);
            told_.notify_all();
        });
    }
    KafkaLog& log() { return *log_; }

    Sequence own() {
        const auto owned = log_->own({&first_partition, 1}).front();
        EXPECT_TRUE(owned) << owned.error().detail;
        return log_->end(first_partition);
    }
    // Appends a batch of one that is known by its size.
    std::expected<void, Error> append(std::size_t bytes) {
        const auto first = log_->end(first_partition);
        return log_->append(first_partition, first, 1, std::make_shared<const Bytes>(bytes));
    }
    void flush() { EXPECT_TRUE(log_->flush()); }
    // The size of each batch that is durable.
    std::vector<std::size_t> sizes() {
        std::vector<std::size_t> sizes;
        for (Sequence n = 0; n < log_->durable(first_partition); ++n) {
            const auto batch = log_->read(first_partition, n);
            EXPECT_TRUE(batch) << batch.error().detail;
            sizes.push_back(batch && batch->blob ? batch->blob->size() : 0);
        }
        return sizes;
    }
    void wait_until_durable(Sequence end) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(told_.wait_for(lock, std::chrono::seconds(60),
                                   [&] { return log_->durable(first_partition) >= end; }))
            << "only " << log_->durable(first_partition);
    }

private:
    std::mutex mutex_;
    std::condition_variable told_;
    std::unique_ptr<KafkaLog> log_;
};

Settings settings_here() {
    return settings_of(testing::UnitTest::GetInstance()->current_test_info()->name());
}

TEST(Owners, are_followed_by_who_does_not_own) {
    const auto settings = settings_here();
    Engine owner(settings), other(settings);
    owner.own();
    for (const std::size_t bytes : {10, 20, 30}) ASSERT_TRUE(owner.append(bytes));
    owner.flush();
    EXPECT_EQ(owner.sizes(), (Sizes{10, 20, 30}));
    other.wait_until_durable(3);
    EXPECT_EQ(other.sizes(), (Sizes{10, 20, 30}));
    EXPECT_EQ(other.append(40).error().code, Error::conflict);
}

TEST(Owners, go_on_where_the_one_before_ended) {
    const auto settings = settings_here();
    Engine first(settings), second(settings);
    EXPECT_EQ(first.own(), 0U);
    for (const std::size_t bytes : {10, 20}) ASSERT_TRUE(first.append(bytes));
    first.flush();
    EXPECT_EQ(second.own(), 2U);
    ASSERT_TRUE(second.append(30));
    second.flush();
    EXPECT_EQ(second.sizes(), (Sizes{10, 20, 30}));
    first.wait_until_durable(2);
    EXPECT_EQ(first.own(), 3U);
    EXPECT_EQ(first.sizes(), (Sizes{10, 20, 30}));
}

TEST(Owners, say_where_they_are_reached) {
    const auto settings = settings_here();
    Engine first(settings), second(settings), other(settings);
    const auto known = [](Engine& engine) { return engine.log().leader(first_partition); };
    first.log().advertise("one:8080");
    second.log().advertise("two:8080");
    first.own();
    EXPECT_TRUE(eventually([&] { return known(other) == "one:8080"; })) << known(other);
    EXPECT_EQ(known(first), "");  // that is itself
    second.own();
    EXPECT_TRUE(eventually([&] { return known(other) == "two:8080"; })) << known(other);
    ASSERT_TRUE(first.append(10));
    first.flush();  // it learns that it is none any more
    EXPECT_TRUE(eventually([&] { return known(first) == "two:8080"; })) << known(first);
    EXPECT_EQ(known(second), "");
    other.own();
    EXPECT_TRUE(eventually([&] { return known(first).empty(); })) << "it says nothing of itself";
    Engine late(settings);
    EXPECT_TRUE(late.log().read_to_end());
    EXPECT_EQ(known(late), "");
    second.own();
    EXPECT_TRUE(eventually([&] { return known(late) == "two:8080"; })) << known(late);
}

// A zombie: it was paused, another owns, it wakes up and writes on.
TEST(Owners, that_were_replaced_change_nothing_and_learn_it) {
    const auto settings = settings_here();
    Engine zombie(settings), owner(settings);
    zombie.own();
    ASSERT_TRUE(zombie.append(10));
    zombie.flush();
    EXPECT_EQ(owner.own(), 1U);
    for (const std::size_t bytes : {66, 67, 68}) ASSERT_TRUE(zombie.append(bytes));
    zombie.flush();
    EXPECT_EQ(zombie.sizes(), (Sizes{10}));
    const auto refused = zombie.append(69);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::conflict);
    // Its messages stand between those of the owner, who therefore opens again.
    ASSERT_TRUE(owner.append(20));
    owner.flush();
    EXPECT_EQ(owner.append(30).error().code, Error::conflict);
    EXPECT_EQ(owner.own(), 2U);
    ASSERT_TRUE(owner.append(30));
    owner.flush();
    EXPECT_EQ(owner.sizes(), (Sizes{10, 20, 30}));
    zombie.wait_until_durable(3);
    EXPECT_EQ(zombie.sizes(), (Sizes{10, 20, 30}));
    Engine late(settings);
    late.wait_until_durable(3);
    EXPECT_EQ(late.sizes(), (Sizes{10, 20, 30}));
}

TEST(Owners, that_were_replaced_learn_it_without_writing) {
    const auto settings = settings_here();
    Engine idle(settings), owner(settings);
    idle.own();
    ASSERT_TRUE(idle.append(10));
    idle.flush();
    EXPECT_EQ(idle.log().acknowledged(first_partition), 1U);
    EXPECT_EQ(owner.own(), 1U);
    EXPECT_TRUE(eventually([&] { return !idle.log().acknowledged(first_partition); }));
    EXPECT_EQ(idle.log().acknowledged(first_partition).error().code, Error::conflict);
    ASSERT_TRUE(owner.append(20));
    owner.flush();
    idle.wait_until_durable(2);
    EXPECT_EQ(idle.sizes(), (Sizes{10, 20}));
    EXPECT_EQ(owner.log().acknowledged(first_partition), 2U);
}

TEST(Owners, keep_what_is_on_its_way_when_another_opens_behind_it) {
    const auto settings = settings_here();
    Engine first(settings), second(settings);
    first.own();
    for (std::size_t bytes = 1; bytes <= 50; ++bytes) ASSERT_TRUE(first.append(bytes));
    const auto next = second.own();  // some of them may stand before its Open
    first.flush();
    const auto told = first.sizes();
    ASSERT_TRUE(second.append(1'000));
    second.flush();
    if (second.sizes().size() == next) second.own();
    const auto kept = second.sizes();
    ASSERT_GE(kept.size(), told.size());
    for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(kept[i], told[i]);
}

TEST(Owners, pass_over_what_somebody_else_wrote_into_the_topic) {
    const auto settings = settings_here();
    Engine owner(settings);
    owner.own();
    ASSERT_TRUE(owner.append(10));
    owner.flush();
    write_foreign(settings, "stock", "not ours");
    ASSERT_TRUE(owner.append(20));
    owner.flush();
    EXPECT_EQ(owner.append(30).error().code, Error::conflict);
    EXPECT_EQ(owner.own(), 2U);
    Engine late(settings);
    late.wait_until_durable(2);
    EXPECT_EQ(late.sizes(), (Sizes{10, 20}));
}

TEST(Owners, take_batches_up_to_the_size_of_a_message) {
    const auto settings = settings_here();
    Engine owner(settings);
    owner.own();
    const std::size_t most = message_bytes_max - 1'024;
    ASSERT_TRUE(owner.append(most));
    ASSERT_TRUE(owner.append(5 << 20));
    owner.flush();
    EXPECT_EQ(owner.append(most + 1).error().code, Error::refused);
    Engine late(settings);
    late.wait_until_durable(2);
    EXPECT_EQ(late.sizes(), (Sizes{most, 5 << 20}));
}

TEST(Owners, stop_at_a_topic_that_was_trimmed) {
    auto settings = settings_here();
    {
        Engine owner(settings);
        owner.own();
        for (int n = 0; n < 5; ++n) ASSERT_TRUE(owner.append(10));
        owner.flush();
    }
    trim(settings, "stock", 3);
    settings.patience = milliseconds(10'000);
    Engine late(settings);
    const auto stopped = late.log().own({&first_partition, 1}).front();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Error::damaged) << stopped.error().detail;
    EXPECT_NE(stopped.error().detail.find("missing"), std::string::npos);
    EXPECT_EQ(late.log().durable(first_partition), 0U);
}

// The broker stands still for longer than a delivery may take, with batches on their way.
TEST(Owners, lose_and_regain_what_a_stalled_broker_did_not_confirm) {
    Broker stalled;
    auto settings = settings_here();
    settings.brokers = stalled.bootstrap();
    settings.properties = {{"message.timeout.ms", "1000"}};
    Engine owner(settings);
    owner.own();
    ASSERT_TRUE(owner.append(10));
    owner.flush();
    stalled.pause(1);
    for (const std::size_t bytes : {20, 30}) ASSERT_TRUE(owner.append(bytes));
    owner.flush();  // ends by the time-out
    EXPECT_EQ(owner.sizes(), (Sizes{10}));
    EXPECT_EQ(owner.append(40).error().code, Error::unavailable);
    stalled.resume(1);
    // Both, one or none may have been stored; whichever counts is part of the history now.
    const auto next = owner.own();
    ASSERT_TRUE(owner.append(40));
    owner.flush();
    auto expected = Sizes{10, 20, 30};
    expected.resize(next);
    expected.push_back(40);
    EXPECT_EQ(owner.sizes(), expected);
    Engine late(settings);
    late.wait_until_durable(next + 1);
    EXPECT_EQ(late.sizes(), expected);
}

// Its topics take no Open, and it goes before it hears that.
TEST(Owners, may_go_while_they_are_about_to_own) {
    auto settings = settings_here();
    settings.partitions = 1;
    const auto client = make_consumer(settings);
    for (std::uint8_t number = 1; number <= contexts_count; ++number)
        with_context(number, [&]<class C>(C) {
            auto plan = events_plan(settings, C::name);
            plan.settings["max.message.bytes"] = "50";
            const auto made = make_topic(*client, settings, plan);
            ASSERT_TRUE(made) << made.error().detail;
        });
    settings.makes_topics = false;
    settings.patience = milliseconds(5'000);
    Engine owner(settings);
    const auto owned = owner.log().own({&first_partition, 1}).front();
    ASSERT_FALSE(owned);
    EXPECT_EQ(owned.error().code, Error::unavailable) << owned.error().detail;
    EXPECT_EQ(owner.log().durable(first_partition), 0U);
}

// Writes batches of 1, 2, 3 bytes and so on until `end` are durable, owning again after a loss;
// what was told to be durable on the way stays.
void write_until(Engine& owner, std::size_t end) {
    auto told = owner.sizes();
    while (told.size() < end) {
        for (std::size_t n = 1; n <= 3 && owner.append(told.size() + n); ++n) {
        }
        owner.flush();
        auto sizes = owner.sizes();
        if (sizes.size() == told.size()) {
            owner.own();
            sizes = owner.sizes();
        }
        ASSERT_GE(sizes.size(), told.size());
        for (std::size_t i = 0; i < sizes.size(); ++i) ASSERT_EQ(sizes[i], i + 1);
        told = std::move(sizes);
    }
}

TEST(Owners, lose_nothing_when_the_leader_is_killed) {
    Broker brokers(3);
    Settings settings;
    settings.brokers = brokers.bootstrap();
    settings.name_space = "killed";
    settings.partitions = 1;
    Engine owner(settings);
    owner.own();
    write_until(owner, 10);
    const int killed = leader_of(settings, "stock");
    brokers.kill(killed);
    write_until(owner, 20);
    brokers.start(killed);
    write_until(owner, 30);
    Engine late(settings);
    late.wait_until_durable(30);
    EXPECT_EQ(late.sizes(), owner.sizes());
}

}  // namespace
}  // namespace holdfast::kafka
