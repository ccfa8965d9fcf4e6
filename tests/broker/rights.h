// What the user "engine" may do who comes by the brokers' secure ports (Broker::secure). Once a
// right to something is given, nothing else may be done with it; with what none is for, all may.
// (librdkafka 2.0 has no rules for transactional ids: those stay open.)
#pragma once

#include "engine/adapters/kafka/library.h"

namespace holdfast::kafka {

struct Right {
    rd_kafka_ResourceType_t of;
    std::string name;
    rd_kafka_ResourcePatternType_t pattern;
    rd_kafka_AclOperation_t what;
};

// To topics that begin so.
Right to_topics(const std::string& beginning, rd_kafka_AclOperation_t what);
// All that docs/operations.md asks operators to give engines; writing to topics is the last of it.
std::vector<Right> rights_of_engines(const std::string& name_space);

// `settings`: of brokers, by a port where who comes may do all.
void grant(const Settings& settings, const std::vector<Right>& rights);
void take_away(const Settings& settings, const Right& right);

}  // namespace holdfast::kafka
