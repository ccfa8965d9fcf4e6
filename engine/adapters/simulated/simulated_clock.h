// SimulatedClock: it is what time its owner says it is.
//
// Threading  by any thread.
#pragma once

#include <atomic>

#include "engine/ports/clock.h"

namespace holdfast::simulated {

class SimulatedClock final : public Clock {
public:
    explicit SimulatedClock(std::int64_t now_ms) : now_ms_(now_ms) {}
    std::int64_t now_ms() const override { return now_ms_; }
    void pass(std::int64_t ms) { now_ms_ += ms; }
    void set(std::int64_t now_ms) { now_ms_ = now_ms; }  // back too: somebody set the clock

private:
    std::atomic<std::int64_t> now_ms_;
};

}  // namespace holdfast::simulated
