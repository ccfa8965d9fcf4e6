// prefetch: begins to bring in what will be read soon. What is computed does not depend on it.
#pragma once

#include <cstddef>

namespace holdfast {

inline void prefetch(const void* what) {
    __builtin_prefetch(what);
    asm volatile("");  // or GCC 12 drops every call of this: it sees no effect in it
}
// Every cache line of so many bytes.
inline void prefetch(const void* from, std::size_t bytes) {
    constexpr std::size_t line = 64;
    for (std::size_t n = 0; n < bytes; n += line) prefetch(static_cast<const char*>(from) + n);
}

}  // namespace holdfast
