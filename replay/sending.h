// Sending: batches on their way into another log, synced every few megabytes.
//
// Errors  of that log. unavailable also: it does not confirm what it was sent.
#pragma once

#include <map>

#include "engine/ports/event_log.h"

namespace holdfast::replay {

class Sending {
public:
    explicit Sending(EventLog& to) : to_(to) {}

    // Its one writer from here on.
    std::expected<void, Error> own(std::span<const PartitionId> these);
    std::expected<void, Error> append(PartitionId at, const StoredBatch& batch);
    // Until all that was appended is durable.
    std::expected<void, Error> flush();

private:
    EventLog& to_;
    std::map<PartitionId, Sequence> ends_;  // of what may not be durable yet
    std::size_t bytes_ = 0;
};

// The other log has something else.
std::unexpected<Error> another_history(PartitionId at);

}  // namespace holdfast::replay
