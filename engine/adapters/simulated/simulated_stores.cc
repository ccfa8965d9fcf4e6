#include "engine/adapters/simulated/simulated_stores.h"

#include <algorithm>
#include <cassert>
#include <ranges>

namespace holdfast::simulated {
namespace {

constexpr std::size_t unsynced_max = 1'000;  // a disk is not behind for ever

std::unexpected<Error> unavailable() {
    return std::unexpected(Error{Error::unavailable, "the simulated disk does not answer"});
}

// Rows of a cut, or of a view.
template <class Rows> void put(SortedRows& to, const Rows& rows) {
    for (const auto& row : rows)
        if (row.value)
            to.insert_or_assign(std::string(row.key), *row.value);
        else
            to.erase(std::string(row.key));
}

// What there is now, so that the visitor may change it.
SortedRows between(const SortedRows& rows, std::string_view from, std::string_view until) {
    const auto end = until.empty() ? rows.end() : rows.lower_bound(until);
    if (!until.empty() && until <= from) return {};
    return {rows.lower_bound(from), end};
}

}  // namespace

std::expected<std::vector<std::optional<std::string>>, Error> SimulatedStateStore::get(
    std::span<const std::string> keys) const {
    if (random_.happens(faults_.read_unavailable)) return unavailable();
    std::vector<std::optional<std::string>> found;
    for (const auto& key : keys) {
        const auto row = rows_.find(key);
        found.push_back(row == rows_.end() ? std::nullopt : std::optional(row->second));
    }
    return found;
}

std::expected<void, Error> SimulatedStateStore::scan(
    std::string_view from, std::string_view until,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
    if (random_.happens(faults_.read_unavailable)) return unavailable();
    for (const auto& [key, value] : between(rows_, from, until))
        if (!visit(key, value)) break;
    return {};
}

std::expected<void, Error> SimulatedStateStore::ingest(const CutRows& rows) {
    assert(std::ranges::adjacent_find(rows, std::greater_equal<>(), &CutRows::Row::key) ==
           rows.end());
    const bool failed = random_.happens(faults_.write_unavailable);
    if (!failed || random_.up_to(1) == 1) put(rows_, rows);
    if (failed) return unavailable();
    return {};
}

std::expected<std::optional<std::string>, Error> SimulatedViewStore::get(
    std::string_view key) const {
    if (random_.happens(faults_.read_unavailable)) return unavailable();
    const auto row = rows_.find(key);
    if (row == rows_.end()) return std::nullopt;
    return row->second;
}

std::expected<void, Error> SimulatedViewStore::scan(
    std::string_view from, std::string_view until, bool newest_first,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
    if (random_.happens(faults_.read_unavailable)) return unavailable();
    const auto rows = between(rows_, from, until);
    const auto each = [&](const auto& in_order) {
        for (const auto& [key, value] : in_order)
            if (!visit(key, value)) break;
    };
    newest_first ? each(rows | std::views::reverse) : each(rows | std::views::all);
    return {};
}

std::expected<void, Error> SimulatedViewStore::write(const std::vector<Row>& rows) {
    const bool failed = random_.happens(faults_.write_unavailable);
    if (!failed || random_.up_to(1) == 1) {
        put(rows_, rows);
        unsynced_.push_back(rows);
        if (unsynced_.size() > unsynced_max) make_durable(1);
    }
    if (failed) return unavailable();
    return {};
}

std::expected<void, Error> SimulatedViewStore::sync() {
    if (random_.happens(faults_.write_unavailable)) return unavailable();
    make_durable(unsynced_.size());
    return {};
}

void SimulatedViewStore::crash() {
    make_durable(random_.up_to(unsynced_.size()));
    unsynced_.clear();
    rows_ = durable_;
}

void SimulatedViewStore::make_durable(std::size_t writes) {
    for (; writes != 0; --writes) {
        put(durable_, unsynced_.front());
        unsynced_.pop_front();
    }
}

}  // namespace holdfast::simulated
