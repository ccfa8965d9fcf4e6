// Member: one engine of a cluster, with its own store and its own end of the log; it may be dead.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/sandbox/sandbox_gateway.h"
#include "engine/adapters/simulated/simulated_clock.h"
#include "engine/adapters/simulated/simulated_peers.h"
#include "engine/adapters/simulated/simulated_stores.h"
#include "engine/adapters/simulated/simulated_topics.h"
#include "engine/runtime/forwarding.h"
#include "engine/runtime/intake.h"
#include "engine/wire/record.h"
#include "tests/support/driven_kafka_log.h"

namespace holdfast {

inline constexpr std::uint16_t partitions_each = 3;

// Of tests: the value is a command record; an empty one is no command.
inline std::expected<Understood, Error> understand(PartitionId, const CommandMessage& message,
                                                   bool) {
    if (!message.value.empty()) return Understood{message.value};
    TurnedAway why;
    why.objection.name = "message_is_empty";
    return Understood{"", std::make_shared<const TurnedAway>(std::move(why))};
}

inline std::vector<PartitionId> all_partitions() {
    std::vector<PartitionId> all;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t n = 0; n < partitions_each; ++n) all.push_back({context, n});
    return all;
}

struct Member {
    struct Outside {
        kafka::SimulatedBrokers& brokers;
        simulated::SimulatedNetwork& network;
        simulated::SimulatedTopics& topics;
    };
    Member(const Outside& outside, std::uint64_t number)
        : brokers(outside.brokers),
          network(outside.network),
          topics(outside.topics),
          seed(number),
          address("engine-" + std::to_string(number)),
          store(number) {}

    void start(const simulated::SimulatedClock& clock) {
        log = std::make_unique<kafka::DrivenKafkaLog>(brokers, all_partitions(), address);
        log->read_all();
        EngineSettings settings;
        settings.partitions = partitions_each;
        settings.shards = 2;
        settings.alone = false;
        settings.own_times = own_times;
        settings.shard.cut_every_ms = 1;
        auto started =
            Engine::start(settings, {*log, store, clock, {{"sandbox", &gateway}}, {}, &peers});
        ASSERT_TRUE(started) << started.error().detail;
        engine = *std::move(started);
        source = std::make_unique<simulated::SimulatedCommandSource>(topics, seed);
        intake = std::make_unique<Intake>(*engine, *source, understand, metrics);
        network.join(address, [this](PeerQuestion question, const PeerTold& told) {
            ++forwarded;
            return engine->post(posted_by(std::move(question), partitions_each).value(),
                                [told](const auto& answer) { told(told_of(answer)); });
        });
    }
    void kill() {
        network.leave(address);
        engine.reset();
        intake.reset();
        log.reset();
    }
    bool step(std::size_t part) {
        switch (part) {
            case 0:
            case 1: return engine->step(*engine->shards()[part]).value();
            case 2: return log->flush().value() != 0;
            case 3: return engine->ingest().value();
            case 4: engine->step_gateways(); return false;
            case 5: return intake->step();
            case 6: return log->read_on();
            case 7: return log->confirm_owned(), false;
            case 8: return engine->step_claims(), false;
            default: return engine->step_own_times(), false;
        }
    }
    static constexpr std::size_t parts = 10;
    // Of the topics' partitions that it leads: whether a message waits there.
    bool has_messages() const {
        return std::ranges::any_of(engine->processors(), [this](const auto* one) {
            return one->leads() && one->commands_next() < topics.end(one->at());
        });
    }

    kafka::SimulatedBrokers& brokers;
    simulated::SimulatedNetwork& network;
    simulated::SimulatedTopics& topics;
    std::uint64_t seed;
    std::string address;
    simulated::SimulatedPeers peers{network, address};
    bool own_times = false;
    int forwarded = 0;  // to this one
    std::unique_ptr<kafka::DrivenKafkaLog> log;
    simulated::SimulatedStateStore store;
    sandbox::SandboxGateway gateway{0};
    std::unique_ptr<Engine> engine;
    Metrics metrics;
    std::unique_ptr<simulated::SimulatedCommandSource> source;
    std::unique_ptr<Intake> intake;
};

}  // namespace holdfast
