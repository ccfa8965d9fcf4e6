#include <chrono>

#include "engine/adapters/simulated/simulated_clock.h"
#include "engine/adapters/system/system_clock.h"
#include "tests/contract/clock_contract.h"

namespace holdfast {
namespace {

struct Machine {
    const Clock& clock() const { return system; }
    void let_time_pass() {
        using std::chrono::steady_clock;
        const auto until = steady_clock::now() + std::chrono::milliseconds(2);
        while (steady_clock::now() < until) {
        }
    }
    system::SystemClock system;
};

struct Simulated {
    const Clock& clock() const { return simulated; }
    void let_time_pass() { simulated.pass(1); }
    simulated::SimulatedClock simulated{1'700'000'000'000};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(System, ClockContract, Machine);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, ClockContract, Simulated);

namespace {

TEST(SimulatedClock, goes_back_when_somebody_sets_it) {
    simulated::SimulatedClock clock(1'700'000'000'000);
    clock.set(1'600'000'000'000);
    EXPECT_EQ(clock.now_ms(), 1'600'000'000'000);
}

}  // namespace
}  // namespace holdfast
