// holdfast-replay: reads a history: list it, verify it.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/segments/segment_view.h"
#include "replay/list.h"
#include "replay/verify.h"

namespace {

using namespace holdfast;

int failed(const Error& error) {
    std::fprintf(stderr, "holdfast-replay: %s\n", error.detail.c_str());
    return 1;
}

int run_verify(const std::filesystem::path& data, const EventLog& log, bool log_only) {
    std::unique_ptr<rocks::RocksStateStore> store;
    if (!log_only && std::filesystem::exists(data / "state")) {
        auto opened = rocks::RocksStateStore::open({.folder = data / "state"});
        if (!opened)
            return failed({Error::refused, opened.error().detail +
                                               " (stop the engine to compare its state, or use "
                                               "--log-only)"});
        store = *std::move(opened);
    }
    const auto verified = replay::verify(log, store.get(), isatty(STDERR_FILENO) == 1);
    if (!verified) return failed(verified.error());
    std::printf("%llu records in %zu partitions: checksums, chain and rules hold\n",
                static_cast<unsigned long long>(verified->records), verified->partitions);
    if (store)
        std::printf("state of %zu partitions rebuilt from the log alone: %s, as the engine's\n",
                    verified->compared, verified->state_hash.c_str());
    else
        std::printf("no state to compare with\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Reads a Holdfast history.", "holdfast-replay");
    app.require_subcommand(1);
    std::filesystem::path data;
    app.add_option("--data", data, "the engine's data folder")
        ->required()
        ->check(CLI::ExistingDirectory);
    auto* list = app.add_subcommand("list", "the records, one JSON object a line")->fallthrough();
    replay::Filter filter;
    list->add_option("--context", filter.context, "stock, cart, order, payment or fulfillment")
        ->check(CLI::IsMember({"stock", "cart", "order", "payment", "fulfillment"}));
    list->add_option("--partition", filter.partition, "one partition");
    list->add_option("--stream", filter.stream, "one stream, by its key");
    list->add_option("--event", filter.event, "decisions with this event, e.g. Reserved");
    list->add_option("--client", filter.client, "one client's commands");
    list->add_option("--from", filter.from, "from this sequence of each partition on");
    list->add_option("--limit", filter.limit, "at most so many");
    list->add_flag("--refused", filter.refused_only, "only what was not accepted");
    auto* verify = app.add_subcommand("verify", "everything again from zero: chain, rules, state")
                       ->fallthrough();
    bool log_only = false;
    verify->add_flag("--log-only", log_only, "do not compare with the engine's state");
    CLI11_PARSE(app, argc, argv);

    const auto log = segments::SegmentView::open(data / "log");
    if (!log) return failed(log.error());
    if (verify->parsed()) return run_verify(data, **log, log_only);
    const auto listed = replay::list(**log, filter);
    return listed ? 0 : failed(listed.error());
}
