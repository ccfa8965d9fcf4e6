#include "bench/reserve.h"

#include "bench/reserving.h"
#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/segments/segment_log.h"
#include "engine/adapters/system/system_clock.h"
#include "engine/domain/contexts.h"

namespace holdfast::bench {
namespace {

using Steady = std::chrono::steady_clock;

// Records a second of the same batches into an empty log, as many in flight as fit the window.
std::expected<double, Error> append_alone(EventLog& from, std::uint16_t partitions,
                                          const ReserveSettings& settings) {
    std::vector<std::pair<PartitionId, StoredBatch>> batches;
    for (std::uint16_t p = 0; p < partitions; ++p)
        for (Sequence next = 0; next < from.durable({Stock::number, p});) {
            const auto batch = from.read({Stock::number, p}, next);
            if (!batch) return std::unexpected(batch.error());
            batches.emplace_back(PartitionId{Stock::number, p}, *batch);
            next += batch->count;
        }
    auto log = segments::SegmentLog::open(settings.folder / "alone", {});
    if (!log) return std::unexpected(log.error());
    std::size_t waiting = 0, records = 0;
    const auto start = Steady::now();
    for (const auto& [at, batch] : batches) {
        const auto appended = (*log)->append(at, batch.first, batch.count, batch.blob);
        if (!appended) return std::unexpected(appended.error());
        waiting += batch.count;
        records += batch.count;
        if (waiting < settings.wanted.in_flight) continue;
        if (const auto flushed = (*log)->flush(); !flushed) return std::unexpected(flushed.error());
        waiting = 0;
    }
    if (const auto flushed = (*log)->flush(); !flushed) return std::unexpected(flushed.error());
    return static_cast<double>(records) / seconds_since(start);
}

}  // namespace

std::expected<Report, Error> reserve(const ReserveSettings& settings) {
    Reserving reserving(settings.wanted);
    std::filesystem::remove_all(settings.folder);
    std::filesystem::create_directories(settings.folder);
    auto log = segments::SegmentLog::open(settings.folder / "log", {});
    if (!log) return std::unexpected(log.error());
    auto store = rocks::RocksStateStore::open({.folder = settings.folder / "state"});
    if (!store) return std::unexpected(store.error());
    const system::SystemClock clock;
    EngineSettings engine_settings;
    engine_settings.shards = settings.wanted.shards;
    engine_settings.memory_bytes_max = std::size_t{2} << 30;
    auto engine = Engine::start(engine_settings, {**log, **store, clock, {}});
    if (!engine) return std::unexpected(engine.error());
    auto reserved = reserving.run(**engine);
    if (!reserved) return std::unexpected(reserved.error());
    const auto name = settings.wanted.skus == 1
                          ? std::string("reserve_one_sku")
                          : "reserve_" + std::to_string(settings.wanted.skus) + "_skus";
    auto report = report_of(name, *reserved);
    const auto alone = append_alone(**log, engine_settings.partitions, settings);
    if (!alone) return std::unexpected(alone.error());
    report.limit_per_s = *alone;
    engine->reset();
    store->reset();
    log->reset();
    std::filesystem::remove_all(settings.folder);
    return report;
}

}  // namespace holdfast::bench
