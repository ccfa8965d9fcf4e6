// put_in_key_order: sorts things by their keys, bytes as numbers. The keys' beginnings lie side by
// side meanwhile: the keys themselves lie anywhere, and a look at each is dear.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace holdfast {

// Eight bytes from `from` on; a key that ends before is as if zeros followed.
inline std::uint64_t key_head(std::string_view key, std::size_t from) {
    std::uint64_t head = 0;
    for (auto i = from; i < from + sizeof head; ++i)
        head = head << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
    return head;
}

// The first `same` bytes of all keys are the same. By sixteen bytes behind those, and only then by
// all of the key.
template <class T, class KeyOf>
    requires std::same_as<std::invoke_result_t<KeyOf, const T&>, std::string_view>
void put_in_key_order(std::span<T> things, std::size_t same, KeyOf key_of) {
    struct Placed {
        std::uint64_t head, next;
        T thing;
    };
    std::vector<Placed> placed;
    placed.reserve(things.size());
    for (const auto& thing : things) {
        const auto key = key_of(thing);
        placed.push_back({key_head(key, same), key_head(key, same + 8), thing});
    }
    std::ranges::sort(placed, [&](const Placed& a, const Placed& b) {
        if (a.head != b.head) return a.head < b.head;
        if (a.next != b.next) return a.next < b.next;
        return key_of(a.thing) < key_of(b.thing);
    });
    std::ranges::transform(placed, things.begin(), &Placed::thing);
}

}  // namespace holdfast
