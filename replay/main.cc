// holdfast-replay: reads a history: list it, verify it, say its states, copy it.
//
// Errors  status 1: what is wrong with the history, on stderr; 2: the arguments are; 130: Ctrl-C.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "engine/adapters/rocksdb/state_store.h"
#include "replay/list.h"
#include "replay/opening.h"
#include "replay/remaking.h"
#include "replay/repartition.h"
#include "replay/states.h"

namespace {

using namespace holdfast;

constexpr int found_a_fault = 1, misused = 2, signalled = 128;

int failed(const Error& error) {
    std::fprintf(stderr, "holdfast-replay: %s\n", error.detail.c_str());
    const auto signal = replay::Watch::interrupted_by();
    return signal != 0 ? signalled + signal : found_a_fault;
}

struct Asked {
    replay::Where from, to;
    replay::Filter filter;
    std::string since, before;
    bool log_only = false;
    std::uint16_t to_partitions = 0;  // as many as there are
};

std::expected<replay::Verified, Error> verified(const Asked& asked, const EventLog& log) {
    std::unique_ptr<rocks::RocksStateStore> store;
    if (!asked.log_only && !asked.from.data.empty() &&
        std::filesystem::exists(asked.from.data / "state")) {
        auto opened = rocks::RocksStateStore::open({.folder = asked.from.data / "state"});
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

int states(const EventLog& log) {
    replay::Watch watch(isatty(STDERR_FILENO) == 1);
    const auto printed = replay::states(log, watch, stdout);
    std::fflush(stdout);
    return printed ? 0 : failed(printed.error());
}

// What a copy begins with, and, to other partitions, what is to be in it.
struct Beginning {
    wire::Genesis genesis;
    replay::Contents before = {};
};
// To other partitions nothing is made before the history may go there.
std::expected<Beginning, Error> beginning_of_copy(const Asked& asked, const EventLog& from) {
    const auto found = replay::genesis_of(from, Stock::number);
    if (!found) return std::unexpected(found.error());
    const auto& genesis = *found;
    if (!genesis) return std::unexpected(Error{Error::refused, "there is no history to copy"});
    if (asked.to_partitions == 0) return Beginning{*genesis};
    replay::Watch watch(isatty(STDERR_FILENO) == 1);
    auto contents = replay::drained(from, watch);
    if (!contents) return std::unexpected(contents.error());
    return Beginning{replay::in_partitions(*genesis, asked.to_partitions), *std::move(contents)};
}

// What was written is read again from where it lies, not from what the writer remembers.
int copy(const Asked& asked, const EventLog& from) {
    const bool moves = asked.to_partitions != 0;
    const auto beginning = beginning_of_copy(asked, from);
    if (!beginning) return failed(beginning.error());
    const auto& [genesis, before] = *beginning;
    auto to = replay::Target::open(asked.to, genesis);
    if (!to) return failed(to.error());
    std::expected<replay::Copied, Error> copied;
    {
        replay::Watch watch(isatty(STDERR_FILENO) == 1, "the same command goes on from there");
        copied = moves ? replay::repartition(from, to->log(), asked.to_partitions, watch)
                       : replay::copy(from, to->log(), watch);
    }
    if (!copied) return failed(copied.error());
    replay::Watch watch(isatty(STDERR_FILENO) == 1, "the copy is made, and not verified");
    const auto written = to->read_again();
    if (!written) return failed(written.error());
    const auto found = moves ? replay::verify(**written, before, watch)
                             : replay::verify(**written, nullptr, watch);
    if (!found) return failed(found.error());
    if (const auto named = to->finish(); !named) return failed(named.error());
    std::printf(
        "%llu records of the namespace %s in %zu partitions: %llu were there, %llu copied\n",
        static_cast<unsigned long long>(copied->records), genesis.namespace_name.c_str(),
        found->partitions, static_cast<unsigned long long>(copied->found),
        static_cast<unsigned long long>(copied->records - copied->found));
    if (moves)
        std::printf("generation %u: each of %zu streams has the state that it had\n",
                    genesis.generation, before.streams());
    std::printf("checksums, chain and rules hold; state rebuilt from the copy: %s\n",
                found->state_hash.c_str());
    return 0;
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

const CLI::Validator property(
    [](const std::string& text) {
        const auto sign = text.find('=');
        return sign == std::string::npos || sign == 0 ? "takes name=value, as security.protocol=ssl"
                                                      : std::string();
    },
    "");

void describe_history(CLI::App& app, Asked& asked) {
    app.add_option("--data", asked.from.data, "the engine's data folder")
        ->check(CLI::ExistingDirectory);
    app.add_option("--brokers", asked.from.kafka.brokers,
                   "of Kafka, host:port,...: the history is there, not in the data folder");
    app.add_option("--namespace", asked.from.kafka.name_space,
                   "what the names of its topics begin with");
    app.add_option("--kafka", asked.from.properties, "a property of librdkafka, name=value")
        ->check(property);
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

void describe_copy(CLI::App& copies, Asked& asked) {
    auto* data = copies.add_option("--to-data", asked.to.data, "a data folder without a log");
    auto* brokers =
        copies.add_option("--to-brokers", asked.to.kafka.brokers, "of Kafka, host:port,...");
    copies.add_option("--to-kafka", asked.to.properties, "a property of librdkafka, name=value")
        ->check(property)
        ->needs(brokers);
    copies.add_option("--to-replicas", asked.to.kafka.replicas, "of each topic that is made")
        ->check(CLI::Range(1, 100))
        ->needs(brokers);
    data->excludes(brokers);
    copies
        .add_option("--to-partitions", asked.to_partitions,
                    "another number of partitions: a new generation, of a drained history")
        ->check(CLI::Range(1, 256));
}

}  // namespace

int main(int argc, char** argv) try {
    // What is listed stands alone: of a history on Kafka there may be something to log.
    spdlog::set_default_logger(spdlog::stderr_color_mt("holdfast-replay"));
    CLI::App app("Reads a Holdfast history.", "holdfast-replay");
    app.require_subcommand(1);
    Asked asked;
    describe_history(app, asked);
    auto* lists = app.add_subcommand("list", "the records, one JSON object a line")->fallthrough();
    describe_list(*lists, asked);
    auto* verifies = app.add_subcommand("verify", "everything again from zero: chain, rules, state")
                         ->fallthrough();
    verifies->add_flag("--log-only", asked.log_only, "do not compare with the engine's state");
    auto* says = app.add_subcommand("states", "every stream's state, as a hash")->fallthrough();
    auto* copies =
        app.add_subcommand("copy", "all of it into another log, and verifies that")->fallthrough();
    describe_copy(*copies, asked);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : misused;
    }
    if (const auto read = read_times(asked); !read) return failed(read.error()), misused;
    if (const auto good = replay::check(asked.filter); !good) return failed(good.error()), misused;
    if (asked.from.data.empty() && asked.from.kafka.brokers.empty()) {
        std::fputs("holdfast-replay: say --data, or --brokers, or both\n", stderr);
        return misused;
    }
    if (copies->parsed() && asked.to.data.empty() && asked.to.kafka.brokers.empty()) {
        std::fputs("holdfast-replay: say --to-data or --to-brokers\n", stderr);
        return misused;
    }
    const auto log = replay::open(asked.from);
    if (!log) return failed(log.error());
    if (copies->parsed()) return copy(asked, **log);
    if (says->parsed()) return states(**log);
    return verifies->parsed() ? verify(asked, **log) : list(asked, **log);
} catch (const CLI::Error& error) {
    std::fprintf(stderr, "holdfast-replay: %s\n", error.what());
    return misused;
}
