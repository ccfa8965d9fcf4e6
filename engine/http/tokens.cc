#include "engine/http/tokens.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <jwt/jwt.hpp>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "engine/http/key_file.h"
#include "engine/wire/card_number.h"
#include "engine/wire/envelope.h"

namespace holdfast::http {
namespace {

using Algorithm = TokenSettings::Algorithm;
using Json = nlohmann::json;

constexpr std::size_t token_bytes_max = 8 * 1'024;
constexpr int rsa_bits_min = 2'048;
constexpr std::int64_t clock_difference_s = 30;

constexpr std::array<std::string_view, 3> algorithm_names{"HS256", "RS256", "ES256"};
std::string_view name_of(Algorithm algorithm) {
    return algorithm_names[static_cast<std::size_t>(algorithm)];
}

Error unusable(const TokenSettings& settings, std::string_view why) {
    return Error{Error::refused, "token key " + settings.key_file + ": " + std::string(why)};
}

// Whether the algorithm can use the key; the reason when not.
std::optional<std::string_view> objection_to(const std::string& key, Algorithm algorithm) {
    if (algorithm == Algorithm::hs256) {
        if (key.starts_with("-----BEGIN")) return "HS256 needs a secret, this is a PEM file";
        if (key.size() < secret_bytes_min) return "a secret has at least 32 bytes";
        return {};
    }
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(
        BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parsed(
        PEM_read_bio_PUBKEY(bytes.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    if (!parsed) return "not a public key in PEM";
    if (algorithm == Algorithm::rs256) {
        if (EVP_PKEY_get_base_id(parsed.get()) != EVP_PKEY_RSA) return "not an RSA key";
        if (EVP_PKEY_get_bits(parsed.get()) < rsa_bits_min) return "an RSA key has 2048 bits";
        return {};
    }
    std::array<char, 32> curve{};
    std::size_t length = 0;
    EVP_PKEY_get_group_name(parsed.get(), curve.data(), curve.size(), &length);
    if (std::string_view(curve.data(), length) != "prime256v1") return "not a P-256 key";
    return {};
}

// cpp-jwt asserts on bytes outside ASCII and reads past malformed base64, so nothing else gets
// there.
bool is_base64url(std::string_view part) {
    return !part.empty() && part.size() % 4 != 1 && std::ranges::all_of(part, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

struct Parts {
    std::string_view header, claims, signature;
    std::string_view signed_part;
};
std::optional<Parts> parts_of(std::string_view token) {
    const auto first = token.find('.');
    const auto second = token.find('.', first + 1);
    if (token.size() > token_bytes_max || first == token.npos || second == token.npos) return {};
    const Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                      token.substr(second + 1), token.substr(0, second)};
    if (!is_base64url(parts.header) || !is_base64url(parts.claims)) return {};
    if (!is_base64url(parts.signature)) return {};
    return parts;
}

jwt::string_view as_theirs(std::string_view text) { return {text.data(), text.size()}; }

// Throws what nlohmann::json throws.
Json object_in(std::string_view part) {
    return Json::parse(jwt::base64_uri_decode(part.data(), part.size()));
}

// An extension that must be understood is not.
bool is_header_for(const Json& header, Algorithm algorithm) {
    return header.is_object() && header.value("alg", "") == name_of(algorithm) &&
           !header.contains("crit");
}

std::string name_in(const Json& claims, const char* claim) {
    const auto found = claims.find(claim);
    if (found == claims.end() || !found->is_string()) return {};
    auto name = found->get<std::string>();
    const bool is_readable = std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~'; });
    return name.size() <= wire::name_bytes_max && is_readable ? name : std::string();
}

std::optional<std::int64_t> time_in(const Json& claims, const char* claim) {
    const auto found = claims.find(claim);
    if (found == claims.end() || !found->is_number()) return {};
    const auto seconds = found->get<double>();  // NumericDate may have a fraction
    if (!(seconds >= 0 && seconds < 1e15)) return {};
    return static_cast<std::int64_t>(seconds);
}

bool is_for(const Json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return false;
    if (found->is_string()) return found->get<std::string>() == audience;
    return found->is_array() && std::ranges::find(*found, Json(audience)) != found->end();
}

// Other services' scopes may stand among ours.
Scopes scopes_in(const Json& claims) {
    Scopes scopes;
    const auto found = claims.find("scope");
    if (found == claims.end() || !found->is_string()) return scopes;
    const auto text = " " + found->get<std::string>() + " ";
    for (std::size_t i = 0; i < scope_names.size(); ++i)
        if (text.find(" " + std::string(scope_names[i]) + " ") != std::string::npos)
            scopes.add(static_cast<Scope>(i));
    return scopes;
}

std::expected<Principal, BadToken> principal_in(const Json& claims, std::int64_t now_s) {
    Principal principal{name_in(claims, "sub"), scopes_in(claims), {}, {}, 0};
    const auto expires = time_in(claims, "exp");
    const auto begins = claims.contains("nbf") ? time_in(claims, "nbf") : 0;
    if (principal.client.empty() || wire::has_a_card_number(principal.client))
        return std::unexpected(BadToken::is_invalid);
    if (!expires || !begins) return std::unexpected(BadToken::is_invalid);
    if (*expires + clock_difference_s <= now_s) return std::unexpected(BadToken::has_expired);
    if (*begins - clock_difference_s > now_s) return std::unexpected(BadToken::is_invalid);
    principal.expires_at_s = *expires + clock_difference_s;
    if (principal.scopes.has(Scope::browser)) {
        principal.cart = name_in(claims, "cart");
        principal.customer = name_in(claims, "customer");
        if (principal.scopes != Scopes{Scope::browser} || principal.cart.empty())
            return std::unexpected(BadToken::is_invalid);
    }
    return principal;
}

// cpp-jwt compares with ==, which tells an attacker by its time how much of a guess was right.
bool is_hs256_of(const std::string& secret, std::string_view text, std::string_view signature) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(),
             &length) == nullptr)
        return false;
    auto wanted = jwt::base64_encode(reinterpret_cast<const char*>(code.data()), length);
    wanted.resize(jwt::base64_uri_encode(wanted.data(), wanted.size()));
    return wanted.size() == signature.size() &&
           CRYPTO_memcmp(wanted.data(), signature.data(), wanted.size()) == 0;
}

}  // namespace

std::expected<Tokens, Error> Tokens::from(const TokenSettings& settings) {
    auto key = read_key_file("token key", settings.key_file);
    if (!key) return std::unexpected(key.error());
    if (const auto objection = objection_to(*key, settings.algorithm))
        return std::unexpected(unusable(settings, *objection));
    return Tokens(settings, *std::move(key));
}

bool Tokens::is_genuine(std::string_view signed_part, std::string_view signature) const {
    const auto text = as_theirs(signed_part), code = as_theirs(signature);
    switch (settings_.algorithm) {
        case Algorithm::hs256: return is_hs256_of(key_, signed_part, signature);
        case Algorithm::rs256:
            return jwt::PEMSign<jwt::algo::RS256>::verify(key_, text, code).first;
        case Algorithm::es256:
            return jwt::PEMSign<jwt::algo::ES256>::verify(key_, text, code).first;
    }
    return false;
}

std::expected<Principal, BadToken> Tokens::verify(std::string_view token,
                                                  std::int64_t now_s) const {
    const auto parts = parts_of(token);
    if (!parts) return std::unexpected(BadToken::is_invalid);
    try {
        if (!is_header_for(object_in(parts->header), settings_.algorithm) ||
            !is_genuine(parts->signed_part, parts->signature))
            return std::unexpected(BadToken::is_invalid);
        const Json claims = object_in(parts->claims);
        if (!claims.is_object() ||
            (!settings_.audience.empty() && !is_for(claims, settings_.audience)))
            return std::unexpected(BadToken::is_invalid);
        return principal_in(claims, now_s);
    } catch (const std::exception&) {  // what both libraries do about what they cannot read
        return std::unexpected(BadToken::is_invalid);
    }
}

}  // namespace holdfast::http
