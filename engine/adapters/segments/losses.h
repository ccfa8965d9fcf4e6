// Losses: which records a log lacks when a segment is missing or is not what it was.
//
// Threading  any thread; reads every segment that has no index.
#pragma once

#include <span>
#include <string>

#include "engine/adapters/segments/frame.h"

namespace holdfast::segments {

// "context 1, partition 3, numbers 17 to 80 are lost, and numbers of 2 other partitions": of what
// lies in the files at `bases`, in order, of which `broken` is missing or damaged. What nothing
// behind the damage proves to have been there is "from 17 on, if there were any".
std::string losses(const Path& folder, std::span<const Position> bases, Position broken);

}  // namespace holdfast::segments
