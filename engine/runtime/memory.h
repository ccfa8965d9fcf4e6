// Memory: what the streams of one shard may take in memory, all its partitions together: what idle
// ones leave serves the busy.
//
// Invariant  nobody has to give back of an equal share.
// Threading  the shard's own.
#pragma once

#include <cstddef>

namespace holdfast {

struct Memory {
    std::size_t bytes_max = 0;
    std::size_t shares = 1;
    std::size_t bytes = 0;  // taken

    // Whether one who has taken that much is to give back.
    bool is_short_for(std::size_t taken) const {
        return bytes > bytes_max && taken > bytes_max / shares;
    }
};

}  // namespace holdfast
