// Kafka: how many single reservations a second an engine takes whose log is on Kafka, in process,
// each acknowledged by the brokers before its answer; and, right after, how fast librdkafka alone
// produces the same batches to the same brokers.
//
// Lifetime  the topics that a scenario makes, in a namespace of its own, go with it.
#pragma once

#include <filesystem>

#include "bench/reserving.h"

namespace holdfast::bench {

struct KafkaSettings {
    std::filesystem::path folder;  // of checkpoints; made, and removed afterwards
    std::string brokers;
    Reservations wanted{.count = 1'000'000, .in_flight = 16'384, .skus = 10'000};
    std::uint16_t partitions = 1;
};

std::expected<Report, Error> kafka_reserve(const KafkaSettings& settings);

}  // namespace holdfast::bench
