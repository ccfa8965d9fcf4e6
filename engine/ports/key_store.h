// KeyStore: personal data sealed under one random key a subject, kept outside the log. To forget a
// person is to drop that key: what the log holds stays as it is, and nobody can read it again.
//
// Invariant   a box opens only for the subject it was sealed for, and only as it was sealed. The
//             same text of the same subject is the same box, until the subject is forgotten; beyond
//             that and its length a box says nothing about the text to one who has not the key.
// Durability  a subject's key is durable before it is used first. When forget() has returned it is
//             gone for good here; from other engines that share it once they have read that, and
//             from the places where it was kept when those have cleaned up (the adapter says when).
//             One who was forgotten and comes back gets a new key, which opens nothing that was
//             sealed before.
// Limits      a box is box_bytes_more bytes longer than its text.
// Threading   by any thread. prepare() and forget() wait for disks or other machines, so not by one
//             that must not block; the others read a small file at most.
// Errors      damaged: the box, or the key, is not what was stored. A forgotten subject is none.
//             unavailable: a key could not be read, made durable or dropped; say it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/error.h"

namespace holdfast {

constexpr std::size_t box_bytes_more = 1 + 8 + 24 + 16;  // version, key's id, nonce, proof

using Box = std::vector<std::uint8_t>;

class KeyStore {
public:
    virtual ~KeyStore() = default;

    // Makes the keys that are missing: then each of the subjects has one.
    virtual std::expected<void, Error> prepare(const std::vector<std::string>& subjects) = 0;

    // Nothing when the subject has no key: prepare() it.
    virtual std::expected<std::optional<Box>, Error> seal(std::string_view subject,
                                                          std::string_view text) = 0;

    // The text, or nothing when the key it was sealed with is gone.
    virtual std::expected<std::optional<std::string>, Error> open(
        std::string_view subject, std::span<const std::uint8_t> box) = 0;

    // The same number for the same text, until the subject is forgotten; says nothing about the
    // text to one who has not the key. Nothing when the subject has none.
    virtual std::expected<std::optional<std::uint64_t>, Error> fingerprint(
        std::string_view subject, std::string_view text) = 0;

    virtual std::expected<void, Error> forget(const std::vector<std::string>& subjects) = 0;
};

}  // namespace holdfast
