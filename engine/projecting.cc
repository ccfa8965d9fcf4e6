#include "engine/projecting.h"

#include <spdlog/spdlog.h>

namespace holdfast {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds longest_sleep{100};
constexpr std::chrono::seconds after_an_error{1};

}  // namespace

Projecting::Projecting(projections::Projector& projector, ViewStore& store,
                       std::function<void(const Error&)> failed)
    : projector_(projector),
      store_(store),
      failed_(std::move(failed)),
      thread_([this] { run(); }) {}

// Whether there may be more to do at once.
bool Projecting::step() {
    const auto stepped = projector_.step();
    {
        const std::scoped_lock lock(mutex_);
        trouble_ = stepped ? "" : stepped.error().detail;
    }
    if (stepped) return *stepped != 0;
    spdlog::error("event=projection_failed reason=\"{}\"", stepped.error().detail);
    if (const auto synced = store_.sync(); !synced) failed_(synced.error());
    const auto until = Clock::now() + after_an_error;
    while (!stopping_ && Clock::now() < until) bell_.wait(longest_sleep);
    return false;
}

std::string Projecting::trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
}

void Projecting::run() {
    while (!stopping_)
        if (!step()) bell_.wait(longest_sleep);
    while (step()) {
    }
    if (const auto synced = store_.sync(); !synced)
        spdlog::warn("event=views_not_synced reason=\"{}\"", synced.error().detail);
}

void Projecting::stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    bell_.ring();
    thread_.join();
}

projections::Token durable_now(const EventLog& log, std::uint16_t partitions) {
    projections::Token token;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t partition = 0; partition < partitions; ++partition)
            if (const auto durable = log.durable({context, partition}); durable != 0)
                token.add({context, partition}, durable - 1);
    return token;
}

std::string being_built(const projections::Projector& projector) {
    for (const auto& view : projections::all_views())
        if (!projector.is_live(view.name))
            return "the view " + std::string(view.name) + " is being built";
    return {};
}

}  // namespace holdfast
