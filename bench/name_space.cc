#include "bench/name_space.h"

#include <cstdio>
#include <random>
#include <vector>

#include "engine/adapters/kafka/library.h"

namespace holdfast::bench {
namespace {

constexpr int patience_ms = 30'000;

std::expected<std::vector<std::string>, Error> topics_of(const kafka::Client& client,
                                                         const std::string& beginning) {
    const rd_kafka_metadata_t* found = nullptr;
    const auto code = rd_kafka_metadata(client.get(), 1, nullptr, &found, patience_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(kafka::error_of(code, "asking for the topics"));
    const kafka::Owned<const rd_kafka_metadata_t> kept(found);
    std::vector<std::string> topics;
    for (int i = 0; i < found->topic_cnt; ++i)
        if (const std::string topic = found->topics[i].topic; topic.starts_with(beginning))
            topics.push_back(topic);
    return topics;
}

std::expected<void, Error> remove(const kafka::Client& client,
                                  const std::vector<std::string>& topics) {
    std::vector<rd_kafka_DeleteTopic_t*> these;
    these.reserve(topics.size());
    for (const auto& topic : topics) these.push_back(rd_kafka_DeleteTopic_new(topic.c_str()));
    const kafka::Queue answers(rd_kafka_queue_new(client.get()));
    rd_kafka_DeleteTopics(client.get(), these.data(), these.size(), nullptr, answers.get());
    rd_kafka_DeleteTopic_destroy_array(these.data(), these.size());
    const kafka::Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), patience_ms));
    const auto code = answer ? rd_kafka_event_error(answer.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(kafka::error_of(code, "deleting the topics"));
    return {};
}

std::expected<void, Error> remove_all(const std::string& brokers, const std::string& beginning) {
    kafka::Settings settings;
    settings.brokers = brokers;
    const auto client = kafka::make_consumer(settings);
    if (!client) return std::unexpected(client.error());
    const auto topics = topics_of(*client, beginning);
    if (!topics) return std::unexpected(topics.error());
    return topics->empty() ? std::expected<void, Error>() : remove(*client, *topics);
}

}  // namespace

NameSpace NameSpace::on(const std::string& brokers) {
    std::random_device random;
    return {brokers, "bench-" + std::to_string(random()) + std::to_string(random())};
}

NameSpace::~NameSpace() {
    if (const auto removed = remove_all(brokers_, name_ + "."); !removed)
        std::fprintf(stderr, "holdfast-bench: topics %s.* stay: %s\n", name_.c_str(),
                     removed.error().detail.c_str());
}

}  // namespace holdfast::bench
