#include "bench/reserve.h"

#include <atomic>
#include <chrono>
#include <random>

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

// At most so many posts whose answer has not come. Who waits for room goes on when half of it is
// free.
class Window {
public:
    explicit Window(std::size_t size) : size_(size) {}
    void take() {
        if (taken_ >= size_) wait_for(size_ / 2);
        ++taken_;
    }
    void give() {
        if (const auto left = --taken_; left != size_ / 2 && left != 0) return;
        ++rings_;
        rings_.notify_one();
    }
    void drain() { wait_for(0); }

private:
    void wait_for(std::size_t at_most) {
        for (auto rings = rings_.load(); taken_ > at_most; rings = rings_) rings_.wait(rings);
    }
    std::size_t size_;
    std::atomic<std::size_t> taken_ = 0;
    std::atomic<std::uint32_t> rings_ = 0;
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
    const auto send = [&](const std::string& key, stock::Command message) {
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
    while (engine.in_flight() != 0) std::this_thread::yield();  // every partition knows it
    for (std::uint32_t n = 0; n < skus; ++n)
        send(sku_of(n),
             stock::Receive{id<MovementId>("m"), warehouse, known<Quantity>(quantity_max)});
    while (engine.in_flight() != 0) std::this_thread::yield();  // nobody gives back any more
    return refused;
}

struct Run {
    explicit Run(const ReserveSettings& settings)
        : window(settings.in_flight), sent(settings.reservations), latencies_us(sent.size()) {}
    Window window;
    std::vector<Steady::time_point> sent;
    std::vector<std::uint32_t> latencies_us;
    std::atomic<std::size_t> refused = 0;
    double seconds = 0;
    double cpu_seconds = 0;      // of all threads, the one that posts too
    double busiest_seconds = 0;  // of one thread
};

void reserve_all(Engine& engine, Run& run, std::vector<Prepared> prepared) {
    const auto cpu_before = own_cpu_s();
    const auto threads_before = own_thread_times();
    const auto start = Steady::now();
    for (std::size_t n = 0; n < prepared.size(); ++n) {
        const auto sku = sku_of(prepared[n].sku);
        run.sent[n] = Steady::now();
        post(engine, run.window,
             {Stock::number, sku, fb::Source::direct, std::move(prepared[n].command), {}},
             [&run, n](const std::expected<Answered, Error>& answer) {
                 run.latencies_us[n] = microseconds_since(run.sent[n]);
                 if (!is_accepted(answer)) ++run.refused;
                 run.window.give();
             });
    }
    run.window.drain();
    run.seconds = seconds_since(start);
    run.cpu_seconds = own_cpu_s() - cpu_before;
    run.busiest_seconds = busiest_thread_s(threads_before, own_thread_times());
}

// The same batches into an empty log, as many in flight as fit the window.
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
    std::size_t waiting = 0;
    const auto start = Steady::now();
    for (const auto& [at, batch] : batches) {
        const auto appended = (*log)->append(at, batch.first, batch.count, batch.blob);
        if (!appended) return std::unexpected(appended.error());
        waiting += batch.count;
        if (waiting < settings.in_flight) continue;
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
    Run run(settings);
    std::size_t unreceived = 0;
    {
        Threads threads(
            **engine,
            [](const Error& error) {
                std::fprintf(stderr, "%s\n", error.detail.c_str());
                std::_Exit(1);
            },
            [] {});
        unreceived = receive_stock(**engine, settings.skus);
        reserve_all(**engine, run, std::move(prepared));
        threads.stop(std::chrono::seconds(10));
    }
    if (unreceived + run.refused != 0)
        return std::unexpected(Error{Error::refused, std::to_string(unreceived) + " receipts and " +
                                                         std::to_string(run.refused) +
                                                         " reservations were not accepted"});
    const auto alone = append_alone(**log, engine_settings.partitions, settings);
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
                   {"busiest_thread_ns_each", run.busiest_seconds * 1e9 / count},
                   {"refused", static_cast<double>(run.refused)}}};
    engine->reset();
    store->reset();
    log->reset();
    std::filesystem::remove_all(settings.folder);
    return report;
}

}  // namespace holdfast::bench
