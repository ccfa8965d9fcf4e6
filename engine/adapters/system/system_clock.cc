#include "engine/adapters/system/system_clock.h"

#include <chrono>

namespace holdfast::system {

std::int64_t SystemClock::now_ms() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace holdfast::system
