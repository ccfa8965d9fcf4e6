#include "engine/adapters/kafka/chain.h"

#include <cstring>

namespace holdfast::kafka {

std::optional<Fence> read_fence(std::span<const std::byte> bytes) {
    Fence fence;
    if (bytes.size() != sizeof fence) return std::nullopt;
    std::memcpy(&fence, bytes.data(), sizeof fence);
    if (fence.magic != fence_magic || fence.epoch == 0) return std::nullopt;
    return fence;
}

Fence Chain::opening(std::uint64_t nonce) const {
    Fence fence;
    fence.epoch = epoch_ + 1;
    fence.nonce = nonce;
    fence.first = next_;
    fence.previous = last_;
    return fence;
}

Fence Chain::following(std::uint32_t count, std::uint32_t checksum) const {
    Fence fence;
    fence.count = count;
    fence.epoch = epoch_;
    fence.nonce = nonce_;
    fence.first = next_;
    fence.checksum = checksum;
    fence.previous = last_;
    return fence;
}

Chain::Verdict Chain::take(const Fence& fence) {
    if (fence.count == 0) {
        // Batches of the epoch before may stand between what its writer read and itself: they
        // count.
        if (fence.epoch != epoch_ + 1) return Verdict::passed_over;
        epoch_ = fence.epoch;
        nonce_ = fence.nonce;
        return Verdict::opened;
    }
    if (fence.epoch != epoch_ || fence.nonce != nonce_) return Verdict::passed_over;
    if (fence.first != next_ || fence.previous != last_) return Verdict::passed_over;
    next_ += fence.count;
    thread_local wire::Sha256 hash;  // making one costs more than hashing a fence
    hash.add(std::as_bytes(std::span(&fence, 1)));
    last_ = hash.finish();
    return Verdict::taken;
}

}  // namespace holdfast::kafka
