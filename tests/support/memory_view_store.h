// MemoryViewStore: a view store that is a map, and loses a write when it is told to.
//
// Threading  one thread.
#pragma once

#include <map>

#include "engine/ports/view_store.h"

namespace holdfast {

class MemoryViewStore final : public ViewStore {
public:
    std::expected<std::optional<std::string>, Error> get(std::string_view key) const override {
        ++reads;
        const auto row = rows.find(key);
        return row == rows.end() ? std::nullopt : std::optional(row->second);
    }
    std::expected<void, Error> scan(
        std::string_view from, std::string_view until, bool newest_first,
        const std::function<bool(std::string_view, std::string_view)>& visit) const override {
        const auto begin = rows.lower_bound(from), end = rows.lower_bound(until);
        if (newest_first) {
            for (auto at = end; at != begin;)
                if (--at; !visit(at->first, at->second)) break;
        } else {
            for (auto at = begin; at != end && visit(at->first, at->second);) ++at;
        }
        return {};
    }
    std::expected<void, Error> write(const std::vector<Row>& written) override {
        if (fails) return std::unexpected(Error{Error::unavailable, "told to fail"});
        ++writes;
        rows_written += written.size();
        for (const auto& [key, value] : written) {
            if (value)
                rows.insert_or_assign(key, *value);
            else
                rows.erase(key);
        }
        return {};
    }
    std::expected<void, Error> sync() override { return {}; }

    std::map<std::string, std::string, std::less<>> rows;
    bool fails = false;
    std::size_t writes = 0, rows_written = 0;
    mutable std::size_t reads = 0;
};

}  // namespace holdfast
