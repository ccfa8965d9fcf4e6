// What comes true a little later, by other threads or processes.
#pragma once

#include <chrono>
#include <thread>

namespace holdfast {

// Asks until it is so, for a minute at most; whether it became so.
template <class IsSo> bool eventually(IsSo is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so()) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace holdfast
