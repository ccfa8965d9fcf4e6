// Few: a list whose limit is part of its type. No allocation; copied as plain bytes.
//
// Limits  for small things: 256 bytes in all. Where more may come, use std::vector and say the
//         limit.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

namespace holdfast {

template <class T, std::size_t Max> class Few {
    static_assert(std::is_trivially_copyable_v<T> && Max * sizeof(T) <= 256);

public:
    using value_type = T;
    static constexpr std::size_t size_max = Max;

    Few() {}
    Few(std::initializer_list<T> items) {
        for (const T& item : items) push_back(item);
    }
    void push_back(const T& item) {
        assert(size_ < Max);
        items_[size_++] = item;
    }
    void erase(std::size_t place) {
        assert(place < size_);
        std::copy(items_ + place + 1, items_ + size_, items_ + place);
        --size_;
    }
    T& operator[](std::size_t place) { return assert(place < size_), items_[place]; }
    const T& operator[](std::size_t place) const { return assert(place < size_), items_[place]; }
    T* begin() { return items_; }
    T* end() { return items_ + size_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + size_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    const T& front() const { return items_[0]; }
    friend bool operator==(const Few& a, const Few& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    std::uint8_t size_ = 0;
    union {
        T items_[Max];
    };  // not constructed before push_back
};

}  // namespace holdfast
