// holdfast: the engine. Settings -> adapters -> ports -> threads.
#include <csignal>
#include <iostream>

#include <boost/asio/ip/address.hpp>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/group.h"
#include "engine/adapters/web/http_peers.h"
#include "engine/http/commands.h"
#include "engine/http/customers.h"
#include "engine/http/forwarded.h"
#include "engine/http/key_file.h"
#include "engine/http/openapi.h"
#include "engine/http/operations.h"
#include "engine/http/reads.h"
#include "engine/http/recall.h"
#include "engine/http/topic_commands.h"
#include "engine/opening.h"
#include "engine/projecting.h"
#include "engine/relaying.h"
#include "engine/runtime/threads.h"
#include "engine/settings.h"
#include "projections/asyncapi.h"

namespace holdfast {
namespace {

constexpr std::chrono::seconds grace{10};

std::expected<std::unique_ptr<http::Credentials>, Error> credentials(const Settings& settings) {
    if (settings.without_tokens)
        return http::Credentials::without_tokens(
            boost::asio::ip::make_address(settings.server.address).is_loopback());
    auto tokens = http::Tokens::from(settings.tokens);
    if (!tokens) return std::unexpected(tokens.error());
    return std::make_unique<http::Credentials>(*std::move(tokens));
}

std::string waits_for(const Adapters& adapters, const projections::Projector& projector) {
    if (const auto room = adapters.room(); !room)
        return "the disk is nearly full: " + room.error().detail;
    return being_built(projector);
}

// Of the log, the state or the read models. What the disk holds is found out at the next start.
void end_for(const Error& error) {
    spdlog::critical("event=engine_failed reason=\"{}\"", error.detail);
    std::_Exit(1);
}

// Everything that runs, in the order it was made.
class Running {
public:
    Running(const Settings& settings, Adapters& adapters)
        : settings_(settings), adapters_(adapters), metrics_(adapters.metrics) {}
    ~Running() { stop(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    std::expected<void, Error> start();
    std::uint16_t port() const { return server_->port(); }

private:
    std::string waits_for() const;
    http::Core core() {
        return {*engine_, *projector_, *views_, *adapters_.keys, *key_work_, metrics_};
    }
    std::expected<void, Error> meet_peers();
    std::expected<void, Error> start_engine();
    void start_threads();
    std::string address() const;
    std::expected<void, Error> join_group(const kafka::Settings& settings);
    std::expected<void, Error> start_server();
    std::vector<http::Row> rows();
    void measure();
    void hand_over();
    void stop();

    const Settings& settings_;
    Adapters& adapters_;
    Metrics& metrics_;
    projections::Token at_start_;
    std::unique_ptr<projections::Projector> projector_;
    std::unique_ptr<projections::Views> views_;
    std::string peer_credential_;  // empty: none
    std::unique_ptr<web::HttpPeers> peers_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Projecting> projecting_;
    std::unique_ptr<Relaying> relaying_;  // null: outsiders are told nothing
    std::unique_ptr<http::KeyWork> key_work_;
    std::unique_ptr<http::TopicCommands> topic_commands_;  // null: no topic is read
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<Threads> threads_;
    std::unique_ptr<kafka::Group> group_;
    std::unique_ptr<http::Credentials> credentials_;
    std::unique_ptr<http::Commands> commands_;
    std::unique_ptr<http::Reads> reads_;
    std::unique_ptr<http::Recall> recall_;
    std::unique_ptr<http::Dispatch> dispatch_;
    std::unique_ptr<http::Server> server_;
};

std::expected<void, Error> Running::start() {
    if (auto met = meet_peers(); !met) return met;
    if (auto started = start_engine(); !started) return started;
    if (auto started = start_server(); !started) return started;
    // Others are sent here by what it writes when it owns, which is after this.
    if (peers_) adapters_.advertise(address());
    return adapters_.kafka ? join_group(*adapters_.kafka) : std::expected<void, Error>();
}

std::expected<void, Error> Running::meet_peers() {
    if (settings_.peers_secret.empty()) return {};
    const auto secret = http::read_secret_file("peers' secret", settings_.peers_secret);
    if (!secret) return std::unexpected(secret.error());
    peer_credential_ = wire::peer_credential(settings_.engine.namespace_name, *secret);
    web::HttpPeersSettings peers;
    peers.line.credential = peer_credential_;
    if (settings_.server.tls) {
        auto trust = web::trust(settings_.peers_authorities);
        if (!trust) return std::unexpected(trust.error());
        peers.line.trust = *std::move(trust);
    }
    peers_ = std::make_unique<web::HttpPeers>(std::move(peers), metrics_);
    return {};
}

std::string Running::address() const {
    return settings_.advertise.value_or(Address{settings_.server.address, port()}).text();
}

std::expected<void, Error> Running::start_engine() {
    auto engine = Engine::start(settings_.engine, {*adapters_.log,
                                                   *adapters_.state,
                                                   adapters_.clock,
                                                   {{"sandbox", adapters_.gateway.get()}},
                                                   adapters_.deciding->memory(),
                                                   peers_.get()});
    if (!engine) return std::unexpected(engine.error());
    engine_ = *std::move(engine);
    for (const auto& [input, times] : engine_->deaths())
        spdlog::warn("event=died_while_deciding input={:016x}{:016x} times={}", input.high,
                     input.low, times);
    projections::Projector::Settings projecting;
    projecting.partitions = settings_.engine.partitions;
    projector_ = std::make_unique<projections::Projector>(*adapters_.log, *adapters_.views,
                                                          projections::all_views(), projecting);
    at_start_ = durable_now(*adapters_.log, settings_.engine.partitions);
    const auto emptied = projector_->start();
    if (!emptied) return std::unexpected(emptied.error());
    for (const auto& view : *emptied)
        spdlog::warn("event=view_is_built_anew view={} reason=\"it followed another log\"", view);
    views_ = std::make_unique<projections::Views>(*adapters_.views, *projector_);
    projecting_ = std::make_unique<Projecting>(*projector_, *adapters_.views, end_for);
    if (adapters_.feeds)
        relaying_ = std::make_unique<Relaying>(
            Relaying::Uses{*adapters_.log, *adapters_.told, *adapters_.feeds, metrics_, end_for},
            settings_.engine);
    start_threads();
    return {};
}

void Running::start_threads() {
    key_work_ = std::make_unique<http::KeyWork>(*adapters_.keys);
    if (adapters_.commands) {
        topic_commands_ = std::make_unique<http::TopicCommands>(core(), settings_.commands_scopes);
        intake_ = std::make_unique<Intake>(
            *engine_, *adapters_.commands,
            std::bind_front(&http::TopicCommands::understand, topic_commands_.get()), metrics_);
    }
    const auto told = [this] {
        projecting_->wake();
        if (relaying_) relaying_->wake();
    };
    threads_ = std::make_unique<Threads>(*engine_, end_for, told, intake_.get());
}

std::expected<void, Error> Running::join_group(const kafka::Settings& settings) {
    auto group = kafka::Group::join(settings, metrics_,
                                    [this](const auto& partitions) { engine_->want(partitions); });
    if (!group) return std::unexpected(group.error());
    group_ = *std::move(group);
    return {};
}

std::vector<http::Row> Running::rows() {
    auto rows = commands_->rows();
    const auto add = [&rows](std::vector<http::Row> more) {
        for (auto& row : more) rows.push_back(std::move(row));
    };
    add(reads_->rows());
    add(recall_->rows());
    add(http::customers(*adapters_.keys, *key_work_));
    add(http::operations(metrics_, [this] { return waits_for(); }, [this] { measure(); }));
    rows.push_back(http::asyncapi_row(published::asyncapi(settings_.engine.namespace_name)));
    rows.push_back(http::openapi_row(rows));
    if (peers_) rows.push_back(http::forwarded_row(*engine_));
    return rows;
}

std::string Running::waits_for() const {
    if (auto words = holdfast::waits_for(adapters_, *projector_); !words.empty()) return words;
    if (auto words = engine_->waits_for(); !words.empty()) return words;
    if (const auto trouble = projecting_->trouble(); !trouble.empty())
        return "the read models cannot go on: " + trouble;
    if (!projector_->reached(at_start_))
        return "the read models are behind the log by " +
               std::to_string(projector_->records_behind()) + " records";
    return {};
}

// What is counted elsewhere, as gauges.
void Running::measure() {
    const auto set = [this](std::string_view name, std::string_view help, std::uint64_t value) {
        metrics_.gauge(name, help).set(static_cast<std::int64_t>(value));
    };
    set("holdfast_http_requests_in_flight", "Requests that are being answered, this one too.",
        dispatch_->in_flight());
    set("holdfast_inputs_in_flight",
        "Commands, follow-ups and questions to gateways that are not durable or answered yet.",
        engine_->in_flight());
    set("holdfast_partitions_led", "Logs of contexts' partitions that this engine writes.",
        engine_->led());
    set("holdfast_follow_records_behind",
        "Records that other engines made durable and this one's state does not have yet.",
        engine_->behind());
    set("holdfast_view_records_parked", "Records that a read model could not take.",
        projector_->parked());
    set("holdfast_view_records_behind",
        "Durable records that reads of the view furthest behind do not see.",
        projector_->records_behind());
    if (relaying_)
        set("holdfast_relay_records_behind",
            "Durable records of the partitions led here that no public topic tells of yet.",
            relaying_->behind());
}

std::expected<void, Error> Running::start_server() {
    auto made = credentials(settings_);
    if (!made) return std::unexpected(made.error());
    credentials_ = *std::move(made);
    if (peers_) credentials_->admit_peers(peer_credential_);
    commands_ = std::make_unique<http::Commands>(core());
    reads_ = std::make_unique<http::Reads>(core());
    recall_ = std::make_unique<http::Recall>(core());
    dispatch_ = std::make_unique<http::Dispatch>(
        rows(), settings_.dispatch, http::Dispatch::Uses{*credentials_, adapters_.clock, metrics_});
    auto settings = settings_.server;
    settings.body_bytes_max = [this](std::string_view target) {
        return dispatch_->router().body_bytes_max(target);
    };
    settings.objection = [this](const http::Received& header) {
        return dispatch_->objection_to(header);
    };
    auto server = http::Server::listen(
        std::move(settings),
        [this](const http::Received& received) { return dispatch_->answer(received); }, metrics_);
    if (!server) return std::unexpected(server.error());
    server_ = *std::move(server);
    server_->run(settings_.io_threads);
    return {};
}

// It leads on until others are told to, and gives up then: so nobody waits for it to end.
void Running::hand_over() {
    constexpr std::chrono::seconds at_most{2};
    if (!group_ || !group_->hand_over(at_most)) return;
    engine_->want({});
    const auto until = std::chrono::steady_clock::now() + at_most;
    while (engine_->led() != 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    spdlog::info("event=handed_over left={}", engine_->led());
}

// What waits for the engine, or for keys, is resumed by the server's threads: those go before it.
void Running::stop() {
    hand_over();
    if (server_) server_->stop(grace);
    if (threads_) threads_->stop(grace);
    if (relaying_) relaying_->stop();
    group_.reset();  // the others lead on
    threads_.reset();
    if (projecting_) projecting_->stop();
    peers_.reset();  // what they were asked is the engine's
    engine_.reset();
    key_work_.reset();
    server_.reset();
}

int run(const Settings& settings) {
    const auto say = [](const Error& error) {
        std::cerr << "holdfast: " << error.detail << '\n';
        return 1;
    };
    sigset_t signals;  // that end the program
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there is another thread
    std::signal(SIGPIPE, SIG_IGN);
    Adapters adapters;
    if (const auto opened = open(adapters, settings); !opened) return say(opened.error());
    Running running(settings, adapters);
    if (const auto started = running.start(); !started) return say(started.error());
    std::cout << "holdfast serves on http" << (settings.server.tls ? "s" : "") << "://"
              << Address{settings.server.address, running.port()}.text() << '\n'
              << std::flush;
    spdlog::info("event=started port={} data={} partitions={} shards={}", running.port(),
                 settings.data, settings.engine.partitions, settings.engine.shards);
    int signal = 0;
    sigwait(&signals, &signal);
    // The same one may come twice, to a process and to its group.
    const timespec moment{0, 200'000'000};
    while (sigtimedwait(&signals, nullptr, &moment) > 0) continue;
    spdlog::info("event=stopping signal={}", signal);
    for (const int again : {SIGINT, SIGTERM}) std::signal(again, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // another one ends it at once
    return 0;
}

}  // namespace
}  // namespace holdfast

int main(int count, char** arguments) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("holdfast"));
    spdlog::set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    const auto settings = holdfast::parse_settings(count, arguments);
    if (settings) return holdfast::run(*settings);
    (settings.error().status == 0 ? std::cout : std::cerr) << settings.error().words << '\n';
    return settings.error().status;
}
