// JSON batch: a body of many values, cut into the text of each.
//
// Order   as they stand in the body. A JSON array ('[' comes first), or JSON Lines; blank lines
//         count for nothing.
// Limits  10,000 elements, 4 MiB.
// Errors  a body that cannot be cut is refused whole, naming the element by its place from 0. What
//         is inside an element nobody has looked at yet. Of nothing at all: text_is_empty.
#pragma once

#include "engine/wire/json_text.h"

namespace holdfast::wire {

constexpr std::size_t batch_elements_max = 10'000;
constexpr std::size_t batch_bytes_max = 4 * 1024 * 1024;

std::expected<std::vector<std::string_view>, JsonProblem> cut_batch(std::string_view body);

}  // namespace holdfast::wire
