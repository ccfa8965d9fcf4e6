#include "engine/runtime/checkpoint.h"

#include <algorithm>

namespace holdfast {

void Checkpoint::begin(std::span<const std::unique_ptr<Processor>> processors) {
    assert(stage_ == Stage::none);
    rows_.reserve(rows_last_);
    parts_.clear();
    std::vector<Processor*> in_order;
    for (const auto& processor : processors)
        if (processor->role() != Processor::Role::lost) in_order.push_back(processor.get());
    std::ranges::sort(in_order, {}, &Processor::at);
    for (auto* const processor : in_order) {
        const auto first = rows_.sections();
        processor->machine().cut(rows_);
        parts_.push_back({processor, processor->machine().position().next, first, rows_.sections(),
                          processor->is_ahead()});
    }
    rows_last_ = rows_.size();
    stage_ = Stage::begun;
}

void Checkpoint::drop(PartitionId at) {
    const std::lock_guard lock(mutex_);
    if (stage_ != Stage::begun) return;
    for (const auto& part : parts_)
        if (part.processor->at() == at) rows_.drop_sections(part.first_section, part.end_section);
    std::erase_if(parts_, [&](const auto& part) { return part.processor->at() == at; });
}

bool Checkpoint::is_durable(const Part& part) const {
    return !part.awaited || log_.acknowledged(part.processor->at()).value_or(0) >= part.until;
}

bool Checkpoint::ready() {
    const std::lock_guard lock(mutex_);
    if (stage_ == Stage::begun &&
        std::ranges::all_of(parts_, [this](const auto& part) { return is_durable(part); }))
        stage_ = Stage::ready;
    return stage_ == Stage::ready;
}

std::expected<void, Error> Checkpoint::ingest() {
    assert(stage_ == Stage::ready);
    rows_.finish();
    const auto ingested = store_.ingest(rows_);
    rows_ = CutRows();
    stage_ = Stage::ingested;
    return ingested;
}

void Checkpoint::end() {
    assert(stage_ == Stage::ingested);
    for (const auto& part : parts_) part.processor->machine().ingested();
    stage_ = Stage::none;
}

}  // namespace holdfast
