// Opening: the history that is read, and the one that a copy of it becomes.
//
// Durability  a copy into a data folder is DIR/log.copy until finish(): no engine takes a part of a
//             history for the whole. On Kafka there is nothing to tell it by.
// Errors      refused: no such history, wrong settings; of a copy, that its place is taken.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/adapters/kafka/library.h"
#include "engine/ports/event_log.h"
#include "engine/wire/record.h"

namespace holdfast::replay {

// On Kafka where there are brokers, else in the data folder.
struct Where {
    std::filesystem::path data;
    kafka::Settings kafka;
    std::vector<std::string> properties;  // of librdkafka, name=value
};

// To be read, as far as it goes now; nothing is made there.
std::expected<std::unique_ptr<EventLog>, Error> open(const Where& where);

class Target {
public:
    static std::expected<Target, Error> open(const Where& where, const wire::Genesis& genesis);

    EventLog& log() { return *log_; }
    // It has all it is to have: log() is gone then.
    std::expected<std::unique_ptr<EventLog>, Error> read_again();
    std::expected<void, Error> finish();  // it is whole

private:
    std::unique_ptr<EventLog> log_;
    Where where_;
};

}  // namespace holdfast::replay
