// Placing: where a decision goes when the partitions are others.
//
// Order      the records that a decision becomes stand in the order of its parts.
// Invariant  each stream's part goes to the partition of its key. What every partition has, a
//            location, is taken from where its key belongs, and goes to all: once as it was, and to
//            the others as if they had been told. What was said to other partitions stays with the
//            first record alone, as a mark of what was: the generation says that it is over.
#pragma once

#include <vector>

#include "engine/wire/record.h"

namespace holdfast::replay {

struct Move {
    std::uint32_t generation = 0;    // that decided
    std::uint16_t from = 0, to = 0;  // how many partitions
};

template <class C> struct Placed {
    std::uint16_t partition = 0;
    wire::Decision<C> decision;
};

// None: another partition's record says it.
template <class C>
std::vector<Placed<C>> place(wire::Decision<C> decision, std::uint16_t partition, const Move& move);

}  // namespace holdfast::replay
