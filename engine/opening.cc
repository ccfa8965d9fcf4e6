#include "engine/opening.h"

#include <filesystem>

#include "engine/adapters/kafka/feeds.h"
#include "engine/adapters/kafka/kafka_log.h"
#include "engine/adapters/kafka/topic_table.h"
#include "engine/adapters/kafka/topics.h"
#include "engine/adapters/segments/segment_log.h"
#include "engine/adapters/sodium/file_key_store.h"
#include "engine/adapters/sodium/shared_key_store.h"

namespace holdfast {
namespace {

std::expected<void, Error> open_log(Adapters& adapters, const Settings& settings) {
    if (!settings.brokers.empty()) {
        kafka::Settings kafka;
        kafka.brokers = settings.brokers;
        kafka.name_space = settings.engine.namespace_name;
        kafka.partitions = settings.engine.partitions;
        kafka.replicas = settings.replicas;
        if (auto taken = kafka::take_properties(kafka, settings.kafka); !taken) return taken;
        kafka.skips_deleted_commands = settings.skip_deleted_commands;
        auto log = kafka::KafkaLog::open(kafka, adapters.metrics);
        if (!log) return std::unexpected(log.error());
        if (auto read = (*log)->read_to_end(); !read) return read;
        adapters.advertise = [log = log->get()](std::string address) {
            log->advertise(std::move(address));
        };
        adapters.log = *std::move(log);
        if (!settings.commands_scopes.is_empty()) {
            auto commands = kafka::KafkaCommands::open(kafka);
            if (!commands) return std::unexpected(commands.error());
            adapters.commands = *std::move(commands);
        }
        adapters.kafka = std::move(kafka);
        adapters.room = [] { return std::expected<void, Error>(); };  // is the brokers' concern
        return {};
    }
    auto log = segments::SegmentLog::open(std::filesystem::path(settings.data) / "log",
                                          {settings.segment_bytes});
    if (!log) return std::unexpected(log.error());
    adapters.room = [log = log->get()] { return log->room(); };
    adapters.log = *std::move(log);
    return {};
}

// Where the log is: on Kafka for all engines, else in the data folder.
std::expected<std::unique_ptr<KeyStore>, Error> open_keys(
    const Adapters& adapters, const std::filesystem::path& data,
    const std::optional<sodium::Key>& secret) {
    if (!secret) return sodium::FileKeyStore::open(data / "keys");
    const auto& kafka = *adapters.kafka;
    auto table = kafka::TopicTable::open(kafka, kafka::keys_plan(kafka), {});
    if (!table) return std::unexpected(table.error());
    return sodium::SharedKeyStore::open(*std::move(table), *secret);
}

std::expected<void, Error> open_feeds(Adapters& adapters, const Settings& settings) {
    if (!adapters.kafka || !settings.public_topics) return {};
    auto feeds = kafka::KafkaFeeds::open(*adapters.kafka);
    if (!feeds) return std::unexpected(feeds.error());
    adapters.feeds = *std::move(feeds);
    auto told = rocks::RocksViewStore::open({std::filesystem::path(settings.data) / "told"});
    if (!told) return std::unexpected(told.error());
    adapters.told = *std::move(told);
    return {};
}

}  // namespace

std::expected<void, Error> open(Adapters& adapters, const Settings& settings) {
    const std::filesystem::path data = settings.data;
    std::error_code error;
    std::filesystem::create_directories(data, error);
    if (error)
        return std::unexpected(
            Error{Error::refused, settings.data + " cannot be made: " + error.message()});
    std::optional<sodium::Key> secret;
    if (!settings.keys_secret.empty()) {
        auto read = sodium::secret_in(settings.keys_secret);
        if (!read) return std::unexpected(read.error());
        secret = *read;
    }
    // The log comes first: its lock is what keeps a second engine out.
    if (auto opened = open_log(adapters, settings); !opened) return opened;
    rocks::StateSettings state_settings;
    state_settings.folder = data / "state";
    auto state = rocks::RocksStateStore::open(state_settings);
    if (!state) return std::unexpected(state.error());
    adapters.state = *std::move(state);
    auto views = rocks::RocksViewStore::open({data / "views"});
    if (!views) return std::unexpected(views.error());
    adapters.views = *std::move(views);
    auto keys = open_keys(adapters, data, secret);
    if (!keys) return std::unexpected(keys.error());
    adapters.keys = *std::move(keys);
    auto deciding = mapped::MappedFile::open(data / "deciding", Deciding::bytes);
    if (!deciding) return std::unexpected(deciding.error());
    adapters.deciding = *std::move(deciding);
    adapters.gateway = std::make_unique<sandbox::SandboxGateway>(settings.sandbox_latency_ms);
    return open_feeds(adapters, settings);
}

}  // namespace holdfast
