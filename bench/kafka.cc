#include "bench/kafka.h"

#include <algorithm>
#include <array>

#include "bench/bare_produce.h"
#include "bench/name_space.h"
#include "bench/reserving.h"
#include "engine/adapters/kafka/kafka_log.h"
#include "engine/adapters/kafka/topics.h"
#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/system/system_clock.h"
#include "engine/domain/contexts.h"

namespace holdfast::bench {
namespace {

std::expected<Reserved, Error> reserve_there(const kafka::Settings& kafka,
                                             const KafkaSettings& settings) {
    Reserving reserving(settings.wanted);
    Metrics metrics;
    auto log = kafka::KafkaLog::open(kafka, metrics);
    if (!log) return std::unexpected(log.error());
    if (auto read = (*log)->read_to_end(); !read) return std::unexpected(read.error());
    auto store = rocks::RocksStateStore::open({.folder = settings.folder / "state"});
    if (!store) return std::unexpected(store.error());
    const system::SystemClock clock;
    EngineSettings engine_settings;
    engine_settings.namespace_name = kafka.name_space;
    engine_settings.partitions = settings.partitions;
    engine_settings.shards = std::min(settings.wanted.shards, settings.partitions);
    engine_settings.alone = false;
    engine_settings.memory_bytes_max = std::size_t{2} << 30;
    auto engine = Engine::start(engine_settings, {**log, **store, clock, {}});
    if (!engine) return std::unexpected(engine.error());
    return reserving.run(**engine);
}

// One takes a second or so, in which a machine with other guests does very much or very little.
std::expected<double, Error> middle_of_three(const BareProduce& bare, const std::string& name_space,
                                             std::size_t in_flight) {
    std::array<double, 3> seconds{};
    for (std::size_t turn = 0; turn < seconds.size(); ++turn) {
        const auto took = bare.run(name_space + ".bare-" + std::to_string(turn), in_flight);
        if (!took) return took;
        seconds[turn] = *took;
    }
    std::ranges::sort(seconds);
    return seconds[1];
}

}  // namespace

std::expected<Report, Error> kafka_reserve(const KafkaSettings& settings) {
    std::filesystem::remove_all(settings.folder);
    std::filesystem::create_directories(settings.folder);
    auto name_space = NameSpace::on(settings.brokers);
    kafka::Settings kafka;
    kafka.brokers = settings.brokers;
    kafka.name_space = name_space.name();
    kafka.partitions = settings.partitions;
    kafka.replicas = 1;
    auto reserved = reserve_there(kafka, settings);
    if (!reserved) return std::unexpected(reserved.error());
    const auto partitions = std::to_string(settings.partitions);
    auto report = report_of(
        "kafka_" + partitions + "_partition" + (settings.partitions == 1 ? "" : "s"), *reserved);
    const auto bare = BareProduce::of(kafka, kafka::events_topic(kafka, Stock::name));
    if (!bare) return std::unexpected(bare.error());
    const auto seconds = middle_of_three(*bare, kafka.name_space, settings.wanted.in_flight);
    if (!seconds) return std::unexpected(seconds.error());
    report.limit_per_s = bare->records() / *seconds;
    report.more.emplace_back("percent_of_limit", 100 * report.rate_per_s / report.limit_per_s);
    report.more.emplace_back("batch_bytes", bare->bytes() / bare->batches());
    report.more.emplace_back("batch_records", bare->records() / bare->batches());
    std::filesystem::remove_all(settings.folder);
    return report;
}

}  // namespace holdfast::bench
