// holdfast-bench: each scenario prints what it measured; --json one object a line.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "bench/reserve.h"

namespace {

using namespace holdfast;

int run_reserve(const bench::ReserveSettings& base, bool json) {
    for (const std::uint32_t skus : {1U, 10'000U}) {
        auto settings = base;
        settings.skus = skus;
        const auto report = bench::reserve(settings);
        if (!report) {
            std::fprintf(stderr, "holdfast-bench: %s\n", report.error().detail.c_str());
            return 1;
        }
        bench::print(*report, json);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Measures Holdfast on this machine.", "holdfast-bench");
    app.require_subcommand(0, 1);
    bool json = false;
    bench::ReserveSettings reserve;
    reserve.folder = std::filesystem::temp_directory_path() / "holdfast-bench";
    app.add_flag("--json", json, "one JSON object a scenario and line");
    app.add_option("--folder", reserve.folder, "where the log is written; on the disk to measure");
    auto* one = app.add_subcommand("reserve", "single reservations, in process, durable");
    one->fallthrough();
    one->add_option("--reservations", reserve.reservations, "how many")
        ->check(CLI::Range(1'000, 50'000'000))
        ->capture_default_str();
    one->add_option("--in-flight", reserve.in_flight, "posted and not answered yet, at most")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    one->add_option("--shards", reserve.shards, "threads that decide")
        ->check(CLI::Range(1, 8))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    return run_reserve(reserve, json);
}
