// Footprint: about how many bytes a decoded state takes in memory: itself and what it points to.
//
// Invariant  follows members(), as the state's bytes do (engine/wire/state.h): a new field counts.
// Limits     the allocator's own share is guessed: 16 bytes a block.
#pragma once

#include <algorithm>
#include <bit>
#include <numeric>

#include "engine/wire/state.h"

namespace holdfast {

template <class T> std::size_t footprint_beside(const T& value);
template <class T> std::size_t footprint(const T& value) {
    return sizeof value + footprint_beside(value);
}

inline std::size_t block_of(std::size_t bytes) { return bytes == 0 ? 0 : bytes + 16; }

// How many items the list has room for: it doubles where it does not say.
template <class T> std::size_t room_of(const T& list) {
    if constexpr (requires { list.capacity(); })
        return list.capacity();
    else
        return list.empty() ? 0 : std::bit_ceil(list.size());
}

template <class A, class B> std::size_t footprint_beside(const std::pair<A, B>& value) {
    return footprint_beside(value.first) + footprint_beside(value.second);
}
template <class T> std::size_t footprint_beside(const T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
        return 0;
    } else if constexpr (wire::StateChecked<T> || std::same_as<T, std::string>) {
        const std::string_view text = [&] {
            if constexpr (wire::StateChecked<T>)
                return value.raw();
            else
                return std::string_view(value);
        }();
        constexpr std::size_t in_place_max = 15;  // of std::string, which then grows to twice that
        if (text.size() <= in_place_max) return 0;
        return block_of(std::max(text.size(), 2 * in_place_max) + 1);
    } else if constexpr (wire::StateMaybe<T>) {
        return value ? footprint_beside(*value) : 0;
    } else if constexpr (wire::StateList<T>) {
        const auto block = block_of(room_of(value) * sizeof(typename T::value_type));
        if constexpr (std::is_trivially_copyable_v<typename T::value_type>)
            return block;
        else
            return std::accumulate(
                value.begin(), value.end(), block,
                [](std::size_t bytes, const auto& item) { return bytes + footprint_beside(item); });
    } else {
        // members() ties references to a value's own fields; none is written to here.
        return std::apply(
            [](const auto&... field) { return (std::size_t{0} + ... + footprint_beside(field)); },
            const_cast<T&>(value).members());
    }
}

}  // namespace holdfast
