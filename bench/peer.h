// Peer: how many of the same reservations a second Kafka Streams decides on the same brokers;
// bench/peers/README.md says what is the same and what is not.
//
// Errors    unavailable: the peer said no figure; it says why itself.
#pragma once

#include "bench/kafka.h"

namespace holdfast::bench {

std::expected<Report, Error> kafka_streams(const KafkaSettings& settings);

}  // namespace holdfast::bench
