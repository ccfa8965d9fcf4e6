// Random: choices that follow from a seed, the same on every machine.
//
// Order   every test of a run takes its choices from one seed, which it prints when it fails;
//         HOLDFAST_SEED reruns it.
// Source  SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#pragma once

#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace holdfast {

inline std::uint64_t seed_of_this_run() {
    static const std::uint64_t seed = [] {
        const char* given = std::getenv("HOLDFAST_SEED");
        const auto chosen = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
        std::cout << "HOLDFAST_SEED=" << chosen << '\n' << std::flush;
        return chosen;
    }();
    return seed;
}

class Random {
public:
    // One of the sequences of this run.
    explicit Random(std::uint64_t sequence)
        : state_(seed_of_this_run() + sequence * 0x632be59bd9b4e019ULL) {}

    std::uint64_t next() {
        auto mixed = state_ += 0x9e3779b97f4a7c15ULL;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31);
    }
    // Both ends included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        assert(low <= high);
        const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
        return low + static_cast<std::int64_t>(width == 0 ? next() : next() % width);
    }
    bool one_in(std::int64_t n) { return between(1, n) == 1; }
    template <class List> const auto& pick(const List& list) {
        return *(list.begin() + between(0, static_cast<std::int64_t>(list.size()) - 1));
    }
    // The name of one of n things.
    std::string name(std::string_view kind, std::int64_t n) {
        return std::string(kind).append(std::to_string(between(1, n)));
    }

private:
    std::uint64_t state_;
};

}  // namespace holdfast
