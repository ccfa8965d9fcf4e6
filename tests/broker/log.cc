#include "tests/broker/log.h"

#include <fstream>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/topics.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::kafka {
namespace {

// Whoever asks first makes it: here, before a thread of librdkafka's does, for ThreadSanitizer does
// not see what orders that.
const auto logger = spdlog::default_logger();

void note(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    EXPECT_EQ(message->err, RD_KAFKA_RESP_ERR_NO_ERROR);
}

}  // namespace

Broker& shared_broker() {
    static Broker started;
    return started;
}

const std::string& keys_secret() {
    static const TemporaryFolder folder;
    static const std::string file = [] {
        const auto path = folder.path() / "keys_secret";
        std::ofstream(path) << std::string(64, '7') << '\n';
        return path.string();
    }();
    return file;
}

Settings settings_of(const std::string& name_space) {
    Settings settings;
    settings.brokers = shared_broker().bootstrap();
    settings.name_space = name_space;
    settings.replicas = 1;
    return settings;
}

std::unique_ptr<KafkaLog> open_log(const Settings& settings, Metrics* metrics) {
    static Metrics others;
    auto log = KafkaLog::open(settings, metrics ? *metrics : others);
    if (log) return *std::move(log);
    ADD_FAILURE() << log.error().detail;
    return nullptr;
}

void make(const Settings& settings, const TopicPlan& plan) {
    const auto client = make_producer(settings, note, nullptr);
    const auto made = make_topic(*client, settings, plan);
    EXPECT_TRUE(made) << made.error().detail;
}

void write_foreign(const Settings& settings, const std::string& context, std::string text) {
    const auto client = make_producer(settings, note, nullptr);
    const auto topic = topic_of(*client, events_topic(settings, context));
    EXPECT_EQ(0, rd_kafka_produce(topic->get(), 0, RD_KAFKA_MSG_F_COPY, text.data(), text.size(),
                                  nullptr, 0, nullptr));
    EXPECT_EQ(rd_kafka_flush(client->get(), 30'000), RD_KAFKA_RESP_ERR_NO_ERROR);
}

void trim(const Settings& settings, const std::string& context, std::int64_t offset) {
    const auto client = make_producer(settings, note, nullptr);
    const auto topic = events_topic(settings, context);
    auto* below = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(below, topic.c_str(), 0)->offset = offset;
    auto* request = rd_kafka_DeleteRecords_new(below);
    const Queue answers(rd_kafka_queue_new(client->get()));
    rd_kafka_DeleteRecords(client->get(), &request, 1, nullptr, answers.get());
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), 30'000));
    ASSERT_TRUE(answer);
    EXPECT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(below);
}

int leader_of(const Settings& settings, const std::string& context) {
    const auto client = make_producer(settings, note, nullptr);
    const auto named = topic_of(*client, events_topic(settings, context));
    const rd_kafka_metadata_t* found = nullptr;
    EXPECT_EQ(rd_kafka_metadata(client->get(), 0, named->get(), &found, 30'000),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    const int leader = found->topics[0].partitions[0].leader;
    rd_kafka_metadata_destroy(found);
    return leader;
}

}  // namespace holdfast::kafka
