// ViewStore: the rows of the read models, and how far into the log they are.
//
// Order       rows are sorted by key, bytewise.
// Invariant   the rows and the bookmark of one write become visible together, also after a crash.
// Durability  a crash may lose the last writes, never a part of one: the projector folds them
//             again.
// Threading   write() and sync() by one thread at a time; get(), scan() by any, each on one
//             moment's rows.
// Errors      after a write() or sync() that failed each is answered as that one was: the store is
//             to be opened again, for what it holds is found out then.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/error.h"

namespace holdfast {

// A row to write; no value erases the key.
struct Row {
    std::string key;
    std::optional<std::string> value;
};

class ViewStore {
public:
    virtual ~ViewStore() = default;

    virtual std::expected<std::optional<std::string>, Error> get(std::string_view key) const = 0;
    virtual std::expected<void, Error> scan(
        std::string_view from, std::string_view until, bool newest_first,
        const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;

    // All rows at once; a key given twice keeps the later. Bookmarks are rows like any other.
    virtual std::expected<void, Error> write(const std::vector<Row>& rows) = 0;
    virtual std::expected<void, Error> sync() = 0;  // what was written survives a power cut
};

}  // namespace holdfast
