// holdfast-bench: each scenario prints what it measured; --json one object a line.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "bench/http.h"
#include "bench/reserve.h"

namespace {

using namespace holdfast;

// One hot SKU, and many.
template <class Settings, class Scenario>
bool measure(Settings settings, Scenario scenario, bool json) {
    for (const std::uint32_t skus : {1U, 10'000U}) {
        settings.skus = skus;
        const auto report = scenario(settings);
        if (!report) {
            std::fprintf(stderr, "holdfast-bench: %s\n", report.error().detail.c_str());
            return false;
        }
        bench::print(*report, json);
    }
    return true;
}

CLI::App* add_reserve(CLI::App& app, bench::ReserveSettings& settings) {
    auto* one = app.add_subcommand("reserve", "single reservations, in process, durable");
    one->fallthrough();
    one->add_option("--reservations", settings.reservations, "how many")
        ->check(CLI::Range(1'000, 50'000'000))
        ->capture_default_str();
    one->add_option("--in-flight", settings.in_flight, "posted and not answered yet, at most")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    one->add_option("--shards", settings.shards, "threads that decide")
        ->check(CLI::Range(1, 8))
        ->capture_default_str();
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

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app("Measures Holdfast on this machine.", "holdfast-bench");
    app.require_subcommand(0, 1);
    bool json = false;
    auto folder = std::filesystem::temp_directory_path() / "holdfast-bench";
    bench::ReserveSettings reserve;
    bench::HttpSettings http;
    app.add_flag("--json", json, "one JSON object a scenario and line");
    app.add_option("--folder", folder, "where the log is written; on the disk to measure");
    const auto* reserve_alone = add_reserve(app, reserve);
    const auto* http_alone = add_http(app, http);
    CLI11_PARSE(app, argc, argv);
    reserve.folder = http.folder = folder;
    const bool all = !reserve_alone->parsed() && !http_alone->parsed();
    if ((all || reserve_alone->parsed()) && !measure(reserve, bench::reserve, json)) return 1;
    if ((all || http_alone->parsed()) && !measure(http, bench::http, json)) return 1;
    return 0;
} catch (const CLI::Error& error) {
    std::fprintf(stderr, "holdfast-bench: %s\n", error.what());
    return 1;
}
