#include "tests/broker/topic.h"

#include <gtest/gtest.h>

#include "engine/adapters/kafka/topics.h"
#include "engine/domain/contexts.h"

namespace holdfast::kafka {
namespace {

void note(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    EXPECT_EQ(message->err, RD_KAFKA_RESP_ERR_NO_ERROR);
}

void wait_for(const Queue& answers) {
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), 30'000));
    ASSERT_TRUE(answer);
    EXPECT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
}

}  // namespace

std::string topic_of_number(const Settings& settings, std::uint8_t context) {
    return commands_topic(settings, context_name(context));
}

void produce(const Settings& settings, const std::string& topic, std::int32_t partition,
             const CommandMessage& message) {
    const auto client = make_producer(settings, note, nullptr).value();
    auto* headers = rd_kafka_headers_new(message.headers.size());
    for (const auto& [name, value] : message.headers)
        rd_kafka_header_add(headers, name.c_str(), -1, value.data(),
                            static_cast<ssize_t>(value.size()));
    auto value = message.value;
    EXPECT_EQ(rd_kafka_producev(
                  client.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                  RD_KAFKA_V_KEY(message.key.data(), message.key.size()),
                  RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_HEADERS(headers),
                  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(rd_kafka_flush(client.get(), 30'000), RD_KAFKA_RESP_ERR_NO_ERROR);
}

void delete_records(const Settings& settings, const std::string& topic, std::int32_t partition,
                    std::int64_t offset) {
    const auto client = make_producer(settings, note, nullptr).value();
    auto* below = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(below, topic.c_str(), partition)->offset = offset;
    auto* request = rd_kafka_DeleteRecords_new(below);
    const Queue answers(rd_kafka_queue_new(client.get()));
    rd_kafka_DeleteRecords(client.get(), &request, 1, nullptr, answers.get());
    wait_for(answers);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(below);
}

void set(const Settings& settings, const TopicPlan& plan) {
    const auto client = make_producer(settings, note, nullptr).value();
    auto* of = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, plan.name.c_str());
    for (const auto& [name, value] : plan.settings)
        rd_kafka_ConfigResource_set_config(of, name.c_str(), value.c_str());
    const Queue answers(rd_kafka_queue_new(client.get()));
    rd_kafka_AlterConfigs(client.get(), &of, 1, nullptr, answers.get());
    wait_for(answers);
    rd_kafka_ConfigResource_destroy(of);
}

void enlarge(const Settings& settings, const std::string& topic, std::int32_t partitions) {
    const auto client = make_producer(settings, note, nullptr).value();
    char why[256];
    auto* request = rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(partitions),
                                               why, sizeof why);
    const Queue answers(rd_kafka_queue_new(client.get()));
    rd_kafka_CreatePartitions(client.get(), &request, 1, nullptr, answers.get());
    wait_for(answers);
    rd_kafka_NewPartitions_destroy(request);
}

void delete_topic(const Settings& settings, const std::string& topic) {
    const auto client = make_producer(settings, note, nullptr).value();
    auto* request = rd_kafka_DeleteTopic_new(topic.c_str());
    const Queue answers(rd_kafka_queue_new(client.get()));
    rd_kafka_DeleteTopics(client.get(), &request, 1, nullptr, answers.get());
    wait_for(answers);
    rd_kafka_DeleteTopic_destroy(request);
}

}  // namespace holdfast::kafka
