// Error: what the machinery answers when it failed. A business refusal is never one of these.
//
// Errors  each names what the caller does next; `detail` is for the operator's log line.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

struct Error {
    enum Code : std::uint8_t {
        conflict = 1,  // another writes or leads here: forget what is not durable, read again
        unavailable,   // not known whether it happened: try again, or stop
        damaged,       // stored bytes are not what was written: stop, show the operator
        refused,       // a wrong setting or argument, a lock held, a newer format: say so, stop
        overloaded,    // nothing was done, too much is under way: ask again soon
    };
    Code code = unavailable;
    std::string detail;
};

}  // namespace holdfast
