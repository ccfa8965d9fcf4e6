// FailingLog: a log that now and then does not take, keep or give what it is asked for.
#pragma once

#include <gtest/gtest.h>

#include "engine/adapters/simulated/simulated_log.h"

namespace holdfast {

// `copy` goes into it again and again, until it is done; then the log is as it should be.
template <class Copy>
simulated::SimulatedLog copied_despite_failures(std::uint64_t seed, Copy copy) {
    simulated::SimulatedLog log(seed, {.append_unavailable = 30,
                                       .flush_partial = 100,
                                       .flush_unavailable = 30,
                                       .read_unavailable = 5});
    constexpr int failures_max = 1'000;
    int failures = 0;
    while (!copy(log) && ++failures < failures_max) log.crash();
    EXPECT_LT(failures, failures_max);
    log.set_faults({});
    return log;
}

}  // namespace holdfast
