// The topics of a namespace: made when they are missing, refused when they would lose history.
//
// Durability  an events topic keeps everything for ever: no retention by time or size, no
//             compaction, no unclean election; with two or more replicas at least two have what is
//             acknowledged. The keys topic keeps the last message of each key; what is gone, or was
//             written again, leaves the brokers' disks (topic_table.h says when). A public topic
//             keeps its last message, which says how far it tells.
//             A commands topic keeps its messages for so long as its operator says,
//             a week when nobody does, by the brokers' clock.
// Errors      refused: an existing topic with other settings, or with another number of partitions;
//             it names the topic, the setting, what it is and what it has to be.
#pragma once

#include <string_view>

#include "engine/adapters/kafka/library.h"
#include "engine/ports/feed_sink.h"

namespace holdfast::kafka {

struct TopicPlan {
    std::string name;
    std::int32_t partitions;
    std::int32_t replicas;
    Properties settings;       // which it has to have
    Properties at_first = {};  // which it is made with, and an operator may change
};

// How many partitions the namespace has; refused when it has no events topics.
std::expected<std::int32_t, Error> partitions_of(const Settings& settings);
std::string events_topic(const Settings& settings, std::string_view context);
TopicPlan events_plan(const Settings& settings, std::string_view context);
TopicPlan keys_plan(const Settings& settings);
std::string feed_topic(const Settings& settings, Feed feed);
TopicPlan feed_plan(const Settings& settings, Feed feed);
std::string commands_topic(const Settings& settings, std::string_view context);
TopicPlan commands_plan(const Settings& settings, std::string_view context);

// Makes the topic if need be; then it is there, as planned, and every partition has a leader.
std::expected<void, Error> make_topic(const Client& client, const Settings& settings,
                                      const TopicPlan& plan);
// The same of one that has to be there.
std::expected<void, Error> check_topic(const Client& client, const Settings& settings,
                                       const TopicPlan& plan);

}  // namespace holdfast::kafka
