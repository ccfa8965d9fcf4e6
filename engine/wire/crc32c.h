// crc32c: the checksum of stored bytes (Castagnoli), the same number on every machine.
//
// Order   crc32c(b, crc32c(a)) is the checksum of a followed by b.
// Limits  by the CPU's instruction (SSE4.2) about 8 GB/s; elsewhere by tables about 1.5 GB/s.
// Source  RFC 3720, appendix B.4; M. Kounavis and F. Berry, slicing by 8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace holdfast::wire {

namespace crc32c_tables {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        auto crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0x82f63b78U & (0U - (crc & 1)));
        tables[0][byte] = crc;
    }
    for (std::size_t slice = 1; slice < 8; ++slice)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto crc = tables[slice - 1][byte];
            tables[slice][byte] = crc >> 8 ^ tables[0][crc & 0xff];
        }
    return tables;
}

inline constexpr Tables tables = make();

}  // namespace crc32c_tables

// Any machine: what the instruction is compared with.
inline std::uint32_t crc32c_by_tables(std::span<const std::byte> bytes, std::uint32_t before = 0) {
    using crc32c_tables::tables;
    auto crc = ~before;
    const auto byte_at = [&](std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); };
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        crc ^= byte_at(0) | byte_at(1) << 8 | byte_at(2) << 16 | byte_at(3) << 24;
        crc = tables[7][crc & 0xff] ^ tables[6][crc >> 8 & 0xff] ^ tables[5][crc >> 16 & 0xff] ^
              tables[4][crc >> 24] ^ tables[3][byte_at(4)] ^ tables[2][byte_at(5)] ^
              tables[1][byte_at(6)] ^ tables[0][byte_at(7)];
    }
    for (const auto byte : bytes)
        crc = crc >> 8 ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    return ~crc;
}

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] inline std::uint32_t crc32c_by_instruction(
    std::span<const std::byte> bytes, std::uint32_t before = 0) {
    std::uint64_t crc = ~before;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes.data(), 8);
        crc = __builtin_ia32_crc32di(crc, eight);
    }
    auto rest = static_cast<std::uint32_t>(crc);
    for (const auto byte : bytes)
        rest = __builtin_ia32_crc32qi(rest, std::to_integer<std::uint8_t>(byte));
    return ~rest;
}

inline bool cpu_has_crc32c() { return __builtin_cpu_supports("sse4.2") != 0; }
#else
inline std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes,
                                           std::uint32_t before = 0) {
    return crc32c_by_tables(bytes, before);
}

inline bool cpu_has_crc32c() { return false; }
#endif

inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) {
    static const bool by_instruction = cpu_has_crc32c();
    return by_instruction ? crc32c_by_instruction(bytes, before) : crc32c_by_tables(bytes, before);
}

}  // namespace holdfast::wire
