// holdfast-replay: reads a history: list it, verify it.
//
// Errors  status 1: what is wrong with the history, on stderr; 2: the arguments are; 130: Ctrl-C.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "engine/adapters/kafka/kafka_log.h"
#include "engine/adapters/kafka/topics.h"
#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/segments/segment_view.h"
#include "replay/list.h"
#include "replay/verify.h"

namespace {

using namespace holdfast;

constexpr int found_a_fault = 1, misused = 2, signalled = 128;

int failed(const Error& error) {
    std::fprintf(stderr, "holdfast-replay: %s\n", error.detail.c_str());
    const auto signal = replay::Watch::interrupted_by();
    return signal != 0 ? signalled + signal : found_a_fault;
}

struct Asked {
    std::filesystem::path data;
    kafka::Settings kafka;
    std::vector<std::string> properties;
    replay::Filter filter;
    std::string since, before;
    bool log_only = false;
};

std::expected<replay::Verified, Error> verified(const Asked& asked, const EventLog& log) {
    std::unique_ptr<rocks::RocksStateStore> store;
    if (!asked.log_only && !asked.data.empty() && std::filesystem::exists(asked.data / "state")) {
        auto opened = rocks::RocksStateStore::open({.folder = asked.data / "state"});
        if (!opened)
            return std::unexpected(Error{Error::refused, opened.error().detail +
                                                             " (or leave the engine's state out "
                                                             "with --log-only)"});
        store = *std::move(opened);
    }
    replay::Watch watch(isatty(STDERR_FILENO) == 1);
    return replay::verify(log, store.get(), watch);
}

int verify(const Asked& asked, const EventLog& log) {
    const auto found = verified(asked, log);
    if (!found) return failed(found.error());
    std::printf("%llu records in %zu partitions: checksums, chain and rules hold\n",
                static_cast<unsigned long long>(found->records), found->partitions);
    std::printf("state rebuilt from the log alone: %s\n", found->state_hash.c_str());
    if (!found->live_hash.empty())
        std::printf("state of the engine:              %s, the same row by row\n",
                    found->live_hash.c_str());
    if (found->compared != 0)
        std::printf("compared %zu of %zu partitions; %llu records are behind the engine's state\n",
                    found->compared, found->partitions,
                    static_cast<unsigned long long>(found->behind));
    else
        std::printf("no state to compare with\n");
    return 0;
}

int list(Asked& asked, const EventLog& log) {
    replay::Watch watch(false);
    const auto listed = replay::list(log, asked.filter, watch, stdout);
    std::fflush(stdout);
    return listed ? 0 : failed(listed.error());
}

// Of an option that is not there nothing is said.
std::expected<void, Error> read_times(Asked& asked) {
    for (const auto& [text, to] : {std::pair(&asked.since, &asked.filter.since_ms),
                                   std::pair(&asked.before, &asked.filter.before_ms)}) {
        if (text->empty()) continue;
        const auto at = replay::time_from(*text);
        if (!at) return std::unexpected(at.error());
        *to = *at;
    }
    return {};
}

// On Kafka as far as it goes now; nothing is made there.
std::expected<std::unique_ptr<EventLog>, Error> open(Asked& asked) {
    if (asked.kafka.brokers.empty()) return segments::SegmentView::open(asked.data / "log");
    if (auto taken = kafka::take_properties(asked.kafka, asked.properties); !taken)
        return std::unexpected(taken.error());
    const auto partitions = kafka::partitions_of(asked.kafka);
    if (!partitions) return std::unexpected(partitions.error());
    asked.kafka.partitions = *partitions;
    asked.kafka.makes_topics = false;
    static Metrics uncounted;  // by nobody here
    auto log = kafka::KafkaLog::open(asked.kafka, uncounted);
    if (!log) return std::unexpected(log.error());
    if (auto read = (*log)->read_to_end(); !read) return std::unexpected(read.error());
    return *std::move(log);
}

void describe_history(CLI::App& app, Asked& asked) {
    app.add_option("--data", asked.data, "the engine's data folder")->check(CLI::ExistingDirectory);
    app.add_option("--brokers", asked.kafka.brokers,
                   "of Kafka, host:port,...: the history is there, not in the data folder");
    app.add_option("--namespace", asked.kafka.name_space,
                   "what the names of its topics begin with");
    app.add_option("--kafka", asked.properties, "a property of librdkafka, name=value");
}

void describe_list(CLI::App& list, Asked& asked) {
    auto& filter = asked.filter;
    list.add_option("--context", filter.context, "stock, cart, order, payment or fulfillment")
        ->check(CLI::IsMember({"stock", "cart", "order", "payment", "fulfillment"}));
    list.add_option("--partition", filter.partition, "one partition");
    list.add_option("--stream", filter.stream, "one stream, by its key");
    list.add_option("--event", filter.event, "decisions with this event, e.g. Reserved");
    list.add_option("--client", filter.client, "one client's commands");
    list.add_option("--from", filter.from, "from this sequence of each partition on")
        ->check(CLI::NonNegativeNumber);
    list.add_option("--since", asked.since, "decided at this time or later, e.g. 2010-12-01");
    list.add_option("--before", asked.before, "decided before this time");
    list.add_option("--limit", filter.limit, "at most so many")->check(CLI::NonNegativeNumber);
    list.add_flag("--refused", filter.refused_only, "only what was not accepted");
    list.add_flag("--brief", filter.brief, "a short line each, not JSON");
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app("Reads a Holdfast history.", "holdfast-replay");
    app.require_subcommand(1);
    Asked asked;
    describe_history(app, asked);
    auto* lists = app.add_subcommand("list", "the records, one JSON object a line")->fallthrough();
    describe_list(*lists, asked);
    auto* verifies = app.add_subcommand("verify", "everything again from zero: chain, rules, state")
                         ->fallthrough();
    verifies->add_flag("--log-only", asked.log_only, "do not compare with the engine's state");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : misused;
    }
    if (const auto read = read_times(asked); !read) return failed(read.error()), misused;
    if (const auto good = replay::check(asked.filter); !good) return failed(good.error()), misused;
    if (asked.data.empty() && asked.kafka.brokers.empty()) {
        std::fputs("holdfast-replay: say --data, or --brokers, or both\n", stderr);
        return misused;
    }
    const auto log = open(asked);
    if (!log) return failed(log.error());
    return verifies->parsed() ? verify(asked, **log) : list(asked, **log);
} catch (const CLI::Error& error) {
    std::fprintf(stderr, "holdfast-replay: %s\n", error.what());
    return misused;
}
