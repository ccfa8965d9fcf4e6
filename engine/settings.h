// Settings: what the program is told at start: by arguments, and by a file of the same names.
//
// Errors  parse_settings() says what is wrong, or what was asked (--help), and the status to end
//         with.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "engine/http/dispatch.h"
#include "engine/http/server.h"
#include "engine/ports/address.h"
#include "engine/runtime/engine.h"

namespace holdfast {

struct Settings {
    std::string data;
    EngineSettings engine;
    std::uint64_t segment_bytes = 64 << 20;  // of the log in the data folder
    std::string brokers;                     // of Kafka, where the log is; none: that log
    std::int32_t replicas = 3;
    std::vector<std::string> kafka;    // properties of librdkafka, "name=value"
    bool public_topics = true;         // of what happens, for outsiders; with brokers only
    std::string peers_secret;          // file; none: nothing is forwarded to other engines
    std::string peers_authorities;     // file, who signs engines' certificates; none: the system's
    std::optional<Address> advertise;  // where they reach this one; none: where it listens
    std::string keys_secret;           // file, for the keys of personal data that are there
    http::Scopes commands_scopes;      // of producers to the commands topics; none: not read
    bool skip_deleted_commands = false;  // of those topics, behind what was not taken in time

    http::ServerSettings server;
    http::DispatchSettings dispatch;
    unsigned io_threads = 1;
    bool without_tokens = false;
    http::TokenSettings tokens;
    std::int64_t sandbox_latency_ms = 0;
};

struct Farewell {
    int status;
    std::string words;
};
std::expected<Settings, Farewell> parse_settings(int count, char** arguments);

}  // namespace holdfast
