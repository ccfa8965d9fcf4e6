// Sealing: boxes and their keys, with no place to keep them.
//
//     box = <version u8 = 1><key id, 8 bytes><nonce, 24><ciphertext, as the text><proof, 16>
//
// Invariant  the subject is authenticated with the box, so it opens for no other. A key's id is a
//            hash of the key: a box tells which key it wants, and a spoiled key is noticed.
// Lifetime   a Key's bytes are wiped when it goes.
// Threading  by any thread, after start().
// Source     XChaCha20-Poly1305 (libsodium, IETF), BLAKE2b with a key; nonces that follow from what
//            is sealed, as in RFC 5297 (SIV).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "engine/ports/key_store.h"

namespace holdfast::sodium {

class Key {
public:
    static constexpr std::size_t bytes = 32;
    using Id = std::array<std::uint8_t, 8>;
    using Raw = std::array<std::uint8_t, bytes>;

    static Key made();  // at random
    explicit Key(std::span<const std::uint8_t, bytes> raw);
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();

    const Raw& raw() const { return raw_; }
    const Id& id() const { return id_; }

private:
    Key() = default;
    Raw raw_;
    Id id_;
};

std::expected<void, Error> start();  // once, before all else here

Box seal(const Key& key, std::string_view subject, std::string_view text);

// Which key a box wants: damaged when it is too short, or of a version that is not known.
std::expected<Key::Id, Error> key_of(std::span<const std::uint8_t> box);

// With the key that it wants; damaged when the box is not as it was sealed, or for another subject.
std::expected<std::string, Error> open(const Key& key, std::string_view subject,
                                       std::span<const std::uint8_t> box);

std::uint64_t fingerprint(const Key& key, std::string_view text);

// A subject's name where names are listed: 32 hexadecimal digits.
std::string name_of(std::string_view subject);

}  // namespace holdfast::sodium
