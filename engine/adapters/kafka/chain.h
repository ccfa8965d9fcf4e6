// Chain: which messages of a partition's topic count. The one rule, for every reader and every
// writer; docs/adr/0007 says why it is so.
//
// Invariant  two readers of the same messages agree, whoever wrote them and however often. What one
//            writer was told is durable no later message undoes.
// Order      a fence is stored as it stands here, little-endian, as the message's header
//            fence_name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/ports/event_log.h"
#include "engine/wire/hash.h"

namespace holdfast::kafka {

constexpr char fence_name[] = "holdfast-fence";
// Of an Open: where its writer is reached, host:port, when it says so. No part of the chain.
constexpr char address_name[] = "holdfast-address";
constexpr std::uint32_t fence_magic = 0x3146'4648;  // "HFF1"

struct Fence {
    std::uint32_t magic = fence_magic;
    std::uint32_t count = 0;  // of records; 0: an Open, which has no blob
    std::uint64_t epoch = 0;
    std::uint64_t nonce = 0;
    std::uint64_t first = 0;
    std::uint32_t checksum = 0;  // CRC32C of the blob
    std::uint32_t reserved = 0;
    wire::Hash256 previous = {};  // of the fence of the batch before it
};
static_assert(sizeof(Fence) == 72);

// Nothing when these bytes are no fence: somebody else's message.
std::optional<Fence> read_fence(std::span<const std::byte> bytes);

class Chain {
public:
    enum class Verdict : std::uint8_t { opened, taken, passed_over };

    Sequence next() const { return next_; }
    std::uint64_t epoch() const { return epoch_; }
    std::uint64_t nonce() const { return nonce_; }

    // What whoever has read this far writes next, to own the partition, and as its owner.
    Fence opening(std::uint64_t nonce) const;
    Fence following(std::uint32_t count, std::uint32_t checksum) const;

    // The next message in log order.
    Verdict take(const Fence& fence);

private:
    Sequence next_ = 0;
    std::uint64_t epoch_ = 0, nonce_ = 0;
    wire::Hash256 last_ = {};
};

}  // namespace holdfast::kafka
