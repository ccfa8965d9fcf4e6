// Tokens: whether a bearer token is genuine, and what it says.
//
// Invariant  only the configured algorithm is accepted, whatever a token says of itself: not
//            "none", and no public key as a secret.
// Threading  any thread.
// Limits     tokens up to 8 KiB; a secret has at least 32 bytes, an RSA key 2,048 bits, an elliptic
//            one is P-256; 30 seconds of difference between the clocks.
// Errors     refused: the key's file cannot be used as that algorithm's; say so and end.
// Source     RFC 7515, 7518, 7519 (JWS, JWA, JWT); RFC 8725 (their best practice).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "engine/http/principal.h"
#include "engine/ports/error.h"

namespace holdfast::http {

struct TokenSettings {
    enum class Algorithm : std::uint8_t { hs256, rs256, es256 };
    Algorithm algorithm = Algorithm::hs256;
    std::string
        key_file;  // the secret's bytes (a last line break is not one), or a public key, PEM
    std::string audience;  // when not empty, a token must be for it
};

enum class BadToken : std::uint8_t { is_invalid, has_expired };

class Tokens {
public:
    static std::expected<Tokens, Error> from(const TokenSettings& settings);

    std::expected<Principal, BadToken> verify(std::string_view token, std::int64_t now_s) const;

private:
    Tokens(TokenSettings settings, std::string key)
        : settings_(std::move(settings)), key_(std::move(key)) {}
    bool is_genuine(std::string_view signed_part, std::string_view signature) const;

    TokenSettings settings_;
    std::string key_;
};

}  // namespace holdfast::http
