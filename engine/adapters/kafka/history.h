// History: what this process knows of one partition: its chain as far as it was read, where each
// batch that counts lies in the topic, and the latest blobs.
//
// Limits     16 bytes a batch; of blobs the bytes it was given, at least the latest one.
// Threading  one at a time.
#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include "engine/adapters/kafka/chain.h"

namespace holdfast::kafka {

class History {
public:
    struct Place {
        Sequence first = 0;
        std::uint32_t count = 0;
        std::int64_t offset = 0;
    };

    explicit History(std::size_t recent_bytes_max = 0) : recent_bytes_max_(recent_bytes_max) {}

    const Chain& chain() const { return chain_; }
    std::int64_t offset() const { return offset_; }  // of the next message to look at

    // The message at offset(): one without a fence, or one with its blob.
    void pass_over() { ++offset_; }
    Chain::Verdict take(const Fence& fence, Blob blob) {
        const auto verdict = chain_.take(fence);
        if (verdict == Chain::Verdict::taken) {
            places_.push_back({fence.first, offset_});
            keep({fence.first, fence.count, std::move(blob)});
        }
        ++offset_;
        return verdict;
    }

    // The batch that holds `from`, which is below chain().next().
    Place place(Sequence from) const {
        auto found = std::ranges::upper_bound(places_, from, {}, &Begins::first);
        const auto end = found == places_.end() ? chain_.next() : found->first;
        --found;
        return {found->first, static_cast<std::uint32_t>(end - found->first), found->offset};
    }
    // The same if it is a late one, or an empty one.
    StoredBatch recent(Sequence from) const {
        auto found = std::ranges::upper_bound(recent_, from, {}, &StoredBatch::first);
        if (found == recent_.begin()) return {};
        --found;
        return from - found->first < found->count ? *found : StoredBatch{};
    }

private:
    struct Begins {
        Sequence first;
        std::int64_t offset;
    };
    void keep(StoredBatch batch) {
        recent_bytes_ += batch.blob->size();
        recent_.push_back(std::move(batch));
        while (recent_bytes_ > recent_bytes_max_ && recent_.size() > 1) {
            recent_bytes_ -= recent_.front().blob->size();
            recent_.pop_front();
        }
    }

    Chain chain_;
    std::int64_t offset_ = 0;
    std::vector<Begins> places_;
    std::deque<StoredBatch> recent_;
    std::size_t recent_bytes_ = 0;
    std::size_t recent_bytes_max_;
};

}  // namespace holdfast::kafka
