#include "replay/opening.h"

#include "engine/adapters/kafka/kafka_log.h"
#include "engine/adapters/kafka/topics.h"
#include "engine/adapters/segments/segment_log.h"
#include "engine/adapters/segments/segment_view.h"

namespace holdfast::replay {
namespace {

constexpr std::string_view whole = "log", unfinished = "log.copy";

std::expected<std::unique_ptr<EventLog>, Error> open_kafka(const kafka::Settings& settings) {
    static Metrics uncounted;  // by nobody here
    auto log = kafka::KafkaLog::open(settings, uncounted);
    if (!log) return std::unexpected(log.error());
    if (auto read = (*log)->read_to_end(); !read) return std::unexpected(read.error());
    return *std::move(log);
}

std::expected<kafka::Settings, Error> kafka_of(const Where& where) {
    auto settings = where.kafka;
    if (auto taken = kafka::take_properties(settings, where.properties); !taken)
        return std::unexpected(taken.error());
    return settings;
}

}  // namespace

std::expected<std::unique_ptr<EventLog>, Error> open(const Where& where) {
    if (where.kafka.brokers.empty()) return segments::SegmentView::open(where.data / whole);
    auto settings = kafka_of(where);
    if (!settings) return std::unexpected(settings.error());
    const auto partitions = kafka::partitions_of(*settings);
    if (!partitions) return std::unexpected(partitions.error());
    settings->partitions = *partitions;
    settings->makes_topics = false;
    return open_kafka(*settings);
}

std::expected<Target, Error> Target::open(const Where& where, const wire::Genesis& genesis) {
    Target target;
    target.where_ = where;
    target.where_.kafka.name_space = genesis.namespace_name;
    std::expected<std::unique_ptr<EventLog>, Error> log;
    if (where.kafka.brokers.empty()) {
        if (std::filesystem::exists(where.data / whole))
            return std::unexpected(
                Error{Error::refused, "there is a log in " + where.data.string() +
                                          " already: name a folder that has none"});
        log = segments::SegmentLog::open(where.data / unfinished, {});
    } else {
        auto settings = kafka_of(target.where_);
        if (!settings) return std::unexpected(settings.error());
        settings->partitions = genesis.partitions;
        log = open_kafka(*settings);
    }
    if (!log) return std::unexpected(log.error());
    target.log_ = *std::move(log);
    return target;
}

std::expected<std::unique_ptr<EventLog>, Error> Target::read_again() {
    log_.reset();
    if (!where_.kafka.brokers.empty()) return replay::open(where_);
    return segments::SegmentView::open(where_.data / unfinished);
}

std::expected<void, Error> Target::finish() {
    if (!where_.kafka.brokers.empty()) return {};
    const auto from = where_.data / unfinished, to = where_.data / whole;
    std::error_code failed;
    std::filesystem::rename(from, to, failed);
    if (failed)
        return std::unexpected(Error{
            Error::unavailable,
            "the copy is whole, but cannot be named " + to.string() + ": " + failed.message()});
    return segments::sync_folder(where_.data);
}

}  // namespace holdfast::replay
