// RecentBatches: the latest durable blobs, so that those who follow the log read no disk.
//
// Limits     the bytes it was given; the oldest leave first. One blob above that is not kept.
// Threading  one at a time.
#pragma once

#include <algorithm>
#include <deque>
#include <map>

#include "engine/ports/event_log.h"

namespace holdfast::segments {

class RecentBatches {
public:
    explicit RecentBatches(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // Batches of a partition come in their order.
    void add(PartitionId at, StoredBatch batch) {
        bytes_ += batch.blob->size();
        auto& batches = batches_[at];
        batches.push_back(std::move(batch));
        ages_.push_back(&batches);
        while (bytes_ > bytes_max_) {
            auto& oldest = *ages_.front();
            bytes_ -= oldest.front().blob->size();
            oldest.pop_front();
            ages_.pop_front();
        }
    }

    // The batch that holds `from`, or an empty one.
    StoredBatch find(PartitionId at, Sequence from) const {
        const auto batches = batches_.find(at);
        if (batches == batches_.end()) return {};
        auto batch = std::ranges::upper_bound(batches->second, from, {}, &StoredBatch::first);
        if (batch == batches->second.begin()) return {};
        --batch;
        return from - batch->first < batch->count ? *batch : StoredBatch{};
    }

private:
    using Batches = std::deque<StoredBatch>;
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::map<PartitionId, Batches> batches_;  // its nodes stay where they are
    std::deque<Batches*> ages_;               // one for each batch, the oldest first
};

}  // namespace holdfast::segments
