// BareProduce: a topic's batches read back, and produced again by librdkafka alone: with the same
// settings, to as many partitions, but with no engine, no fence and nobody who waits for an answer.
//
// Lifetime  keeps all batches in memory.
// Errors    unavailable: a batch that cannot be read or was not acknowledged.
#pragma once

#include <vector>

#include "engine/adapters/kafka/events.h"

namespace holdfast::bench {

class BareProduce {
public:
    // The batches that the topic has by now, those without records left out.
    static std::expected<BareProduce, Error> of(const kafka::Settings& settings,
                                                const std::string& topic);
    double batches() const { return static_cast<double>(batches_.size()); }
    double bytes() const;
    double records() const;
    // How long until all are acknowledged, of which at most so many records are on their way.
    std::expected<double, Error> run(const std::string& to, std::size_t records_in_flight) const;

private:
    struct Batch {
        kafka::Message message;
        std::uint32_t records;
    };
    explicit BareProduce(const kafka::Settings& settings) : settings_(settings) {}
    std::expected<void, Error> read(const kafka::Client& reader, const kafka::Topic& topic,
                                    std::int32_t partition);

    kafka::Settings settings_;
    kafka::Client reader_;  // which the messages are of
    std::vector<Batch> batches_;
};

}  // namespace holdfast::bench
