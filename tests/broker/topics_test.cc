#include "engine/adapters/kafka/topics.h"

#include <future>

#include <gtest/gtest.h>

#include "engine/adapters/kafka/extent.h"
#include "tests/support/broker.h"

namespace holdfast::kafka {
namespace {

using namespace std::chrono_literals;

struct Delivery {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__IN_PROGRESS;
    std::int64_t offset = -1;
};
void note(rd_kafka_t*, const rd_kafka_message_t* message, void* to) {
    *static_cast<Delivery*>(to) = {message->err, message->offset};
}

// Stores the bytes as one message of partition 0, and waits until the brokers have them.
Delivery store(const Settings& settings, const std::string& topic, const std::string& bytes) {
    Delivery delivery;
    const auto producer = make_producer(settings, note, &delivery);
    EXPECT_TRUE(producer) << producer.error().detail;
    const auto named = topic_of(*producer, topic);
    EXPECT_EQ(
        0, rd_kafka_produce(named->get(), 0, RD_KAFKA_MSG_F_COPY, const_cast<char*>(bytes.data()),
                            bytes.size(), nullptr, 0, nullptr));
    EXPECT_EQ(rd_kafka_flush(producer->get(), 30'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    return delivery;
}

std::string read_first(const Settings& settings, const std::string& topic) {
    const auto consumer = make_consumer(settings);
    EXPECT_TRUE(consumer) << consumer.error().detail;
    const auto named = topic_of(*consumer, topic);
    EXPECT_EQ(0, rd_kafka_consume_start(named->get(), 0, 0));
    const Message message(rd_kafka_consume(named->get(), 0, 30'000));
    EXPECT_TRUE(message);
    EXPECT_EQ(0, rd_kafka_consume_stop(named->get(), 0));
    if (!message) return {};
    EXPECT_EQ(message->err, RD_KAFKA_RESP_ERR_NO_ERROR);
    return {static_cast<const char*>(message->payload), message->len};
}

std::expected<void, Error> make(const Settings& settings, const TopicPlan& plan) {
    const auto client = make_producer(settings, note, nullptr);
    if (!client) return std::unexpected(client.error());
    return make_topic(*client, settings, plan);
}

class OneNode : public testing::Test {
protected:
    static Broker& broker() {
        static Broker started;
        return started;
    }
    Settings settings{.brokers = broker().bootstrap(),
                      .name_space = testing::UnitTest::GetInstance()->current_test_info()->name(),
                      .replicas = 1};
};
using Topics = OneNode;

TEST_F(Topics, keep_a_blob_as_large_as_a_record_may_be) {
    const auto plan = events_plan(settings, "stock");
    const auto made = make(settings, plan);
    ASSERT_TRUE(made) << made.error().detail;
    const std::string blob(5 << 20, 'h');
    const auto delivery = store(settings, plan.name, blob);
    EXPECT_EQ(delivery.code, RD_KAFKA_RESP_ERR_NO_ERROR) << rd_kafka_err2str(delivery.code);
    EXPECT_EQ(delivery.offset, 0);
    EXPECT_TRUE(read_first(settings, plan.name) == blob);
}

TEST_F(Topics, are_taken_as_they_are_when_they_are_there) {
    const auto plan = events_plan(settings, "stock");
    for (int time = 0; time < 2; ++time) {
        const auto made = make(settings, plan);
        EXPECT_TRUE(made) << made.error().detail;
    }
}

TEST_F(Topics, are_refused_when_they_would_lose_history) {
    const Properties wrong[] = {{{"retention.ms", "604800000"}},
                                {{"retention.bytes", "1000000"}},
                                {{"cleanup.policy", "compact"}},
                                {{"max.message.bytes", "1000000"}},
                                {{"unclean.leader.election.enable", "true"}}};
    for (const auto& settings_of_it : wrong) {
        const auto& [name, value] = *settings_of_it.begin();
        auto plan = events_plan(settings, name);
        auto other = plan;
        other.settings[name] = value;
        const auto made = make(settings, other);
        ASSERT_TRUE(made) << made.error().detail;
        const auto refused = make(settings, plan);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, Error::refused);
        EXPECT_NE(refused.error().detail.find(std::string(name).append("=").append(value)),
                  std::string::npos)
            << refused.error().detail;
    }
}

TEST_F(Topics, are_refused_with_another_number_of_partitions) {
    ASSERT_TRUE(make(settings, events_plan(settings, "stock")));
    settings.partitions = 4;
    const auto refused = make(settings, events_plan(settings, "stock"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
    EXPECT_NE(refused.error().detail.find("has 8 partitions"), std::string::npos);
}

TEST_F(Topics, are_refused_when_there_are_not_enough_brokers_for_the_replicas) {
    settings.replicas = 3;
    const auto refused = make(settings, events_plan(settings, "stock"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused) << refused.error().detail;
}

TEST_F(Topics, say_that_nobody_answers) {
    settings.brokers = "127.0.0.1:1";
    settings.patience = std::chrono::milliseconds(300);
    const auto failed = make(settings, events_plan(settings, "stock"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Error::unavailable);
}

// Of several nodes each hears of it at its own time: whom one asks may not have it yet.
TEST_F(Topics, are_asked_again_for_one_that_is_only_being_made) {
    const auto plan = events_plan(settings, "stock");
    const auto client = make_producer(settings, note, nullptr);
    auto soon = std::async(std::launch::async, [&] {
        return extent_of(*client, plan.name, 1, std::chrono::steady_clock::now() + 30s);
    });
    EXPECT_EQ(soon.wait_for(500ms), std::future_status::timeout);
    ASSERT_TRUE(make(settings, plan));
    const auto extent = soon.get();
    ASSERT_TRUE(extent) << extent.error().detail;
    EXPECT_EQ(extent->high, 0);
}

TEST_F(Topics, do_not_keep_who_asks_for_their_end_when_nobody_answers) {
    const auto plan = events_plan(settings, "stock");
    ASSERT_TRUE(make(settings, plan));
    const auto client = make_producer(settings, note, nullptr);
    const auto ask = [&](std::chrono::milliseconds patience) {
        return end_of(*client, plan.name, 0, std::chrono::steady_clock::now() + patience);
    };
    ASSERT_TRUE(ask(30s));
    broker().kill(1);
    const auto silent = ask(300ms);
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code, Error::unavailable) << silent.error().detail;
    broker().start(1);
    const auto end = ask(30s);
    EXPECT_TRUE(end) << end.error().detail;
}

TEST_F(Topics, refuse_properties_that_nobody_knows_or_that_promises_rest_on) {
    for (const std::string name : {"acks", "enable.idempotence", "sasl.passwort"}) {
        settings.properties = {{name, "1"}};
        const auto refused = make_producer(settings, note, nullptr);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, Error::refused);
        EXPECT_NE(refused.error().detail.find(name), std::string::npos);
    }
}

}  // namespace
}  // namespace holdfast::kafka
