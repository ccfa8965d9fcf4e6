#include "projections/opaque.h"

#include <array>
#include <cstdint>
#include <span>

#include "engine/wire/crc32c.h"

namespace holdfast::projections {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr auto values = [] {
    std::array<std::int8_t, 256> table;
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

std::string to_base64url(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6) text += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0) text += alphabet[bits << (6 - count) & 63];
    return text;
}
std::optional<std::string> from_base64url(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = values[static_cast<unsigned char>(c)];
        if (value < 0) return {};
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xff);
    }
    if (count >= 6 || (bits & ((1U << count) - 1)) != 0) return {};  // one text for the same bytes
    return bytes;
}

std::string checksum_of(std::string_view bytes) {
    const auto sum = wire::crc32c(std::as_bytes(std::span(bytes)));
    std::string four;
    for (int shift = 24; shift >= 0; shift -= 8) four += static_cast<char>(sum >> shift & 0xff);
    return four;
}

}  // namespace

std::string closed(char kind, std::string_view bytes) {
    auto all = std::string(1, kind).append(bytes);
    all += checksum_of(all);
    return to_base64url(all);
}

std::optional<std::string> opened(char kind, std::string_view text) {
    if (text.size() > opaque_text_max) return {};
    auto all = from_base64url(text);
    if (!all || all->size() < 5 || all->front() != kind) return {};
    const auto rest = all->size() - 4;
    if (checksum_of(std::string_view(*all).substr(0, rest)) != all->substr(rest)) return {};
    return all->substr(1, rest - 1);
}

}  // namespace holdfast::projections
