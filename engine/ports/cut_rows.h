// CutRows: the rows of a cut, in few pieces of memory: a shard makes hundreds of thousands of them
// at once, and another thread writes them and lets them go.
//
// Lifetime   keys and values are views into it, until it is assigned to or ends.
// Threading  by one thread at a time.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

namespace holdfast {

class CutRows {
public:
    struct Row {
        std::string_view key;
        std::optional<std::string_view> value;  // none: the key is erased
    };

    CutRows() = default;
    CutRows(std::initializer_list<Row> rows) {
        for (const auto& row : rows) add({row.key}, row.value);
    }
    // A row by the parts of its key.
    void add(std::initializer_list<std::string_view> key, std::optional<std::string_view> value) {
        std::size_t bytes = value ? value->size() : 0;
        for (const auto part : key) bytes += part.size();
        auto* const begin = static_cast<char*>(memory_->allocate(bytes, 1));
        auto* end = begin;
        for (const auto part : key) end = std::ranges::copy(part, end).out;
        auto& row = rows_.emplace_back(std::string_view(begin, end), std::nullopt);
        if (value) row.value = std::string_view(end, std::ranges::copy(*value, end).out);
    }
    void reserve(std::size_t rows) { rows_.reserve(rows); }

    bool empty() const { return rows_.empty(); }
    std::size_t size() const { return rows_.size(); }
    auto begin() const { return rows_.begin(); }
    auto end() const { return rows_.end(); }

private:
    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_ =
        std::make_unique<std::pmr::monotonic_buffer_resource>(64 * 1'024);
    std::vector<Row> rows_;
};

}  // namespace holdfast
