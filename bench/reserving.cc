#include "bench/reserving.h"

#include <atomic>
#include <cstdio>
#include <numeric>
#include <random>
#include <thread>

#include "engine/domain/contexts.h"
#include "engine/runtime/threads.h"
#include "engine/wire/record.h"

namespace holdfast::bench {
namespace {

using Steady = std::chrono::steady_clock;

// The numbers of commands that are not measured.
constexpr std::size_t settings_apart = std::size_t{1} << 60;

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

struct Posting {
    explicit Posting(const Reservations& wanted)
        : window(wanted.in_flight), sent(wanted.count), latencies_us(wanted.count) {}
    Window window;
    std::vector<Steady::time_point> sent;
    std::vector<std::uint32_t> latencies_us;
    std::atomic<std::size_t> refused = 0;
};

void lead_all(Engine& engine) {
    std::vector<std::uint16_t> all(engine.settings().partitions);
    std::iota(all.begin(), all.end(), std::uint16_t{0});
    engine.want(all);
    while (!engine.waits_for().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

Reserving::Reserving(const Reservations& wanted) : wanted_(wanted) {
    std::mt19937_64 random(42);
    prepared_.reserve(wanted.count);
    for (std::size_t n = 0; n < wanted.count; ++n) {
        const auto sku = static_cast<std::uint32_t>(random() % wanted.skus);
        const auto reservation = id<ReservationId>("r" + std::to_string(random()));
        prepared_.push_back(
            {sku, bytes_of(sku_of(sku), n,
                           stock::Reserve{reservation, known<Quantity>(1), {}, {}, {}, {}})});
    }
}

std::expected<Reserved, Error> Reserving::run(Engine& engine) {
    Posting posting(wanted_);
    Threads threads(
        engine,
        [](const Error& error) {
            std::fprintf(stderr, "%s\n", error.detail.c_str());
            std::_Exit(1);
        },
        [] {});
    lead_all(engine);
    const auto unreceived = receive_stock(engine, wanted_.skus);
    Reserved reserved;
    const auto cpu_before = own_cpu_s();
    const auto threads_before = own_thread_times();
    const auto start = Steady::now();
    for (std::size_t n = 0; n < prepared_.size(); ++n) {
        const auto sku = sku_of(prepared_[n].sku);
        posting.sent[n] = Steady::now();
        post(engine, posting.window,
             {Stock::number, sku, fb::Source::direct, std::move(prepared_[n].command), {}},
             [&posting, n](const std::expected<Answered, Error>& answer) {
                 posting.latencies_us[n] = microseconds_since(posting.sent[n]);
                 if (!is_accepted(answer)) ++posting.refused;
                 posting.window.give();
             });
    }
    posting.window.drain();
    reserved.seconds = seconds_since(start);
    reserved.cpu_seconds = own_cpu_s() - cpu_before;
    reserved.busiest_seconds = busiest_thread_s(threads_before, own_thread_times());
    threads.stop(std::chrono::seconds(10));
    reserved.refused = posting.refused;
    reserved.latencies_us = std::move(posting.latencies_us);
    if (unreceived + reserved.refused == 0) return reserved;
    return std::unexpected(Error{Error::refused, std::to_string(unreceived) + " receipts and " +
                                                     std::to_string(reserved.refused) +
                                                     " reservations were not accepted"});
}

Report report_of(std::string scenario, Reserved& reserved) {
    const auto count = static_cast<double>(reserved.latencies_us.size());
    return {std::move(scenario),
            count / reserved.seconds,
            0,
            percentile(reserved.latencies_us, 0.50),
            percentile(reserved.latencies_us, 0.99),
            own_peak_rss_mib(),
            {{"cpu_ns_each", reserved.cpu_seconds * 1e9 / count},
             {"busiest_thread_ns_each", reserved.busiest_seconds * 1e9 / count},
             {"refused", static_cast<double>(reserved.refused)}}};
}

}  // namespace holdfast::bench
