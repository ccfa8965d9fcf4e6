// fetch_ahead: begins to bring in what will be read soon. What is computed does not depend on it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace holdfast {

inline void fetch_ahead(const void* what) {
    __builtin_prefetch(what);
    asm volatile("");  // or GCC 12 drops every call of this: it sees no effect in it
}
// Every cache line of so many bytes.
inline void fetch_ahead(const void* from, std::size_t bytes) {
    constexpr std::uintptr_t line = 64;
    const auto first = std::bit_cast<std::uintptr_t>(from);
    for (auto at = first / line * line; at < first + bytes; at += line)
        fetch_ahead(std::bit_cast<const void*>(at));
}

}  // namespace holdfast
