// CutRows: the rows of a cut, in few pieces of memory: a shard makes hundreds of thousands of them
// at once, and another thread puts them in order, writes them and lets them go.
//
// Order      a section's keys begin alike and are added in any order; sections, in the keys' order.
//            finish() puts all in the keys' order. Rows that are added in it need neither.
// Lifetime   keys and values are views into it, until it is assigned to or ends.
// Threading  by one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
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
        auto* const begin = room_for(bytes);
        auto* end = begin;
        for (const auto part : key) end = std::ranges::copy(part, end).out;
        auto& row = rows_.emplace_back(std::string_view(begin, end), std::nullopt);
        if (value) row.value = std::string_view(end, std::ranges::copy(*value, end).out);
    }
    // What is added from here on begins with as many bytes that are the same.
    // With `make` the section is made by finish(), of what does not change.
    void section(std::size_t same, std::function<void(CutRows&)> make = {}) {
        sections_.push_back({rows_.size(), same, std::move(make)});
    }
    std::size_t sections() const { return sections_.size(); }
    // Takes the sections from `first` up to `end` out: they were for nothing.
    void drop_sections(std::size_t first, std::size_t end) {
        for (auto i = first; i < end; ++i) sections_[i].dropped = true, sections_[i].make = {};
    }
    void reserve(std::size_t rows) { rows_.reserve(rows); }
    void finish();

    bool empty() const { return rows_.empty(); }
    std::size_t size() const { return rows_.size(); }
    auto begin() const { return rows_.begin(); }
    auto end() const { return rows_.end(); }

private:
    struct Section {
        std::size_t first, same;
        std::function<void(CutRows&)> make;
        bool dropped = false;
    };
    // Of the rows from `first` on, those up to `end` in order, after what is in `to`.
    void move_in_order(std::size_t first, std::size_t end, std::size_t same, std::vector<Row>& to);
    char* room_for(std::size_t bytes) {
        if (bytes > free_.size()) begin_block(bytes);
        auto* const room = free_.data();
        free_ = free_.subspan(bytes);
        return room;
    }
    void begin_block(std::size_t bytes_min);

    // Blocks of one size, which the allocator has again for the next cut. It gives a large one back
    // to the system at once, and its pages would all be made anew.
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::span<char> free_;  // the rest of the last one
    std::vector<Row> rows_;
    std::vector<Section> sections_;
};

}  // namespace holdfast
