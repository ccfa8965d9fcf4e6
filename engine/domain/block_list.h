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

#include "engine/domain/prefetch.h"

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
    void push_back(T value) {
        if (size_ == first_of(blocks_.size())) blocks_.emplace_back().reserve(size_ + 1);
        ++size_;
        blocks_.back().push_back(std::move(value));
    }
    void shrink(std::size_t size) {
        assert(size <= size_);
        for (; size_ != size; --size_) {
            blocks_.back().pop_back();
            if (blocks_.back().empty()) blocks_.pop_back();
        }
    }
    std::size_t size() const { return size_; }
    // For a push_back() soon.
    void prefetch_end() const {
        if (blocks_.empty()) return;
        holdfast::prefetch(blocks_.back().data() + blocks_.back().size(), sizeof(T));
    }

private:
    static std::size_t block_of(std::size_t place) { return std::bit_width(place + 1) - 1U; }
    static std::size_t first_of(std::size_t block) { return (std::size_t{1} << block) - 1; }

    std::vector<std::vector<T>> blocks_;
    std::size_t size_ = 0;
};

}  // namespace holdfast
