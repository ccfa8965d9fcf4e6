// Which partition a key belongs to: the hash every Kafka client uses for its keys.
//
// Source  murmur2 as in Apache Kafka's default partitioner (positive, modulo the partitions).
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

constexpr std::uint32_t murmur2(std::string_view key) {
    constexpr std::uint32_t m = 0x5bd1e995;
    const auto byte = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(key[i])};
    };
    auto hash = 0x9747b28cU ^ static_cast<std::uint32_t>(key.size());
    std::size_t i = 0;
    for (; i + 4 <= key.size(); i += 4) {
        auto word = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
        word *= m;
        word ^= word >> 24;
        hash = (hash * m) ^ (word * m);
    }
    const auto rest = key.size() - i;
    if (rest >= 3) hash ^= byte(i + 2) << 16;
    if (rest >= 2) hash ^= byte(i + 1) << 8;
    if (rest >= 1) hash = (hash ^ byte(i)) * m;
    hash = (hash ^ (hash >> 13)) * m;
    return hash ^ (hash >> 15);
}

constexpr std::uint16_t partition_of(std::string_view key, std::uint16_t partitions) {
    return static_cast<std::uint16_t>((murmur2(key) & 0x7fff'ffff) % partitions);
}

}  // namespace holdfast
