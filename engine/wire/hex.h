// Hexadecimal: bytes as text, two lower-case digits each.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::wire {

inline constexpr std::string_view hexadecimal_digits = "0123456789abcdef";

inline std::string hexadecimal(std::span<const std::byte> bytes) {
    std::string text;
    for (const auto byte : bytes) {
        const auto number = std::to_integer<unsigned>(byte);
        text += hexadecimal_digits[number >> 4U];
        text += hexadecimal_digits[number & 15U];
    }
    return text;
}

}  // namespace holdfast::wire
