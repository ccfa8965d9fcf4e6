// Seeded: numbers that look random and are the same for the same seed, on every machine.
//
// Source  splitmix64, S. Vigna.
#pragma once

#include <cstdint>

namespace holdfast::simulated {

class Seeded {
public:
    explicit Seeded(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        auto mixed = state_ += 0x9e3779b97f4a7c15ULL;
        mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebULL;
        return mixed ^ mixed >> 31;
    }
    std::uint64_t up_to(std::uint64_t most) { return next() % (most + 1); }
    bool happens(std::uint32_t in_a_thousand) { return next() % 1'000 < in_a_thousand; }

private:
    std::uint64_t state_;
};

}  // namespace holdfast::simulated
