// holdfast-bench: each scenario prints what it measured; --json one object a line.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "bench/broker.h"
#include "bench/http.h"
#include "bench/kafka.h"
#include "bench/peer.h"
#include "bench/reserve.h"
#include "bench/take_over.h"

namespace {

using namespace holdfast;

bool say(const Error& error) {
    std::fprintf(stderr, "holdfast-bench: %s\n", error.detail.c_str());
    return false;
}

// One hot SKU, and many.
template <class Scenario> bool measure(Scenario scenario, bool json) {
    for (const std::uint32_t skus : {1U, 10'000U}) {
        const auto report = scenario(skus);
        if (!report) return say(report.error());
        bench::print(*report, json);
    }
    return true;
}

struct Kafka {
    bench::KafkaSettings each;
    std::vector<std::uint16_t> partitions{1, 2, 4};
    bool peer_too = false;
};

bool measure_kafka(Kafka asked, bool json) {
    const auto broker = bench::Broker::at(asked.each.brokers);
    if (!broker) return say(broker.error());
    asked.each.brokers = broker->bootstrap();
    // A broker that has just begun is slower, and what is measured first would pay for it.
    auto first = asked.each;
    first.wanted.count = std::max<std::size_t>(1'000, first.wanted.count / 4);
    if (const auto unmeasured = bench::kafka_reserve(first); !unmeasured)
        return say(unmeasured.error());
    for (const auto partitions : asked.partitions) {
        asked.each.partitions = partitions;
        const auto report = bench::kafka_reserve(asked.each);
        if (!report) return say(report.error());
        bench::print(*report, json);
        if (!asked.peer_too) continue;
        auto peer = bench::kafka_streams(asked.each);
        if (!peer) return say(peer.error());
        peer->more.emplace_back("holdfast_percent", 100 * report->rate_per_s / peer->rate_per_s);
        bench::print(*peer, json);
    }
    return true;
}

bool measure_take_over(bench::TakeOverSettings settings, bool json) {
    const auto broker = bench::Broker::at(settings.brokers);
    if (!broker) return say(broker.error());
    settings.brokers = broker->bootstrap();
    const auto reports = bench::take_over(settings);
    if (!reports) return say(reports.error());
    for (const auto& report : *reports) bench::print(report, json);
    return true;
}

void name_reservations(CLI::App& one, bench::Reservations& wanted) {
    one.add_option("--reservations", wanted.count, "how many")
        ->check(CLI::Range(1'000, 50'000'000))
        ->capture_default_str();
    one.add_option("--in-flight", wanted.in_flight, "posted and not answered yet, at most")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    one.add_option("--shards", wanted.shards, "threads that decide, at most one a partition")
        ->check(CLI::Range(1, 8))
        ->capture_default_str();
}

CLI::App* add_reserve(CLI::App& app, bench::ReserveSettings& settings) {
    auto* one = app.add_subcommand("reserve", "single reservations, in process, durable");
    one->fallthrough();
    name_reservations(*one, settings.wanted);
    return one;
}

CLI::App* add_http(CLI::App& app, bench::HttpSettings& settings) {
    auto* one = app.add_subcommand("http", "single reservations over HTTP, durable");
    one->fallthrough();
    one->add_option("--reservations", settings.reservations, "how many")
        ->check(CLI::Range(100, 50'000'000))
        ->capture_default_str();
    one->add_option("--connections", settings.connections, "each with one request in flight")
        ->check(CLI::Range(1, 4'000))
        ->capture_default_str();
    return one;
}

CLI::App* add_kafka(CLI::App& app, Kafka& asked) {
    auto* one =
        app.add_subcommand("kafka",
                           "single reservations, in process, the log on Kafka; a million of "
                           "them take 5 GB of the broker's disk for as long as it runs");
    one->fallthrough();
    auto& each = asked.each;
    one->add_option("--brokers", each.brokers, "host:port,...; without it one is started");
    one->add_option("--partitions", asked.partitions, "one measurement with each")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    one->add_flag("--peer", asked.peer_too, "then the same decision on Kafka Streams, in turns");
    name_reservations(*one, each.wanted);
    one->add_option("--skus", each.wanted.skus, "how many are reserved of")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    return one;
}

CLI::App* add_take_over(CLI::App& app, bench::TakeOverSettings& settings) {
    auto* one = app.add_subcommand("takeover", "an engine is killed, or leaves, beside another");
    one->fallthrough();
    one->add_option("--brokers", settings.brokers, "host:port,...; without it one is started");
    one->add_option("--rounds", settings.rounds, "of each")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    one->add_option("--partitions", settings.partitions, "that the two share")
        ->check(CLI::Range(2, 64))
        ->capture_default_str();
    one->add_option("--session-ms", settings.session_ms, "until the group misses an engine")
        ->check(CLI::Range(1'000, 60'000))
        ->capture_default_str();
    return one;
}

}  // namespace

int main(int argc, char** argv) try {
    spdlog::set_level(spdlog::level::err);  // a scenario that fails says why
    CLI::App app("Measures Holdfast on this machine.", "holdfast-bench");
    app.require_subcommand(0, 1);
    bool json = false;
    auto folder = std::filesystem::temp_directory_path() / "holdfast-bench";
    bench::ReserveSettings reserve;
    bench::HttpSettings http;
    Kafka kafka;
    bench::TakeOverSettings take_over;
    app.add_flag("--json", json, "one JSON object a scenario and line");
    app.add_option("--folder", folder, "where the log is written; on the disk to measure");
    const auto* reserve_alone = add_reserve(app, reserve);
    const auto* http_alone = add_http(app, http);
    const auto* kafka_alone = add_kafka(app, kafka);
    const auto* take_over_alone = add_take_over(app, take_over);
    CLI11_PARSE(app, argc, argv);
    reserve.folder = http.folder = kafka.each.folder = take_over.folder = folder;
    const bool all = app.get_subcommands().empty();
    const auto reserves = [&](std::uint32_t skus) {
        reserve.wanted.skus = skus;
        return bench::reserve(reserve);
    };
    const auto asks = [&](std::uint32_t skus) {
        http.skus = skus;
        return bench::http(http);
    };
    if ((all || reserve_alone->parsed()) && !measure(reserves, json)) return 1;
    if ((all || http_alone->parsed()) && !measure(asks, json)) return 1;
    if ((all || kafka_alone->parsed()) && !measure_kafka(kafka, json)) return 1;
    if ((all || take_over_alone->parsed()) && !measure_take_over(take_over, json)) return 1;
    return 0;
} catch (const CLI::Error& error) {
    std::fprintf(stderr, "holdfast-bench: %s\n", error.what());
    return 1;
}
