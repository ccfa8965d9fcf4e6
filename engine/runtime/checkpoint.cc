#include "engine/runtime/checkpoint.h"

#include <algorithm>

namespace holdfast {

void Checkpoint::begin(std::span<const std::unique_ptr<Processor>> processors) {
    assert(stage_ == Stage::none);
    rows_.reserve(rows_last_);
    until_.clear();
    std::vector<Processor*> in_order;
    for (const auto& processor : processors) in_order.push_back(processor.get());
    std::ranges::sort(in_order, {}, &Processor::at);
    for (auto* const processor : in_order) {
        processor->machine().cut(rows_);
        until_.emplace_back(processor->at(), processor->machine().position().next);
    }
    rows_last_ = rows_.size();
    stage_ = Stage::begun;
}

bool Checkpoint::ready() {
    if (stage_ == Stage::begun && std::ranges::all_of(until_, [&](const auto& at) {
            return log_.acknowledged(at.first).value_or(0) >= at.second;
        }))
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

void Checkpoint::end(std::span<const std::unique_ptr<Processor>> processors) {
    assert(stage_ == Stage::ingested);
    for (const auto& processor : processors) processor->machine().ingested();
    stage_ = Stage::none;
}

}  // namespace holdfast
