// Timers: when which stream of a partition wants to be called.
//
// Order      by time, then by key: the same on every machine.
// Invariant  a stream has at most one timer, and at most one round of it in flight.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/domain/types.h"

namespace holdfast {

class Timers {
public:
    void change(const std::string& key, std::optional<Time> from, std::optional<Time> to) {
        if (from) waiting_.erase({*from, key});
        if (to) waiting_.insert({*to, key});
    }
    std::vector<std::string> take_due(Time now, std::size_t max) {
        std::vector<std::string> due;
        for (const auto& [at, key] : waiting_) {
            if (at > now || due.size() == max) break;
            auto& from = held_.try_emplace(key, at).first->second;
            if (from > now) continue;
            from = landing;
            due.push_back(key);
        }
        return due;
    }
    // Its round was decided: it may be given out again, at once or from a time on.
    void landed(const std::string& key) { held_.erase(key); }
    void wait(const std::string& key, Time until) { held_.insert_or_assign(key, until); }
    std::optional<Time> next() const {
        std::optional<Time> next;
        for (const auto& [at, key] : waiting_) {
            if (next && at >= *next) break;
            const auto held = held_.find(key);
            const auto from = held == held_.end() ? at : std::max(at, held->second);
            if (from != landing && (!next || from < *next)) next = from;
        }
        return next;
    }
    template <class Visit> void each_key(Visit visit) const {
        for (const auto& [at, key] : waiting_) visit(key);
    }

private:
    static constexpr Time landing = known<Time>(time_max_ms);  // not before its round has landed

    std::set<std::pair<Time, std::string>> waiting_;
    std::unordered_map<std::string, Time> held_;  // from when on each may be given out
};

}  // namespace holdfast
