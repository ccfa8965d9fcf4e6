// KeyFilter: knows, of most keys that are not there, that they are not.
//
// Invariant  a key that was added may be there, for ever; nothing is taken out.
// Threading  add(), may_have() by any threads at once; a key is seen once its adder has told.
// Limits     its bytes never change. With n keys in m bytes a key that was not added passes with a
//            probability of about 0.1 % at m = 2n, 0.4 % at 1.6n, 5 % at 0.8n, 25 % at 0.4n.
// Source     the split block Bloom filter of Apache Parquet, in words of 64 bits: a cache line a
//            key.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <vector>

#include "engine/domain/fetch_ahead.h"

namespace holdfast::rocks {

class KeyFilter {
public:
    explicit KeyFilter(std::size_t bytes)
        : blocks_(std::bit_floor(bytes < sizeof(Block) ? sizeof(Block) : bytes) / sizeof(Block)) {}

    void add(std::string_view key) {
        const auto hash = hash_of(key);
        auto& block = blocks_[place_of(hash)];
        const std::lock_guard lock(adding_);  // cheaper than eight changes that are each atomic
        for (std::size_t word = 0; word < words; ++word) {
            auto& bits = block.bits[word];
            bits.store(bits.load(std::memory_order_relaxed) | bit_of(hash, word),
                       std::memory_order_relaxed);
        }
    }
    // For a may_have() soon: of many keys, each lies in another cache line.
    void prefetch(std::string_view key) const { fetch_ahead(&blocks_[place_of(hash_of(key))]); }
    bool may_have(std::string_view key) const {
        const auto hash = hash_of(key);
        const auto& block = blocks_[place_of(hash)];
        std::uint64_t missing = 0;
        for (std::size_t word = 0; word < words; ++word) {
            const auto bit = bit_of(hash, word);
            missing |= bit & ~block.bits[word].load(std::memory_order_relaxed);
        }
        return missing == 0;
    }

private:
    static constexpr std::size_t words = 8;
    struct alignas(64) Block {
        std::array<std::atomic<std::uint64_t>, words> bits{};
    };

    // Never stored, so any good hash of this process does.
    static std::uint64_t hash_of(std::string_view key) {
        return std::hash<std::string_view>()(key) * 0x9e3779b97f4a7c15ULL;
    }
    std::size_t place_of(std::uint64_t hash) const {
        return (hash ^ hash >> 32) & (blocks_.size() - 1);
    }
    static std::uint64_t bit_of(std::uint64_t hash, std::size_t word) {
        constexpr std::array<std::uint64_t, words> odd{
            0x47b6137b44974d91ULL, 0x8824ad5ba2b7289dULL, 0x705495c72df1424bULL,
            0x9efc49475c6bfb31ULL, 0xd6e8feb86659fd93ULL, 0xc2b2ae3d27d4eb4fULL,
            0x165667b19e3779f9ULL, 0xff51afd7ed558ccdULL};
        return std::uint64_t{1} << (hash * odd[word] >> 58);
    }

    std::mutex adding_;
    std::vector<Block> blocks_;
};

}  // namespace holdfast::rocks
