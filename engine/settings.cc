#include "engine/settings.h"

#include <algorithm>
#include <sstream>
#include <thread>

#include <boost/asio/ip/address.hpp>

#include <CLI/CLI.hpp>

namespace holdfast {
namespace {

// What is given as text and means something more.
struct Texts {
    std::string listen = "127.0.0.1:8080", token_secret, token_key, token_algorithm = "es256";
    std::string tls_certificate, tls_key, advertise, capture = "at_shipment", commands_scopes;
    std::uint64_t memory = std::uint64_t{512} << 20;
    std::int64_t reservation_ttl_ms = 0, reservation_ttl_max_ms = 0, claim_ms = 0, checkout_ms = 0,
                 gateway_ms = 0;
    explicit Texts(const Policy& policy)
        : reservation_ttl_ms(policy.reservation_ttl_ms.raw()),
          reservation_ttl_max_ms(policy.reservation_ttl_max_ms.raw()),
          claim_ms(policy.claim_ms.raw()),
          checkout_ms(policy.checkout_ms.raw()),
          gateway_ms(policy.gateway_ms.raw()) {}
};

// What is wrong with it as a part of a topic's name; empty when nothing is.
std::string objection_to_namespace(const std::string& name) {
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const bool fits =
        !name.empty() && name.size() <= 100 && name.find_first_not_of(allowed) == std::string::npos;
    return fits ? "" : "a namespace is 1 to 100 letters, digits and ._-";
}

// None is 0: what is to be waited for would be given up, or asked again, without an end.
constexpr std::int64_t shortest_ms = 100, longest_ms = 31'536'000'000;
// A few batches' streams; and what no machine has more of.
constexpr std::uint64_t memory_min = 16 << 20, memory_max = std::uint64_t{1} << 42;
// A batch fits, with its largest record; and what a segment's own format allows.
constexpr std::uint64_t segment_bytes_min = 8 << 20, segment_bytes_max = 1 << 30;

void name_engine(CLI::App& app, Settings& settings, Texts& texts) {
    app.add_option("--data", settings.data, "The folder of everything the engine keeps.")
        ->required();
    app.add_option("--memory", texts.memory, "What hot streams may take, as 512M: 16M to 4T.")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(memory_min, memory_max));
    app.add_option("--shards", settings.engine.shards, "Threads that decide.")
        ->check(CLI::Range(1, 256));
    app.add_option("--partitions", settings.engine.partitions,
                   "Partitions of each context; fixed once the folder has data.")
        ->check(CLI::Range(1, 256));
    app.add_flag("--own-times", settings.engine.own_times,
                 "Requests say what time it is: for loading a history.");
    app.add_option("--segment", settings.segment_bytes,
                   "The size of a file of the log, as 64M: 8M to 1G.")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(segment_bytes_min, segment_bytes_max));
    app.add_option("--sandbox-latency-ms", settings.sandbox_latency_ms,
                   "How long the built-in payment gateway takes.")
        ->check(CLI::Range(0, 60'000));
}

void name_kafka(CLI::App& app, Settings& settings, Texts& texts) {
    app.add_option("--brokers", settings.brokers,
                   "Of Kafka, host:port,...: the log is there, not in the data folder.");
    app.add_option("--namespace", settings.engine.namespace_name,
                   "What the names of its topics begin with; fixed once there is a log.")
        ->check(CLI::Validator(objection_to_namespace, "NAME"));
    app.add_option("--replicas", settings.replicas, "Of each topic that is made.")
        ->check(CLI::Range(1, 9));
    app.add_option("--kafka", settings.kafka,
                   "A property of librdkafka, name=value; as many as need be.")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_flag("!--no-public-topics", settings.public_topics,
                 "Tells outsiders nothing: no topics NAMESPACE.public-events and .fulfillment.");
    app.add_option("--commands-scopes", texts.commands_scopes,
                   "What producers to the commands topics may do, as storefront,warehouse; none: "
                   "the topics are not read.");
    app.add_flag("--skip-deleted-commands", settings.skip_deleted_commands,
                 "Reads a commands topic on behind messages that were deleted too early.");
    app.add_option(
        "--peers-secret-file", settings.peers_secret,
        "File of a secret that all engines of the namespace share: what another leads is "
        "forwarded to it.");
    app.add_option("--peers-ca", settings.peers_authorities,
                   "File of who signs engines' certificates, PEM; else whom the system trusts.");
    app.add_option("--advertise", texts.advertise,
                   "Where other engines reach this one, host:port; else where it listens.");
    app.add_option("--keys-secret-file", settings.keys_secret,
                   "File of the secret under which the keys of personal data are kept there.");
}

// Kept in the log: decisions use them.
void name_policy(CLI::App& app, Texts& texts) {
    const auto add = [&](const char* name, std::int64_t& to, const char* meaning) {
        app.add_option(name, to, meaning)->check(CLI::Range(shortest_ms, longest_ms));
    };
    app.add_option("--capture", texts.capture, "When orders capture their payments.")
        ->check(CLI::IsMember({"at_shipment", "at_confirmation"}));
    add("--reservation-ttl-ms", texts.reservation_ttl_ms,
        "How long a reservation holds that does not say.");
    add("--reservation-ttl-max-ms", texts.reservation_ttl_max_ms, "And how long at most.");
    add("--claim-ms", texts.claim_ms,
        "How long an order's reservation holds before the order is asked whether it is wanted.");
    add("--checkout-ms", texts.checkout_ms, "When an order that is not paid is given up.");
    add("--gateway-ms", texts.gateway_ms,
        "How long a payment gateway may take before it is asked again.");
}

void name_server(CLI::App& app, Settings& settings, Texts& texts) {
    app.add_option("--listen", texts.listen, "IP address and port; port 0 is a free one.");
    app.add_option("--io-threads", settings.io_threads, "Threads that serve connections.")
        ->check(CLI::Range(1, 256));
    app.add_option("--in-flight", settings.dispatch.in_flight_max, "Requests at once.")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--rate", settings.dispatch.rate_limit.per_second,
                   "Requests a second of one client; 0: no limit.")
        ->check(CLI::Range(0U, http::RateLimit::most));
    app.add_option("--rate-burst", settings.dispatch.rate_limit.burst,
                   "How many of them may come at once.")
        ->check(CLI::Range(1U, http::RateLimit::most));
    app.add_flag("--insecure-no-tokens", settings.without_tokens,
                 "Everybody may do everything; on a loopback address only.");
    app.add_option("--token-secret", texts.token_secret, "File of the secret that signs tokens.");
    app.add_option("--token-key", texts.token_key, "File of the public key of tokens, PEM.");
    app.add_option("--token-algorithm", texts.token_algorithm, "Of --token-key.")
        ->check(CLI::IsMember({"es256", "rs256"}));
    app.add_option("--token-audience", settings.tokens.audience, "Whom tokens must be for.");
    app.add_option("--tls-certificate", texts.tls_certificate, "File, PEM, the whole chain.");
    app.add_option("--tls-key", texts.tls_key, "File of its private key, PEM.");
}

std::optional<Farewell> read_listen(Settings& settings, const std::string& listen) {
    auto place = read_address(listen);
    boost::system::error_code error;
    if (place) boost::asio::ip::make_address(place->host, error);
    if (!place || error)
        return Farewell{2, "--listen takes an IP address and a port, as 127.0.0.1:8080"};
    settings.server.port = place->port;
    settings.server.address = std::move(place->host);
    return {};
}

std::optional<Farewell> understand(Policy& policy, const Texts& texts) {
    if (texts.reservation_ttl_ms > texts.reservation_ttl_max_ms)
        return Farewell{2, "--reservation-ttl-ms is at most --reservation-ttl-max-ms"};
    policy.reservation_ttl_ms = known<Duration>(texts.reservation_ttl_ms);
    policy.reservation_ttl_max_ms = known<Duration>(texts.reservation_ttl_max_ms);
    policy.claim_ms = known<Duration>(texts.claim_ms);
    policy.checkout_ms = known<Duration>(texts.checkout_ms);
    policy.gateway_ms = known<Duration>(texts.gateway_ms);
    policy.capture = texts.capture == "at_confirmation" ? CaptureWhen::at_confirmation
                                                        : CaptureWhen::at_shipment;
    return {};
}

// Those of servers: browsers are let in by their carts' tokens.
std::optional<Farewell> understand_commands(Settings& settings, std::string_view scopes) {
    using enum http::Scope;
    if (scopes.empty()) {
        if (!settings.skip_deleted_commands) return {};
        return Farewell{2, "--skip-deleted-commands is for --commands-scopes"};
    }
    while (!scopes.empty()) {
        const auto name = scopes.substr(0, scopes.find(','));
        scopes.remove_prefix(std::min(name.size() + 1, scopes.size()));
        const auto found = std::ranges::find(http::scope_names, name);
        const auto scope = static_cast<http::Scope>(found - http::scope_names.begin());
        if (scope != storefront && scope != warehouse && scope != admin)
            return Farewell{2, "--commands-scopes takes storefront, warehouse and admin"};
        settings.commands_scopes.add(scope);
    }
    if (settings.engine.own_times)
        return Farewell{2, "--commands-scopes does not go with --own-times: those come over HTTP"};
    if (!settings.brokers.empty()) return {};
    return Farewell{2, "--commands-scopes is for topics on Kafka: give --brokers too"};
}

std::optional<Farewell> understand_peers(Settings& settings, const std::string& advertise) {
    const auto& address = settings.server.address;
    if (settings.peers_secret.empty()) {
        if (!settings.peers_authorities.empty())
            return Farewell{2, "--peers-ca is for --peers-secret-file: without it nobody is asked"};
        if (advertise.empty()) return {};
        return Farewell{2, "--advertise is for --peers-secret-file: without it nobody comes there"};
    }
    if (settings.brokers.empty())
        return Farewell{2, "--peers-secret-file is for several engines: give --brokers too"};
    if (!settings.peers_authorities.empty() && !settings.server.tls)
        return Farewell{2,
                        "--peers-ca is for --tls-certificate: without it engines speak plain HTTP "
                        "with each other"};
    const bool is_everywhere = address == "0.0.0.0" || address == "::";
    if (advertise.empty() && is_everywhere)
        return Farewell{2,
                        "say by --advertise where other engines reach this one: it listens on "
                        "every address"};
    if (advertise.empty()) return {};
    settings.advertise = read_address(advertise);
    if (settings.advertise && settings.advertise->port != 0) return {};
    return Farewell{2, "--advertise takes a host and a port, as engine-1.shop:8080"};
}

std::optional<Farewell> understand(Settings& settings, const Texts& texts) {
    using enum http::TokenSettings::Algorithm;
    settings.engine.memory_bytes_max = texts.memory;
    settings.engine.alone = settings.brokers.empty();
    if (auto farewell = understand(settings.engine.policy, texts)) return farewell;
    if (settings.brokers.empty() != settings.keys_secret.empty())
        return Farewell{2,
                        "--brokers and --keys-secret-file go together: a file of 64 hexadecimal "
                        "digits, the same for every engine of the namespace"};
    const int ways =
        settings.without_tokens + !texts.token_secret.empty() + !texts.token_key.empty();
    if (ways != 1)
        return Farewell{2, "say one of --token-secret, --token-key and --insecure-no-tokens"};
    settings.tokens.algorithm = !texts.token_secret.empty()        ? hs256
                                : texts.token_algorithm == "rs256" ? rs256
                                                                   : es256;
    settings.tokens.key_file = texts.token_secret.empty() ? texts.token_key : texts.token_secret;
    if (texts.tls_certificate.empty() != texts.tls_key.empty())
        return Farewell{2, "--tls-certificate and --tls-key go together"};
    if (!texts.tls_key.empty())
        settings.server.tls = http::TlsFiles{texts.tls_certificate, texts.tls_key};
    if (auto farewell = read_listen(settings, texts.listen)) return farewell;
    if (auto farewell = understand_commands(settings, texts.commands_scopes)) return farewell;
    return understand_peers(settings, texts.advertise);
}

}  // namespace

std::expected<Settings, Farewell> parse_settings(int count, char** arguments) {
    Settings settings;
    Texts texts(settings.engine.policy);
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    settings.engine.shards = static_cast<std::uint16_t>(std::max(1U, cores / 2));
    settings.io_threads = std::max(1U, cores / 2);
    CLI::App app("The engine: orders and inventory, decided one at a time and kept in a log.",
                 "holdfast");
    app.set_config("--config", "", "File of these settings, TOML: data = \"/var/lib/holdfast\"");
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.option_defaults()->always_capture_default();
    name_engine(app, settings, texts);
    name_kafka(app, settings, texts);
    name_policy(app, texts);
    name_server(app, settings, texts);
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        std::ostringstream words, complaint;
        const int status = app.exit(error, words, complaint);
        return std::unexpected(Farewell{status == 0 ? 0 : 2, words.str() + complaint.str()});
    }
    if (auto farewell = understand(settings, texts)) return std::unexpected(*std::move(farewell));
    return settings;
}

}  // namespace holdfast
