// Opaque: bytes as a short text for clients to hand back: no meaning to them, no way to make one up
// by accident.
//
// Invariant  opened(closed(kind, bytes)) is bytes; a text that was changed, cut or is of another
//            kind opens to nothing. It is no secret and no proof of who made it.
// Source     RFC 4648, base64url without padding, over the kind, the bytes and their CRC32C.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::projections {

constexpr std::size_t opaque_text_max = 8'192;

std::string closed(char kind, std::string_view bytes);
std::optional<std::string> opened(char kind, std::string_view text);

}  // namespace holdfast::projections
