#include "engine/adapters/simulated/simulated_table.h"

#include <set>

namespace holdfast::simulated {
namespace {

std::unexpected<Error> unavailable() {
    return std::unexpected(Error{Error::unavailable, "the simulated table does not answer"});
}

}  // namespace

void SharedRows::compact() {
    const std::lock_guard lock(mutex_);
    std::set<std::string> later;
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
        const bool is_last = later.insert(change->second.name).second;
        if (!is_last || !change->second.value) change->second = {};
    }
    std::erase_if(changes_, [](const auto& change) { return change.second.name.empty(); });
}

std::size_t SharedRows::size() const {
    const std::lock_guard lock(mutex_);
    return changes_.size();
}

std::expected<void, Error> SimulatedTable::follow(Told told) {
    told_ = std::move(told);
    return catch_up();
}

std::expected<void, Error> SimulatedTable::write(const std::vector<Row>& rows) {
    {
        const std::lock_guard lock(rows_.mutex_);
        if (!rows_.answers) rows_.writes_unheard_ = !rows_.writes_unheard_;
        if (rows_.answers || rows_.writes_unheard_)
            for (const auto& row : rows) rows_.changes_.emplace(rows_.next_++, row);
    }
    return catch_up();
}

std::expected<void, Error> SimulatedTable::catch_up() {
    const std::lock_guard telling(telling_);
    std::map<std::uint64_t, Row> changes;
    {
        const std::lock_guard lock(rows_.mutex_);
        if (!rows_.answers) return unavailable();
        changes.insert(rows_.changes_.lower_bound(next_), rows_.changes_.end());
        next_ = rows_.next_;
    }
    for (const auto& [place, row] : changes)
        if (auto taken = told_(row.name, row.value); !taken) return taken;
    return {};
}

}  // namespace holdfast::simulated
