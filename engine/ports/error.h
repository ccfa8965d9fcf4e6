// Error: what the machinery answers when it failed. A business refusal is never one of these.
//
// Errors  each names what the caller does next; `detail` is for the operator's log line.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

struct Error {
    enum Code : std::uint8_t {
        conflict = 1,  // another writer was first: forget, read again
        unavailable,   // not known whether it happened: try again, or stop
        damaged,       // stored bytes are not what was written: stop, show the operator
        refused,       // the other side will not: a wrong setting, a lock held, a newer format
    };
    Code code = unavailable;
    std::string detail;
};

}  // namespace holdfast
