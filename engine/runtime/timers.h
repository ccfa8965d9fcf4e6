// Timers: when which stream of a partition wants to be called.
//
// Order      by time, then by key: the same on every machine.
// Invariant  a stream has at most one timer, and at most one round of it in flight.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_set>
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
            if (in_flight_.insert(key).second) due.push_back(key);
        }
        return due;
    }
    void landed(const std::string& key) { in_flight_.erase(key); }
    std::optional<Time> next() const {
        for (const auto& [at, key] : waiting_)
            if (!in_flight_.contains(key)) return at;
        return {};
    }
    template <class Visit> void each_key(Visit visit) const {
        for (const auto& [at, key] : waiting_) visit(key);
    }

private:
    std::set<std::pair<Time, std::string>> waiting_;
    std::unordered_set<std::string> in_flight_;
};

}  // namespace holdfast
