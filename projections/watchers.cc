#include "projections/watchers.h"

#include <algorithm>

namespace holdfast::projections {
Watchers::Number Watchers::on_progress(Call call) {
    const std::lock_guard lock(mutex_);
    on_progress_.emplace(next_, std::make_shared<const Call>(std::move(call)));
    return next_++;
}

Watchers::Number Watchers::watch(std::string key, Call call) {
    const std::lock_guard lock(mutex_);
    by_row_.emplace(key, Watch{next_, std::make_shared<const Call>(std::move(call))});
    keys_.emplace(next_, std::move(key));
    return next_++;
}

void Watchers::forget(Number number) {
    const std::lock_guard lock(mutex_);
    on_progress_.erase(number);
    const auto key = keys_.find(number);
    if (key == keys_.end()) return;
    const auto [begin, end] = by_row_.equal_range(key->second);
    by_row_.erase(
        std::find_if(begin, end, [&](const auto& watch) { return watch.second.number == number; }));
    keys_.erase(key);
}

void Watchers::tell(const std::vector<Row>& written) {
    std::vector<Shared> calls;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; !by_row_.empty() && i < written.size(); ++i) {
            const auto [begin, end] = by_row_.equal_range(written[i].key);
            for (auto at = begin; at != end; ++at) calls.push_back(at->second.call);
        }
        for (const auto& [number, call] : on_progress_) calls.push_back(call);
    }
    for (const auto& call : calls) (*call)();
}

}  // namespace holdfast::projections
