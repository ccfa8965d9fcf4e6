#include "engine/adapters/simulated/simulated_key_store.h"

#include <algorithm>
#include <array>

#include "engine/wire/hash.h"

namespace holdfast::simulated {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t key_at = 1, nonce_at = 9, proof_at = 33, text_at = 49;
static_assert(text_at == box_bytes_more);

void put(std::span<std::uint8_t> to, std::uint64_t number) {
    for (std::size_t i = 0; i < 8; ++i) to[i] = static_cast<std::uint8_t>(number >> (8 * i));
}
std::uint64_t take(std::span<const std::uint8_t> from) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number |= std::uint64_t{from[i]} << (8 * i);
    return number;
}

std::string hidden(std::string_view text, std::uint64_t key, std::uint64_t nonce) {
    Seeded stream(key ^ nonce);
    std::string other(text);
    for (auto& c : other) c = static_cast<char>(c ^ static_cast<char>(stream.next()));
    return other;
}

std::uint64_t nonce_of(std::uint64_t key, std::string_view subject, std::string_view text) {
    const auto number = std::to_string(key);
    return wire::blake2b_64(std::array<std::string_view, 4>{"nonce", number, subject, text});
}
wire::Hash128 proof_of(std::uint64_t key, std::string_view subject, std::string_view text) {
    const auto number = std::to_string(key);
    const std::array<std::string_view, 3> parts{number, subject, text};
    return wire::blake2b_128(parts);
}

std::unexpected<Error> unavailable() {
    return std::unexpected(Error{Error::unavailable, "the simulated key store does not answer"});
}
std::unexpected<Error> damaged() {
    return std::unexpected(Error{Error::damaged, "a sealed box is not as it was sealed"});
}

}  // namespace

std::expected<void, Error> SimulatedKeyStore::prepare(const std::vector<std::string>& subjects) {
    if (random_.happens(unavailable_)) return unavailable();
    for (const auto& subject : subjects)
        if (!keys_.contains(subject)) keys_.emplace(subject, random_.next());
    return {};
}

std::expected<std::optional<Box>, Error> SimulatedKeyStore::seal(std::string_view subject,
                                                                 std::string_view text) {
    if (random_.happens(unavailable_)) return unavailable();
    const auto known = keys_.find(subject);
    if (known == keys_.end()) return std::nullopt;
    const auto key = known->second;
    const auto nonce = nonce_of(key, subject, text);
    Box box(text_at + text.size());
    box[0] = version;
    put(std::span(box).subspan(key_at), key);
    put(std::span(box).subspan(nonce_at), nonce);
    const auto proof = proof_of(key ^ nonce, subject, text);
    std::ranges::transform(proof, box.begin() + proof_at,
                           [](auto byte) { return std::uint8_t(byte); });
    std::ranges::copy(hidden(text, key, nonce), box.begin() + text_at);
    return box;
}

std::expected<std::optional<std::string>, Error> SimulatedKeyStore::open(
    std::string_view subject, std::span<const std::uint8_t> box) {
    if (random_.happens(unavailable_)) return unavailable();
    if (box.size() < text_at || box[0] != version) return damaged();
    const auto known = keys_.find(subject);
    const auto key = take(box.subspan(key_at)), nonce = take(box.subspan(nonce_at));
    if (known == keys_.end() || known->second != key) return std::nullopt;
    auto text = hidden({reinterpret_cast<const char*>(box.data()) + text_at, box.size() - text_at},
                       key, nonce);
    const auto proof = std::as_bytes(box.subspan(proof_at, text_at - proof_at));
    const bool spare = std::ranges::any_of(box.subspan(nonce_at + 8, proof_at - nonce_at - 8),
                                           [](auto byte) { return byte != 0; });
    if (spare || !std::ranges::equal(proof, proof_of(key ^ nonce, subject, text))) return damaged();
    return text;
}

std::expected<std::optional<std::uint64_t>, Error> SimulatedKeyStore::fingerprint(
    std::string_view subject, std::string_view text) {
    if (random_.happens(unavailable_)) return unavailable();
    const auto known = keys_.find(subject);
    if (known == keys_.end()) return std::nullopt;
    const auto number = std::to_string(known->second);
    const std::array<std::string_view, 2> parts{number, text};
    return wire::blake2b_64(parts);
}

std::expected<void, Error> SimulatedKeyStore::forget(const std::vector<std::string>& subjects) {
    if (random_.happens(unavailable_)) return unavailable();
    for (const auto& subject : subjects) keys_.erase(subject);
    return {};
}

}  // namespace holdfast::simulated
