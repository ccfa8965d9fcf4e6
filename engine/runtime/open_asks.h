// OpenAsks: what gateways were asked and is still waited for.
//
// Invariant  an operation is waited for once, whatever its attempts: until the answer to its latest
//            one or the end of that one's time. Answers that come later, or again, end nothing.
// Threading  any thread.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "engine/runtime/machine.h"

namespace holdfast {

class OpenAsks {
public:
    // Whether it was not waited for yet.
    bool begin(const GatewayAsk& ask, std::int64_t until_ms) {
        const std::scoped_lock lock(mutex_);
        const auto [open, is_new] = open_.try_emplace(name_of(ask));
        if (!is_new) by_time_.erase({open->second.until_ms, open->first});
        open->second = {ask.ask.attempt, until_ms};
        by_time_.emplace(until_ms, open->first);
        return is_new;
    }
    // Whether it was waited for until now.
    bool end(const GatewayAsk& ask) {
        const std::scoped_lock lock(mutex_);
        const auto open = open_.find(name_of(ask));
        if (open == open_.end() || open->second.attempt != ask.ask.attempt) return false;
        by_time_.erase({open->second.until_ms, open->first});
        open_.erase(open);
        return true;
    }
    // How many are not waited for any longer, because their time is up.
    std::size_t end_due(std::int64_t now_ms) {
        const std::scoped_lock lock(mutex_);
        std::size_t ended = 0;
        for (; !by_time_.empty() && by_time_.begin()->first <= now_ms; ++ended) {
            open_.erase(by_time_.begin()->second);
            by_time_.erase(by_time_.begin());
        }
        return ended;
    }

private:
    struct Open {
        std::uint32_t attempt = 0;
        std::int64_t until_ms = 0;
    };
    static std::string name_of(const GatewayAsk& ask) {
        return std::string(ask.payment).append("/").append(ask.ask.operation.raw());
    }

    std::mutex mutex_;
    std::map<std::string, Open> open_;  // by payment and operation
    std::set<std::pair<std::int64_t, std::string>> by_time_;
};

}  // namespace holdfast
