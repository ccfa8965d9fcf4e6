// CountedViewStore: a view store in front of another that counts what is written.
//
// Threading  one thread.
#pragma once

#include "engine/ports/view_store.h"

namespace holdfast {

class CountedViewStore final : public ViewStore {
public:
    explicit CountedViewStore(ViewStore& behind) : behind_(behind) {}

    std::expected<std::optional<std::string>, Error> get(std::string_view key) const override {
        return behind_.get(key);
    }
    std::expected<void, Error> scan(
        std::string_view from, std::string_view until, bool newest_first,
        const std::function<bool(std::string_view, std::string_view)>& visit) const override {
        return behind_.scan(from, until, newest_first, visit);
    }
    std::expected<void, Error> write(const std::vector<Row>& rows) override {
        ++writes;
        rows_written += rows.size();
        return behind_.write(rows);
    }
    std::expected<void, Error> sync() override { return behind_.sync(); }

    std::size_t writes = 0, rows_written = 0;

private:
    ViewStore& behind_;
};

}  // namespace holdfast
