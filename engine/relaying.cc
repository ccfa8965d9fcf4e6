#include "engine/relaying.h"

#include <spdlog/spdlog.h>

namespace holdfast {
namespace {

constexpr std::chrono::milliseconds longest_sleep{100};
constexpr std::chrono::seconds after_an_error{1}, between_looks{5};

Counter* told_of(Metrics& metrics, std::string topic) {
    return &metrics.counter("holdfast_relay_messages_total",
                            "Messages that this engine wrote to a public topic.",
                            {{"topic", std::move(topic)}});
}

}  // namespace

Relaying::Relaying(Uses uses, const EngineSettings& engine)
    : uses_(std::move(uses)),
      relay_(uses_.log, uses_.store, uses_.feeds, {engine.namespace_name, engine.partitions}),
      told_{told_of(uses_.metrics, "public-events"), told_of(uses_.metrics, "fulfillment")},
      partitions_(engine.partitions),
      thread_([this] { run(); }) {}

bool Relaying::leads(std::uint16_t partition) const {
    return uses_.log.acknowledged({Order::number, partition}).has_value();
}

// Whether there may be more to do at once.
bool Relaying::step(std::uint16_t number, Partition& partition) {
    const auto now = Clock::now();
    const bool is_led = leads(number);
    if (now < partition.due && (partition.is_in_trouble || !is_led)) return false;
    const auto moved = is_led ? relay_.lead(number) : relay_.follow(number);
    count();
    if (!moved) {
        spdlog::warn("event=not_told partition={} why=\"{}\"", number, moved.error().detail);
        if (const auto synced = uses_.store.sync(); !synced) uses_.failed(synced.error());
        partition = {now + after_an_error, true};
        return false;
    }
    if (partition.is_in_trouble) spdlog::info("event=tells_again partition={}", number);
    partition = {is_led ? now : now + between_looks, false};
    return *moved;
}

void Relaying::run() {
    const auto round = [this] {
        bool moved = false;
        for (std::size_t i = 0; i < partitions_.size(); ++i)
            moved |= step(static_cast<std::uint16_t>(i), partitions_[i]);
        return moved;
    };
    while (!stopping_)
        if (!round()) bell_.wait(longest_sleep);
    while (round()) {
    }
}

std::uint64_t Relaying::behind() const {
    std::uint64_t records = 0;
    for (std::size_t i = 0; i < partitions_.size(); ++i)
        if (const auto number = static_cast<std::uint16_t>(i); leads(number))
            records += relay_.behind(number);
    return records;
}

void Relaying::count() {
    for (const auto feed : all_feeds) {
        auto& counter = *told_[place_of(feed)];
        counter.add(relay_.relayed(feed) - counter.value());
    }
}

void Relaying::stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    bell_.ring();
    thread_.join();
}

}  // namespace holdfast
