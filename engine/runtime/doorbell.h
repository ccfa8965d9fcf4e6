// Doorbell: one thread waits, any thread wakes it.
//
// Invariant  a ring between two waits is never lost.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace holdfast {

class Doorbell {
public:
    void ring() {
        {
            const std::lock_guard lock(mutex_);
            if (rung_) return;
            rung_ = true;
        }
        bell_.notify_one();
    }
    void wait(std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        bell_.wait_for(lock, at_most, [&] { return rung_; });
        rung_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable bell_;
    bool rung_ = false;
};

}  // namespace holdfast
