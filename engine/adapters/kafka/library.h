// What the parts of this adapter share of librdkafka: handles that free themselves, clients made
// from settings, and its errors as ours.
//
// Errors  refused: a property that librdkafka does not know, a value that it does not take, or a
//         property that is not the operator's to set.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "engine/ports/error.h"

namespace holdfast::kafka {

using Properties = std::map<std::string, std::string>;

struct Settings {
    std::string brokers = {};             // "host:port,host:port": some of them, the rest is found
    std::string name_space = "holdfast";  // which the names of all topics begin with
    std::int32_t partitions = 8;
    std::int32_t replicas = 3;
    bool makes_topics = true;                    // those that are missing; else they are refused
    std::size_t recent_bytes = 64 << 20;         // of blobs that are kept in memory for readers
    std::chrono::milliseconds patience{10'000};  // with brokers that do not answer
    Properties properties = {};                  // any of librdkafka's: TLS, SASL, time-outs
    bool skips_deleted_commands = false;  // reads on behind those that were not taken in time
};

// What a topic takes as one message, and a client as one request: a record may have 5 MiB.
constexpr std::int32_t message_bytes_max = 8 << 20;

// "name=value" each, for `properties`; refused when one is not.
std::expected<void, Error> take_properties(Settings& settings,
                                           const std::vector<std::string>& texts);

// And a commands topic: what is too long for a body (1 MiB) is still turned away on record.
constexpr std::int32_t command_bytes_max = 2 << 20;

struct Free {
    void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
    void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
    void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
    void operator()(rd_kafka_AdminOptions_t* options) const {
        rd_kafka_AdminOptions_destroy(options);
    }
    void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
    void operator()(rd_kafka_ConfigResource_t* of) const { rd_kafka_ConfigResource_destroy(of); }
    void operator()(const rd_kafka_metadata_t* found) const { rd_kafka_metadata_destroy(found); }
};
template <class T> using Owned = std::unique_ptr<T, Free>;
using Client = Owned<rd_kafka_t>;
using Topic = Owned<rd_kafka_topic_t>;
using Queue = Owned<rd_kafka_queue_t>;
using Message = Owned<rd_kafka_message_t>;

// `while_doing`: "reading x": what failed, for the operator.
Error error_of(rd_kafka_resp_err_t code, const std::string& while_doing);

using OnDelivery = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

// `ours` are what the log's promises rest on. `heard` is told of each delivery, with `with`.
std::expected<Client, Error> make_producer(const Settings& settings, OnDelivery heard, void* with);
std::expected<Client, Error> make_consumer(const Settings& settings);
// The namespace's group, and a consumer that is a member of it. `shared` is told of each rebalance,
// with `with`, by who polls.
std::string group_of(const Settings& settings);
using OnRebalance = void (*)(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*,
                             void*);
std::expected<Client, Error> make_member(const Settings& settings, OnRebalance shared, void* with);
// Of the public topics: a producer of transactions of that id, and who reads what is committed or
// all that is there.
std::expected<Client, Error> make_feed_writer(const Settings& settings, const std::string& id,
                                              OnDelivery heard, void* with);
std::expected<Client, Error> make_feed_reader(const Settings& settings, bool committed);
std::expected<Topic, Error> topic_of(const Client& client, const std::string& name);

// "shop.stock.events, partition 3"
std::string name_of(std::string_view topic, std::int32_t partition);

// Of the last header of that name; nothing when there is none.
std::optional<std::span<const std::byte>> header_of(const Message& message, const char* name);

}  // namespace holdfast::kafka
