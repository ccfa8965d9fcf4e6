// Clock: what time it is here.
//
// Limits     milliseconds since 1970 UTC.
// Threading  by any thread.
// Errors     it may be wrong, and it goes back when somebody sets the machine's clock: who needs
//            time that never goes back keeps the latest it has used.
#pragma once

#include <cstdint>

namespace holdfast {

class Clock {
public:
    virtual ~Clock() = default;
    virtual std::int64_t now_ms() const = 0;
};

}  // namespace holdfast
