#include "bench/reserve.h"

#include <chrono>
#include <random>
#include <semaphore>

#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/segments/segment_log.h"
#include "engine/adapters/system/system_clock.h"
#include "engine/runtime/threads.h"
#include "engine/wire/record.h"

namespace holdfast::bench {
namespace {

using Steady = std::chrono::steady_clock;

// The numbers of commands that are not measured.
constexpr std::size_t settings_apart = std::size_t{1} << 60;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}
std::uint32_t microseconds_since(Steady::time_point start) {
    const auto passed = Steady::now() - start;
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
}

template <class T> T id(std::string_view text) { return T::from(text).value(); }
std::string sku_of(std::uint32_t n) { return "SKU-" + std::to_string(100'000 + n); }

template <class Message>
std::string bytes_of(const std::string& key, std::size_t n, Message message) {
    wire::Command<Stock> command;
    command.envelope.client = "bench";
    command.envelope.id = wire::command_id("bench", key + "/" + std::to_string(n));
    command.envelope.fingerprint = n;
    command.parts.push_back({key, {}, std::move(message)});
    return wire::to_bytes(command);
}

// A command and its key, made before the clock starts: a client's work, not the engine's.
struct Prepared {
    std::uint32_t sku;
    std::string command;
};
std::vector<Prepared> prepare(const ReserveSettings& settings) {
    std::mt19937_64 random(42);
    std::vector<Prepared> prepared;
    prepared.reserve(settings.reservations);
    for (std::size_t n = 0; n < settings.reservations; ++n) {
        const auto sku = static_cast<std::uint32_t>(random() % settings.skus);
        const auto reservation = id<ReservationId>("r" + std::to_string(random()));
        prepared.push_back(
            {sku, bytes_of(sku_of(sku), n,
                           stock::Reserve{reservation, known<Quantity>(1), {}, {}, {}, {}})});
    }
    return prepared;
}

// At most so many posts whose answer has not come.
class Window {
public:
    explicit Window(std::size_t size) : size_(size), free_(static_cast<std::ptrdiff_t>(size)) {}
    void take() { free_.acquire(); }
    void give() { free_.release(); }
    void drain() {
        for (std::size_t i = 0; i < size_; ++i) free_.acquire();
    }

private:
    std::size_t size_;
    std::counting_semaphore<> free_;
};

void post(Engine& engine, Window& window, Posted posted, Reply reply) {
    window.take();
    const bool taken = engine.post(std::move(posted), std::move(reply));
    assert(taken);  // the window is smaller than what the engine takes
}

bool is_accepted(const std::expected<Answered, Error>& answer) {
    return answer && answer->how == Taken::decided &&
           wire::outcome_of(answer->record) == fb::Outcome::accepted;
}

// How many commands were not accepted: none, or what is measured next means nothing.
std::size_t receive_stock(Engine& engine, std::uint32_t skus) {
    Window window(1'024);
    std::atomic<std::size_t> refused = 0;
    const auto send = [&](std::string key, stock::Command message) {
        auto bytes = bytes_of(key, settings_apart, std::move(message));
        post(engine, window, {Stock::number, key, fb::Source::direct, std::move(bytes), {}},
             [&](const auto& answer) {
                 if (!is_accepted(answer)) ++refused;
                 window.give();
             });
    };
    const auto warehouse = id<LocationId>("main");
    send("@main", stock::SetLocation{warehouse, {}, known<Priority>(0), true});
    window.drain();
    for (int i = 0; i < 1'024; ++i) window.give();
    while (engine.in_flight() != 0) std::this_thread::yield();  // every partition knows it
    for (std::uint32_t n = 0; n < skus; ++n)
        send(sku_of(n),
             stock::Receive{id<MovementId>("m"), warehouse, known<Quantity>(quantity_max)});
    window.drain();
    return refused;
}

struct Run {
    double seconds = 0;
    double cpu_seconds = 0;  // of all threads, the one that posts too
    std::size_t refused = 0;
    std::vector<std::uint32_t> latencies_us;
};

Run reserve_all(Engine& engine, const ReserveSettings& settings, std::vector<Prepared> prepared) {
    Run run;
    run.latencies_us.resize(prepared.size());
    std::atomic<std::size_t> refused = 0;
    Window window(settings.in_flight);
    const auto cpu_before = own_cpu_s();
    const auto start = Steady::now();
    for (std::size_t n = 0; n < prepared.size(); ++n) {
        const auto sku = sku_of(prepared[n].sku);
        post(engine, window,
             {Stock::number, sku, fb::Source::direct, std::move(prepared[n].command), {}},
             [&, n, sent = Steady::now()](const std::expected<Answered, Error>& answer) {
                 run.latencies_us[n] = microseconds_since(sent);
                 if (!is_accepted(answer)) ++refused;
                 window.give();
             });
    }
    window.drain();
    run.seconds = seconds_since(start);
    run.cpu_seconds = own_cpu_s() - cpu_before;
    run.refused = refused;
    return run;
}

// The same batches into an empty log, as many in flight as fit the window.
std::expected<double, Error> append_alone(EventLog& from, std::uint16_t partitions,
                                          const std::filesystem::path& folder) {
    std::vector<std::pair<PartitionId, StoredBatch>> batches;
    for (std::uint16_t p = 0; p < partitions; ++p)
        for (Sequence next = 0; next < from.durable({Stock::number, p});) {
            const auto batch = from.read({Stock::number, p}, next);
            if (!batch) return std::unexpected(batch.error());
            batches.emplace_back(PartitionId{Stock::number, p}, *batch);
            next += batch->count;
        }
    auto log = segments::SegmentLog::open(folder, {});
    if (!log) return std::unexpected(log.error());
    std::size_t waiting = 0;
    const auto start = Steady::now();
    for (const auto& [at, batch] : batches) {
        const auto appended = (*log)->append(at, batch.first, batch.count, batch.blob);
        if (!appended) return std::unexpected(appended.error());
        waiting += batch.count;
        if (waiting < 16'384) continue;
        if (const auto flushed = (*log)->flush(); !flushed) return std::unexpected(flushed.error());
        waiting = 0;
    }
    if (const auto flushed = (*log)->flush(); !flushed) return std::unexpected(flushed.error());
    return seconds_since(start);
}

}  // namespace

std::expected<Report, Error> reserve(const ReserveSettings& settings) {
    auto prepared = prepare(settings);
    std::filesystem::remove_all(settings.folder);
    std::filesystem::create_directories(settings.folder);
    auto log = segments::SegmentLog::open(settings.folder / "log", {});
    if (!log) return std::unexpected(log.error());
    auto store = rocks::RocksStateStore::open({.folder = settings.folder / "state"});
    if (!store) return std::unexpected(store.error());
    const system::SystemClock clock;
    EngineSettings engine_settings;
    engine_settings.shards = settings.shards;
    engine_settings.memory_bytes_max = std::size_t{2} << 30;
    auto engine = Engine::start(engine_settings, {**log, **store, clock, {}});
    if (!engine) return std::unexpected(engine.error());
    Run run;
    std::size_t unreceived = 0;
    {
        Threads threads(**engine, [](const Error& error) {
            std::fprintf(stderr, "%s\n", error.detail.c_str());
            std::_Exit(1);
        });
        unreceived = receive_stock(**engine, settings.skus);
        run = reserve_all(**engine, settings, std::move(prepared));
        threads.stop(std::chrono::seconds(10));
    }
    if (unreceived + run.refused != 0)
        return std::unexpected(Error{Error::refused, std::to_string(unreceived) + " receipts and " +
                                                         std::to_string(run.refused) +
                                                         " reservations were not accepted"});
    const auto alone = append_alone(**log, engine_settings.partitions, settings.folder / "alone");
    if (!alone) return std::unexpected(alone.error());
    const auto count = static_cast<double>(settings.reservations);
    Report report{settings.skus == 1 ? "reserve_one_sku"
                                     : "reserve_" + std::to_string(settings.skus) + "_skus",
                  count / run.seconds,
                  count / *alone,
                  percentile(run.latencies_us, 0.50),
                  percentile(run.latencies_us, 0.99),
                  own_peak_rss_mib(),
                  {{"cpu_ns_each", run.cpu_seconds * 1e9 / count},
                   {"refused", static_cast<double>(run.refused)}}};
    engine->reset();
    store->reset();
    log->reset();
    std::filesystem::remove_all(settings.folder);
    return report;
}

}  // namespace holdfast::bench
