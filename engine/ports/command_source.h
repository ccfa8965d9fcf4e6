// CommandSource: what producers put into the commands topics, one topic a context, as many
// partitions as there are of events.
//
// Order       of a partition that was begun the messages come by their offsets, upwards from the
//             one asked for, each once; offsets may have gaps, where there was no message.
// Lifetime    a message stays in its topic when it was taken: who asks for it again gets it.
// Threading   one thread; `told` is called by any.
// Limits      reads a few MiB ahead of each partition that was begun.
// Errors      damaged: the topic does not reach back, or up, to the offset asked for: messages were
//             deleted, or the topic was made anew. unavailable: it cannot be read now. refused: it
//             may not be read. After any, nothing comes of that partition until it is begun again.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ports/error.h"
#include "engine/ports/event_log.h"

namespace holdfast {

struct CommandMessage {
    std::uint64_t offset = 0;
    std::string key;
    std::vector<std::pair<std::string, std::string>> headers;  // as they came, repeated ones too
    std::string value;
    friend bool operator==(const CommandMessage&, const CommandMessage&) = default;
};

class CommandSource {
public:
    virtual ~CommandSource() = default;

    // From now on the messages from this offset on; what was begun before is over.
    virtual std::expected<void, Error> begin(PartitionId at, std::uint64_t offset) = 0;
    virtual void end(PartitionId at) = 0;
    // The next one, if it is here already. Does not wait.
    virtual std::expected<std::optional<CommandMessage>, Error> take(PartitionId at) = 0;
    // Behind the last one that is known to be there; nothing before the topic has answered since
    // the partition was begun.
    virtual std::optional<std::uint64_t> end_offset(PartitionId at) const = 0;
    // Called when there may be something to take, of a partition of which there was nothing.
    virtual void on_waiting(std::function<void()> told) = 0;
};

}  // namespace holdfast
