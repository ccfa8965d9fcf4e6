// Keys: how a row's key is put together, so that rows lie in the order they are read.
//
// Order   parts are separated by '/', which no id contains; free text may hold one, so it comes
//         last. A number is eight bytes, the highest first: keys sort as the numbers do.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/domain/types.h"

namespace holdfast::projections {

inline std::string sortable(std::uint64_t number) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
    return bytes;
}
inline std::string sortable(Time time) { return sortable(static_cast<std::uint64_t>(time.raw())); }

inline std::string joined(std::initializer_list<std::string_view> parts) {
    std::string key;
    for (const auto part : parts) key.append(part).append(1, '/');
    key.pop_back();
    return key;
}

// The first key behind all that begin with `prefix`, which ends with '/'.
inline std::string behind(std::string_view prefix) {
    std::string key(prefix);
    ++key.back();
    return key;
}

}  // namespace holdfast::projections
