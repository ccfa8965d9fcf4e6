#include "projections/rows.h"

namespace holdfast::projections {

std::optional<std::string> Rows::stored(Slot& slot) {
    slot.may_be_stored = false;
    if (error_) return {};
    auto bytes = store_->get(prefix_ + last_->first);
    if (!bytes) {
        error_ = std::move(bytes.error());
        return {};
    }
    if (*bytes) kept_bytes_ += (*bytes)->size();
    return *std::move(bytes);
}

void Rows::damaged() {
    error_ = Error{Error::damaged, "a row of a view does not decode: " + prefix_ + last_->first};
}

void Rows::take(std::vector<Row>& to) {
    for (auto& row : plain_) to.push_back(std::move(row));
    plain_.clear();
    for (auto* entry : touched_) {
        auto bytes = entry->second.row->bytes();
        entry->second.is_touched = false;
        kept_bytes_ += entry->first.size() + bytes.size();
        to.push_back({prefix_ + entry->first, std::move(bytes)});
    }
    touched_.clear();
}

void Rows::drop() {
    slots_.clear();
    touched_.clear();
    plain_.clear();
    kept_bytes_ = 0;
    last_ = nullptr;
    error_.reset();
}

}  // namespace holdfast::projections
