// Hexadecimal: bytes as text, two lower-case digits each.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace holdfast::wire {

inline std::string hexadecimal(std::span<const std::byte> bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        const auto number = std::to_integer<unsigned>(byte);
        text += digits[number >> 4U];
        text += digits[number & 15U];
    }
    return text;
}

}  // namespace holdfast::wire
