// key_head: eight bytes of a key as a number, in the keys' order: keys that lie anywhere are
// compared by it without a look at them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast {

// The bytes from `from` on; a key that ends before is as if zeros followed.
inline std::uint64_t key_head(std::string_view key, std::size_t from) {
    std::uint64_t head = 0;
    for (auto i = from; i < from + sizeof head; ++i)
        head = head << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
    return head;
}

}  // namespace holdfast
