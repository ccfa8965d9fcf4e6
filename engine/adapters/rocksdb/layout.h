// Layout: which rows a state folder holds, by the words "holdfast state 3" in its file FORMAT.
//
// Durability  FORMAT is there before the first row is.
// Errors      refused: rows of another layout, or of none that is named. They are not for ever: the
//             log makes them again.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>

#include "engine/ports/error.h"

namespace holdfast::rocks {

// Raised with every change to engine/runtime/rows.h, engine/wire/state.h or a state's members().
constexpr std::uint32_t layout_known = 3;

// Makes the folder and its FORMAT where there are no rows yet.
std::expected<void, Error> check_layout(const std::filesystem::path& folder);

}  // namespace holdfast::rocks
