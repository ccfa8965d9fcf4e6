// Key files: a secret or a key that lies in a file of its own, without the line break at its end.
//
// Errors  refused: it cannot be read, or is too short for a secret; say so and end.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engine/ports/error.h"

namespace holdfast::http {

constexpr std::size_t secret_bytes_min = 32;

// `what`: "token key", as the error says it.
std::expected<std::string, Error> read_key_file(std::string_view what, const std::string& file);
std::expected<std::string, Error> read_secret_file(std::string_view what, const std::string& file);

}  // namespace holdfast::http
