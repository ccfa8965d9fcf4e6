// Credentials: whose request it is, by its Authorization header.
//
// Invariant  who shows the peers' credential is another engine of the namespace, with or without
//            tokens. Without tokens (for trying things out) everybody else is the client "local"
//            and may do everything that is not between engines; that mode exists on a loopback
//            address alone.
// Threading  any thread. A token that was verified lately costs one look-up.
// Limits     remembers between 4,096 and 8,192 verified tokens, each until it expires.
// Errors     refused: a mode or a key that cannot be had; say so and end.
// Source     RFC 6750 (bearer tokens).
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/http/principal.h"
#include "engine/http/problems.h"
#include "engine/http/tokens.h"

namespace holdfast::http {

using PrincipalPointer = std::shared_ptr<const Principal>;

class Credentials {
public:
    explicit Credentials(Tokens tokens) : tokens_(std::move(tokens)) {}
    static std::expected<std::unique_ptr<Credentials>, Error> without_tokens(bool is_loopback);

    // What other engines show; before the first request.
    void admit_peers(std::string credential);
    std::expected<PrincipalPointer, Problem> principal_of(std::string_view authorization,
                                                          std::int64_t now_s);

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Verified = std::unordered_map<std::string, PrincipalPointer, Hash, std::equal_to<>>;

    Credentials() = default;
    bool is_peers(std::string_view token) const;
    PrincipalPointer recall(std::string_view token);
    void remember(std::string_view token, PrincipalPointer principal);

    std::optional<Tokens> tokens_;
    PrincipalPointer local_;  // of everybody, without tokens
    PrincipalPointer peer_;
    std::string peer_credential_;
    std::mutex mutex_;
    Verified verified_, verified_before_;
};

// What a request without one of these scopes is told.
Problem scope_is_insufficient(Scopes needed);

}  // namespace holdfast::http
