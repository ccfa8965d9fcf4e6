// SimulatedKeyStore: keys in memory and boxes that are the same for the same seed and calls. It
// hides its texts from the eye, not from an enemy: for simulations only, whose logs must not
// differ.
//
// Threading  one thread.
// Errors     unavailable, by chance, before anything was done.
#pragma once

#include <map>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/key_store.h"

namespace holdfast::simulated {

class SimulatedKeyStore final : public KeyStore {
public:
    // How often in 1,000 calls it fails.
    explicit SimulatedKeyStore(std::uint64_t seed, std::uint32_t unavailable = 0)
        : random_(seed), unavailable_(unavailable) {}

    std::expected<void, Error> prepare(const std::vector<std::string>& subjects) override;
    std::expected<std::optional<Box>, Error> seal(std::string_view subject,
                                                  std::string_view text) override;
    std::expected<std::optional<std::string>, Error> open(
        std::string_view subject, std::span<const std::uint8_t> box) override;
    std::expected<std::optional<std::uint64_t>, Error> fingerprint(std::string_view subject,
                                                                   std::string_view text) override;
    std::expected<void, Error> forget(const std::vector<std::string>& subjects) override;

private:
    Seeded random_;
    std::uint32_t unavailable_;
    std::map<std::string, std::uint64_t, std::less<>> keys_;
};

}  // namespace holdfast::simulated
