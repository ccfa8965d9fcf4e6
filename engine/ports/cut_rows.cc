#include "engine/ports/cut_rows.h"

#include <cassert>
#include <numeric>

#include "engine/ports/key_order.h"

namespace holdfast {

void CutRows::finish() {
    if (sections_.empty()) return;
    assert(sections_.front().first == 0);
    const auto made = rows_.size();  // what comes now is of a section that is made here
    std::vector<Row> sorted;
    sorted.reserve(made);
    for (std::size_t i = 0; i < sections_.size(); ++i) {
        const auto& section = sections_[i];
        if (section.dropped) continue;
        const auto end = i + 1 == sections_.size() ? made : sections_[i + 1].first;
        move_in_order(section.first, end, section.same, sorted);
        if (!section.make) continue;
        const auto first = rows_.size();
        section.make(*this);
        move_in_order(first, rows_.size(), section.same, sorted);
    }
    sections_.clear();
    rows_ = std::move(sorted);
}

void CutRows::begin_block(std::size_t bytes_min) {
    const auto bytes = std::max<std::size_t>(bytes_min, 256 * 1'024);
    free_ = {blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(bytes)).get(), bytes};
}

void CutRows::move_in_order(std::size_t first, std::size_t end, std::size_t same,
                            std::vector<Row>& to) {
    std::vector<std::size_t> places(end - first);
    std::iota(places.begin(), places.end(), first);
    put_in_key_order(std::span(places), same, [this](auto place) { return rows_[place].key; });
    for (const auto place : places) to.push_back(rows_[place]);
}

}  // namespace holdfast
