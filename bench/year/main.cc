// holdfast-year: sends a real shop's year to an engine and checks its figures (docs/year.md).
#include <chrono>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/year/figures.h"
#include "bench/year/loader.h"
#include "bench/year/rows.h"

namespace holdfast::year {
namespace {

struct Options {
    std::vector<std::string> urls = {"http://127.0.0.1:8080"};
    std::string opening = "1";
    std::string file = "bench/year/online-retail.csv.xz";
    std::string oracle = "tests/oracle/year_oracle.py";
    std::string bookmark = "holdfast-year.bookmark";
    std::size_t connections = 16;
};

int run(const Options& options) {
    const auto year = read_year(options.file);
    if (year.empty()) stop(options.file + " has no invoice");
    const auto opening = opening_of(year, share_from(options.opening));
    std::vector<Place> places;
    places.reserve(options.urls.size());
    for (const auto& url : options.urls) places.push_back(place_from(url));
    const auto began = std::chrono::steady_clock::now();
    Loader loader(year, opening,
                  {places, options.connections, options.bookmark,
                   fmt::format("{} invoices, opening {}", year.size(), options.opening)});
    loader.run();
    Client engine(places.front());
    wait_until_settled(engine);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    const auto engines = figures_of_engine(engine, opening, loader.book().tally());
    const auto oracles = figures_of_oracle({options.oracle, options.file, options.opening});
    const bool is_same = print_table(engines, oracles);
    fmt::print("{} invoices, {} of them orders, loaded and settled in {}.{} s\n", year.size(),
               loader.orders(), took.count() / 1000, took.count() % 1000 / 100);
    return is_same ? 0 : 1;
}

}  // namespace
}  // namespace holdfast::year

int main(int count, char** arguments) try {
    CLI::App app("Send a real shop's year to an engine and check its figures.");
    holdfast::year::Options options;
    app.add_option(
        "--url", options.urls,
        "The engine, as http://127.0.0.1:8080; several of one namespace are asked in turn.");
    app.add_option("--opening", options.opening, "The share of the opening stock, such as 0.9.");
    app.add_option("--file", options.file, "The year, CSV or xz.");
    app.add_option("--oracle", options.oracle, "The script that computes the figures.");
    app.add_option("--bookmark", options.bookmark, "File that remembers how far the load came.");
    app.add_option("--connections", options.connections, "How many at once.");
    CLI11_PARSE(app, count, arguments);
    return holdfast::year::run(options);
} catch (const CLI::Error& error) {
    fmt::print(stderr, "holdfast-year: {}\n", error.what());
    return 1;
}
