#include "engine/adapters/kafka/library.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace holdfast::kafka {
namespace {

using Conf = Owned<rd_kafka_conf_t>;

void log_line(const rd_kafka_t*, int level, const char* from, const char* text) {
    constexpr int warning = 4;  // as syslog has them
    if (level <= warning)
        spdlog::warn("event=kafka from={} says=\"{}\"", from, text);
    else
        spdlog::info("event=kafka from={} says=\"{}\"", from, text);
}

std::expected<void, Error> set(const Conf& conf, const Properties& properties) {
    for (const auto& [name, value] : properties) {
        char why[512] = {};
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why, sizeof why) !=
            RD_KAFKA_CONF_OK)
            return std::unexpected(Error{
                Error::refused, fmt::format("the Kafka property {}={}: {}", name, value, why)});
    }
    return {};
}

const Properties& usual_of_all() {
    static const Properties usual = {
        {"client.id", "holdfast"},
        {"socket.nagle.disable", "true"},
        {"reconnect.backoff.max.ms", "1000"},
        {"topic.metadata.refresh.interval.ms", "10000"},
    };
    return usual;
}

// What is usual, and the operator may set otherwise; and what is not for him to set.
struct Wanted {
    Properties usual, ours;
    // What is said first counts.
    Wanted also(const Wanted& more) && {
        usual.insert(more.usual.begin(), more.usual.end());
        ours.insert(more.ours.begin(), more.ours.end());
        return std::move(*this);
    }
};

std::expected<Conf, Error> conf_of(const Settings& settings, Wanted wanted) {
    const auto [usual, ours] =
        std::move(wanted).also({usual_of_all(), {{"bootstrap.servers", settings.brokers}}});
    Conf conf(rd_kafka_conf_new());
    rd_kafka_conf_set_log_cb(conf.get(), log_line);
    for (const auto& [name, value] : settings.properties)
        if (ours.contains(name))
            return std::unexpected(
                Error{Error::refused, fmt::format("the Kafka property {} is not for setting: what "
                                                  "was acknowledged rests on it; leave it out",
                                                  name)});
    for (const auto* properties : {&usual, &settings.properties, &ours})
        if (auto done = set(conf, *properties); !done) return std::unexpected(done.error());
    return conf;
}

std::expected<Client, Error> client_of(rd_kafka_type_t type, Conf conf) {
    char why[512] = {};
    Client client(rd_kafka_new(type, conf.get(), why, sizeof why));
    if (!client)
        return std::unexpected(
            Error{Error::refused, fmt::format("no Kafka client can be made: {}", why)});
    static_cast<void>(conf.release());  // it is the client's now
    return client;
}

struct Hearing {
    OnDelivery heard;
    void* with;
};
std::expected<Client, Error> producer_of(const Settings& settings, Wanted wanted, Hearing hearing) {
    auto conf = conf_of(
        settings,
        std::move(wanted).also({{{"linger.ms", "0"}, {"message.timeout.ms", "10000"}},
                                {{"enable.idempotence", "true"},
                                 {"acks", "all"},
                                 {"message.max.bytes", std::to_string(message_bytes_max)}}}));
    if (!conf) return std::unexpected(conf.error());
    // One is always there: without it librdkafka's flush sleeps in slices of 10 ms.
    rd_kafka_conf_set_dr_msg_cb(conf->get(), hearing.heard);
    rd_kafka_conf_set_opaque(conf->get(), hearing.with);
    return client_of(RD_KAFKA_PRODUCER, *std::move(conf));
}

std::expected<Client, Error> consumer_of(const Settings& settings, Wanted wanted) {
    auto conf = conf_of(
        settings,
        std::move(wanted).also({{{"fetch.wait.max.ms", "100"},
                                 {"fetch.error.backoff.ms", "100"},
                                 {"fetch.message.max.bytes", std::to_string(message_bytes_max)},
                                 {"queued.max.messages.kbytes", "4096"}},
                                {{"auto.offset.reset", "error"},
                                 {"enable.auto.commit", "false"},
                                 {"isolation.level", "read_committed"},
                                 {"check.crcs", "true"}}}));
    if (!conf) return std::unexpected(conf.error());
    return client_of(RD_KAFKA_CONSUMER, *std::move(conf));
}

}  // namespace

std::expected<void, Error> take_properties(Settings& settings,
                                           const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
        const auto sign = text.find('=');
        if (sign == std::string::npos || sign == 0)
            return std::unexpected(
                Error{Error::refused, "--kafka takes name=value, as security.protocol=ssl"});
        settings.properties[text.substr(0, sign)] = text.substr(sign + 1);
    }
    return {};
}

Error error_of(rd_kafka_resp_err_t code, const std::string& while_doing) {
    const auto detail =
        fmt::format("{}: {} ({})", while_doing, rd_kafka_err2str(code), rd_kafka_err2name(code));
    switch (code) {
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
        case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
        case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return {Error::refused, detail};
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: return {Error::damaged, detail};
        default: return {Error::unavailable, detail};
    }
}

std::expected<Client, Error> make_producer(const Settings& settings, OnDelivery heard, void* with) {
    return producer_of(settings,
                       {{{"queue.buffering.max.kbytes", "262144"}}, {{"compression.type", "none"}}},
                       {heard, with});
}

std::expected<Client, Error> make_consumer(const Settings& settings) {
    return consumer_of(settings, {});
}

std::string group_of(const Settings& settings) { return settings.name_space + ".engines"; }

std::expected<Client, Error> make_member(const Settings& settings, OnRebalance shared, void* with) {
    auto conf =
        conf_of(settings, {{{"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "200"}},
                           {{"group.id", group_of(settings)},
                            {"partition.assignment.strategy", "range"},
                            {"enable.auto.commit", "false"}}});
    if (!conf) return std::unexpected(conf.error());
    rd_kafka_conf_set_rebalance_cb(conf->get(), shared);
    rd_kafka_conf_set_opaque(conf->get(), with);
    auto client = client_of(RD_KAFKA_CONSUMER, *std::move(conf));
    if (client) rd_kafka_poll_set_consumer(client->get());
    return client;
}

std::expected<Client, Error> make_feed_writer(const Settings& settings, const std::string& id,
                                              OnDelivery heard, void* with) {
    return producer_of(settings,
                       {{{"compression.type", "lz4"}, {"transaction.timeout.ms", "15000"}},
                        {{"transactional.id", id}}},
                       {heard, with});
}

std::expected<Client, Error> make_feed_reader(const Settings& settings, bool committed) {
    return consumer_of(settings,
                       {{{"fetch.wait.max.ms", "10"}},
                        {{"enable.partition.eof", "true"},
                         {"isolation.level", committed ? "read_committed" : "read_uncommitted"}}});
}

std::expected<Topic, Error> topic_of(const Client& client, const std::string& name) {
    Topic topic(rd_kafka_topic_new(client.get(), name.c_str(), nullptr));
    if (!topic) return std::unexpected(error_of(rd_kafka_last_error(), "naming topic " + name));
    return topic;
}

std::string name_of(std::string_view topic, std::int32_t partition) {
    return fmt::format("{}, partition {}", topic, partition);
}

std::optional<std::span<const std::byte>> header_of(const Message& message, const char* name) {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(message.get(), &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::nullopt;
    const void* bytes = nullptr;
    std::size_t size = 0;
    if (rd_kafka_header_get_last(headers, name, &bytes, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::nullopt;
    return std::span(static_cast<const std::byte*>(bytes), size);
}

}  // namespace holdfast::kafka
