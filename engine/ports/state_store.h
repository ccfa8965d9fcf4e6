// StateStore: the checkpoint of the partitions' state: sorted rows, replaced by whole cuts. The log
// is the source of truth; what is here may only lag behind it.
//
// Order       rows are sorted by key, bytewise.
// Invariant   a cut is visible whole or not at all, also after a crash.
// Durability  when ingest() returns, the cut is.
// Threading   get(), scan() by any thread; ingest() by one thread at a time a group of partitions.
// Errors      damaged, unavailable: stop; the state is rebuilt from the log.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/cut_rows.h"
#include "engine/ports/error.h"

namespace holdfast {

class StateStore {
public:
    virtual ~StateStore() = default;

    // The values of `keys`, in their order; nothing for a key without a row.
    virtual std::expected<std::vector<std::optional<std::string>>, Error> get(
        std::span<const std::string> keys) const = 0;

    // Every row from `from` up to but not including `until`, in key order, until visit returns
    // false. An empty `until` is the end.
    virtual std::expected<void, Error> scan(
        std::string_view from, std::string_view until,
        const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;

    // Writes a cut: rows sorted by key, each key once.
    virtual std::expected<void, Error> ingest(const CutRows& rows) = 0;
};

}  // namespace holdfast
