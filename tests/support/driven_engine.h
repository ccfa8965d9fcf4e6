// DrivenEngine: a whole engine in one thread on simulated log, store, clock and the sandbox
// gateway.
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

// A command of client "test" under `key`, as an engine is given it.
template <class C>
std::string command_of(const std::string& key, const std::string& stream,
                       typename C::Command command, std::optional<Time> own_time = {}) {
    wire::Command<C> record;
    record.envelope.asked_at_ms = own_time;
    record.envelope.client = "test";
    record.envelope.id = wire::command_id("test", key);
    record.parts.push_back({stream, {}, std::move(command)});
    return wire::to_bytes(record);
}

class DrivenEngine {
public:
    explicit DrivenEngine(std::uint64_t seed, std::uint16_t shards = 2,
                          std::uint16_t partitions = 4)
        : log(seed), store(seed) {
        settings.partitions = partitions;
        settings.shards = shards;
        start();
    }

    std::expected<void, Error> try_start() {
        settings.policy = policy;
        auto started = Engine::start(settings, {log, store, clock, {{"sandbox", asked}}, deciding});
        if (!started) return std::unexpected(started.error());
        engine_ = *std::move(started);
        return {};
    }
    void start() {
        const auto started = try_start();
        ASSERT_TRUE(started) << started.error().detail;
    }
    void kill() {
        engine_.reset();
        log.crash();
    }
    void crash() {
        kill();
        start();
    }
    // It is answered later.
    template <class C>
    void post(const std::string& key, const std::string& stream, typename C::Command command) {
        auto bytes = command_of<C>(key, stream, std::move(command));
        const bool taken =
            engine_->post({C::number, stream, fb::Source::direct, std::move(bytes), {}},
                          [this, key](std::expected<Answered, Error> answer) {
                              ASSERT_TRUE(answer);
                              answers.insert_or_assign(key, *answer);
                          });
        ASSERT_TRUE(taken);
    }
    // The `number`-th of the parts that a round is made of, and of those after it in turn: each
    // shard, the log, the store, the gateways. Whether there was anything to do.
    bool part(std::size_t number) {
        const auto place = number % (settings.shards + std::size_t{3});
        if (place < settings.shards) return engine_->step(*engine_->shards()[place]).value();
        if (place == settings.shards) return log.flush().value() != 0;
        if (place == settings.shards + 1U) return engine_->ingest().value();
        engine_->step_gateways();
        return false;
    }
    // One round of everything; whether there was anything to do.
    bool step() {
        bool any = false;
        for (std::size_t i = 0; i < settings.shards + std::size_t{3}; ++i) any |= part(i);
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
    std::size_t streams_bytes() const {
        std::size_t bytes = 0;
        for (const auto& shard : engine_->shards())
            for (const auto& processor : shard->processors())
                bytes += processor->machine().streams_bytes();
        return bytes;
    }
    Engine& engine() { return *engine_; }

    simulated::SimulatedLog log;
    simulated::SimulatedStateStore store;
    simulated::SimulatedClock clock{1'700'000'000'000};
    sandbox::SandboxGateway gateway{0};
    PaymentGateway* asked = &gateway;  // by the name of "sandbox", from the next start on
    EngineSettings settings;           // likewise
    Policy policy;
    std::span<std::byte> deciding;  // outlives the engine, from its next start on
    std::map<std::string, Answered> answers;

private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace holdfast
