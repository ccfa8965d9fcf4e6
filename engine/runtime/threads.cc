#include "engine/runtime/threads.h"

#include <algorithm>

namespace holdfast {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_sleep{100};

}  // namespace

Threads::Threads(Engine& engine, std::function<void(const Error&)> failed,
                 std::function<void()> durable, Intake* intake)
    : engine_(engine), failed_(std::move(failed)), intake_(intake) {
    engine_.log().on_waiting([this] { log_bell_.ring(); });
    engine_.log().on_durable([this, durable = std::move(durable)] {
        for (const auto& shard : engine_.shards()) shard->bell().ring();
        durable();
    });
    for (const auto& shard : engine_.shards())
        threads_.emplace_back([this, &shard] { run_shard(*shard); });
    threads_.emplace_back([this] { run_log(); });
    threads_.emplace_back([this] { run_chores(); });
    if (!engine_.settings().alone) threads_.emplace_back([this] { run_claims(); });
    if (intake_) {
        intake_->on_waiting([this] { intake_bell_.ring(); });
        intaking_ = std::jthread([this](const std::stop_token& stop) { run_intake(stop); });
    }
    log_bell_.ring();  // for what was appended before
}

void Threads::fail(const Error& error) {
    if (has_failed_.exchange(true)) return;
    engine_.end_deciding();  // what the other shards are at is not what went wrong
    failed_(error);
}

void Threads::run_shard(Shard& shard) {
    while (!stopping_) {
        const auto stepped = engine_.step(shard);
        if (!stepped) return fail(stepped.error());
        if (shard.checkpoint().in_flight()) chores_bell_.ring();
        if (*stepped) continue;
        auto sleep = longest_sleep;
        if (const auto due = shard.next_due(); due && !engine_.settings().own_times)
            sleep = std::clamp(milliseconds(due->raw() - engine_.now_ms()), milliseconds(1), sleep);
        shard.bell().wait(sleep);
    }
}

void Threads::run_log() {
    while (!stopping_) {
        const auto flushed = engine_.log().flush();
        if (!flushed) return fail(flushed.error());
        if (*flushed == 0) log_bell_.wait(longest_sleep);
    }
}

void Threads::run_chores() {
    while (!stopping_) {
        const auto ingested = engine_.ingest();
        if (!ingested) return fail(ingested.error());
        const auto next = engine_.step_gateways();
        auto sleep = longest_sleep;
        if (next)
            sleep = std::clamp(milliseconds(*next - engine_.now_ms()), milliseconds(1), sleep);
        chores_bell_.wait(sleep);
    }
}

void Threads::run_claims() {
    constexpr milliseconds between_looks{10}, after_a_failure{1'000};
    while (!stopping_) {
        const bool got_all = engine_.step_claims();
        const bool has_looked = engine_.step_own_times();
        claims_bell_.wait(got_all && has_looked ? between_looks : after_a_failure);
    }
}

void Threads::run_intake(const std::stop_token& stop) {
    while (!stop.stop_requested() && !stopping_)
        if (!intake_->step()) intake_bell_.wait(longest_sleep);
}

void Threads::stop(milliseconds at_most) {
    if (intake_) {
        intaking_.request_stop();
        intake_bell_.ring();
        intaking_ = {};
        intake_->on_waiting([] {});
    }
    const auto until = std::chrono::steady_clock::now() + at_most;
    while (engine_.in_flight() != 0 && !has_failed_ && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(milliseconds(1));
    stopping_ = true;
    log_bell_.ring();
    chores_bell_.ring();
    claims_bell_.ring();
    for (const auto& shard : engine_.shards()) shard->bell().ring();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    engine_.log().on_waiting([] {});
    engine_.log().on_durable([] {});
    if (!has_failed_) last_cut();
}

// What the threads did, in this one: the cut that was under way, then one of all that is left, so
// that the next start has no tail to take.
void Threads::last_cut() {
    for (int round = 0; round < 3; ++round) {
        for (const auto& shard : engine_.shards()) {
            if (!shard->checkpoint().in_flight()) shard->cut_now();
            if (const auto stepped = engine_.step(*shard); !stepped) return fail(stepped.error());
        }
        if (const auto flushed = engine_.log().flush(); !flushed) return fail(flushed.error());
        for (const auto& shard : engine_.shards())
            if (const auto settled = engine_.step(*shard); !settled) return fail(settled.error());
        if (const auto ingested = engine_.ingest(); !ingested) return fail(ingested.error());
    }
}

Threads::~Threads() {
    if (!threads_.empty()) stop(milliseconds(0));
}

}  // namespace holdfast
