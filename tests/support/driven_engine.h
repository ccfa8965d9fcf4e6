// DrivenEngine: a whole engine in one thread on simulated log, store, clock and the sandbox gateway.
//
// Order  run() steps everything until nothing is left to do; crash() ends it as a kill would, and
//        starts another on what was durable.
#pragma once

#include <map>

#include <gtest/gtest.h>

#include "engine/adapters/sandbox/sandbox_gateway.h"
#include "engine/adapters/simulated/simulated_clock.h"
#include "engine/adapters/simulated/simulated_log.h"
#include "engine/adapters/simulated/simulated_stores.h"
#include "engine/runtime/engine.h"
#include "engine/wire/record.h"

namespace holdfast {

class DrivenEngine {
public:
    explicit DrivenEngine(std::uint64_t seed, std::uint16_t shards = 2)
        : log(seed), store(seed), shards_(shards) {
        start();
    }

    void start() {
        EngineSettings settings;
        settings.partitions = 4;
        settings.shards = shards_;
        settings.policy = policy;
        auto started = Engine::start(settings, {log, store, clock, {{"sandbox", &gateway}}, deciding});
        ASSERT_TRUE(started) << started.error().detail;
        engine_ = *std::move(started);
    }
    void crash() {
        engine_.reset();
        log.crash();
        start();
    }
    // A command of client "test" under `key`, answered later.
    template <class C>
    void post(const std::string& key, const std::string& stream, typename C::Command command) {
        wire::Command<C> record;
        record.envelope.client = "test";
        record.envelope.id = wire::command_id("test", key);
        record.parts.push_back({stream, {}, std::move(command)});
        const bool taken =
            engine_->post({C::number, stream, fb::Source::direct, wire::to_bytes(record), {}},
                          [this, key](std::expected<Answered, Error> answer) {
                              ASSERT_TRUE(answer);
                              answers.insert_or_assign(key, *answer);
                          });
        ASSERT_TRUE(taken);
    }
    // One round of everything; whether there was anything to do.
    bool step() {
        bool any = false;
        for (const auto& shard : engine_->shards()) any |= engine_->step(*shard).value();
        any |= log.flush().value() != 0;
        any |= engine_->ingest().value();
        engine_->step_gateways();
        return any;
    }
    void run() {
        for (int quiet = 0; quiet < 3; quiet = step() ? 0 : quiet + 1) {
        }
        for (const auto& shard : engine_->shards())
            for (const auto& processor : shard->processors())
                EXPECT_EQ(processor->machine().first_broken_rule(), std::nullopt);
    }
    template <class C> wire::Decision<C> decision(const std::string& key) {
        return wire::read_decision<C>(answers.at(key).record).value();
    }
    // Every row of the state, as a cut would write them now.
    std::map<std::string, std::string> state() {
        for (const auto& shard : engine_->shards()) shard->cut_now();
        run();
        std::map<std::string, std::string> rows;
        EXPECT_TRUE(store.scan("", "", [&](std::string_view key, std::string_view value) {
            return rows.emplace(key, value), true;
        }));
        return rows;
    }
    Engine& engine() { return *engine_; }

    simulated::SimulatedLog log;
    simulated::SimulatedStateStore store;
    simulated::SimulatedClock clock{1'700'000'000'000};
    sandbox::SandboxGateway gateway{0};
    Policy policy;
    std::span<std::byte> deciding;  // outlives the engine, from its next start on
    std::map<std::string, Answered> answers;

private:
    std::uint16_t shards_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace holdfast
