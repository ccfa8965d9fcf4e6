// Opening: what is outside of the engine, as the settings say it is: the adapters.
//
// Lifetime  before everything that uses them, and after.
// Errors    refused: what the settings name cannot be used; unavailable: nobody answers there.
#pragma once

#include "engine/adapters/kafka/commands.h"
#include "engine/adapters/mapped/mapped_file.h"
#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/rocksdb/view_store.h"
#include "engine/adapters/sandbox/sandbox_gateway.h"
#include "engine/adapters/system/system_clock.h"
#include "engine/ports/event_log.h"
#include "engine/ports/feed_sink.h"
#include "engine/ports/key_store.h"
#include "engine/ports/metrics.h"
#include "engine/settings.h"

namespace holdfast {

struct Adapters {
    Metrics metrics;
    std::unique_ptr<EventLog> log;
    std::optional<kafka::Settings> kafka;              // where the log is there
    std::unique_ptr<FeedSink> feeds;                   // null: outsiders are told nothing
    std::unique_ptr<rocks::RocksViewStore> told;       // of that, as far as it is known here
    std::function<std::expected<void, Error>()> room;  // for more of the log
    std::function<void(std::string)> advertise;        // to other engines
    std::unique_ptr<kafka::KafkaCommands> commands;    // null: topics of commands are not read
    std::unique_ptr<rocks::RocksStateStore> state;
    std::unique_ptr<rocks::RocksViewStore> views;
    std::unique_ptr<KeyStore> keys;
    std::unique_ptr<sandbox::SandboxGateway> gateway;
    std::unique_ptr<mapped::MappedFile> deciding;
    system::SystemClock clock;
};

std::expected<void, Error> open(Adapters& adapters, const Settings& settings);

}  // namespace holdfast
