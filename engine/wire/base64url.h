// Bytes as text that stands unescaped in JSON and in paths.
//
// Errors  what no bytes are written as: another character, padding, a last character with bits that
//         say nothing.
// Source  RFC 4648, section 5, without padding.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::wire {

std::string base64url(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text);

}  // namespace holdfast::wire
