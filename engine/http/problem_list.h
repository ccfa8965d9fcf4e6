// Problem list: every name that a problem may have, for the document that says so.
//
// Invariant  a name has one status, but version_is_stale: 412 when If-Match said the version.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/http/problems.h"

namespace holdfast::http {

// HTTP's own, then what a body may break, then every rejection of every context.
std::vector<ProblemKind> all_problems();

// The rejections of one context.
std::vector<ProblemKind> rejections_of(std::uint8_t context);

}  // namespace holdfast::http
