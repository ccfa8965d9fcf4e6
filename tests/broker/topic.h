// Topic: what producers and operators do to a topic on the shared broker.
#pragma once

#include "engine/ports/command_source.h"
#include "tests/broker/log.h"

namespace holdfast::kafka {

// The commands topic of a context, by its number.
std::string topic_of_number(const Settings& settings, std::uint8_t context);

void produce(const Settings& settings, const std::string& topic, std::int32_t partition,
             const CommandMessage& message);
// All below the offset.
void delete_records(const Settings& settings, const std::string& topic, std::int32_t partition,
                    std::int64_t offset);
// The settings that it has from now on, and the number of partitions.
void set(const Settings& settings, const TopicPlan& plan);
void enlarge(const Settings& settings, const std::string& topic, std::int32_t partitions);
void delete_topic(const Settings& settings, const std::string& topic);

}  // namespace holdfast::kafka
