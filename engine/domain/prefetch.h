// prefetch: begins to bring in what will be read soon. What is computed does not depend on it.
#pragma once

namespace holdfast {

inline void prefetch(const void* what) {
    __builtin_prefetch(what);
    asm volatile("");  // or GCC 12 drops every call of this: it sees no effect in it
}

}  // namespace holdfast
