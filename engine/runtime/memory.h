// Memory: what the streams of one shard take in memory, all its partitions together: what idle ones
// leave serves the busy.
//
// Threading  the shard's own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast {

struct Memory {
    std::size_t bytes_max = 0;
    std::size_t bytes = 0;  // taken
    std::uint64_t now = 0;  // counted in batches, by which a stream's last use is told

    bool is_short() const { return bytes > bytes_max; }
};

}  // namespace holdfast
