// BlockList: a list that grows without moving what is in it, so that no one entry pays for all.
//
// Order      block n has room for 2^n entries: a list of one entry is as small as it can be.
// Limits     2^32 entries; every operation but shrink() takes constant time.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/domain/fetch_ahead.h"

namespace holdfast {

template <class T> class BlockList {
public:
    T& operator[](std::size_t place) {
        const auto block = block_of(place);
        return blocks_[block][place - first_of(block)];
    }
    const T& operator[](std::size_t place) const {
        const auto block = block_of(place);
        return blocks_[block][place - first_of(block)];
    }
    template <class... Parts> T& emplace_back(Parts&&... parts) {
        if (size_ == first_of(blocks_.size())) blocks_.emplace_back().reserve(size_ + 1);
        ++size_;
        return blocks_.back().emplace_back(std::forward<Parts>(parts)...);
    }
    void shrink(std::size_t size) {
        assert(size <= size_);
        for (; size_ != size; --size_) {
            blocks_.back().pop_back();
            if (blocks_.back().empty()) blocks_.pop_back();
        }
    }
    std::size_t size() const { return size_; }
    // For an emplace_back() soon.
    void prefetch_end() const {
        if (blocks_.empty()) return;
        fetch_ahead(blocks_.back().data() + blocks_.back().size(), sizeof(T));
    }
    // For a look at any place soon.
    void prefetch_blocks() const {
        fetch_ahead(blocks_.data(), blocks_.size() * sizeof(std::vector<T>));
    }

private:
    static std::size_t block_of(std::size_t place) { return std::bit_width(place + 1) - 1U; }
    static std::size_t first_of(std::size_t block) { return (std::size_t{1} << block) - 1; }

    std::vector<std::vector<T>> blocks_;
    std::size_t size_ = 0;
};

}  // namespace holdfast
