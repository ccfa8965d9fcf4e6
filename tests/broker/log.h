// What the tests of the log on Kafka share: one broker for the program, and what strangers do to
// it.
#pragma once

#include <memory>
#include <string>

#include "engine/adapters/kafka/kafka_log.h"
#include "engine/adapters/kafka/topics.h"
#include "tests/support/broker.h"

namespace holdfast::kafka {

Broker& shared_broker();

// A file of a secret for the keys of personal data, for all engines of the program.
const std::string& keys_secret();

// Of a namespace of its own on that broker.
Settings settings_of(const std::string& name_space);
// Counts where it is told to, else where nobody looks.
std::unique_ptr<KafkaLog> open_log(const Settings& settings, Metrics* metrics = nullptr);

void make(const Settings& settings, const TopicPlan& plan);

// In partition 0 of the context's events topic: a message of somebody's; all below `offset` is
// gone.
void write_foreign(const Settings& settings, const std::string& context, std::string text);
void trim(const Settings& settings, const std::string& context, std::int64_t offset);

// Which node leads the first partition that the brokers name of the context's events topic.
int leader_of(const Settings& settings, const std::string& context);

}  // namespace holdfast::kafka
