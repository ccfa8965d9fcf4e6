#include "engine/http/credentials.h"

#include <cassert>

#include <boost/beast/core/string.hpp>

#include <openssl/crypto.h>

namespace holdfast::http {
namespace {

constexpr std::size_t remembered = 4'096;

Problem refused(ProblemKind kind, std::string_view challenge) {
    Problem problem(kind);
    problem.header("WWW-Authenticate", challenge);
    return problem;
}

Problem problem_of(BadToken why) {
    if (why == BadToken::has_expired)
        return refused(problems::token_has_expired,
                       R"(Bearer error="invalid_token", error_description="it has expired")");
    return refused(problems::token_is_invalid, R"(Bearer error="invalid_token")");
}

// "Bearer <token>"; the scheme in any case.
std::optional<std::string_view> token_in(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.size() <= scheme.size()) return {};
    if (!boost::beast::iequals(authorization.substr(0, scheme.size()), scheme)) return {};
    return authorization.substr(authorization.find_first_not_of(' ', scheme.size()));
}

}  // namespace

Problem scope_is_insufficient(Scopes needed) {
    const std::string challenge = "Bearer error=\"insufficient_scope\"", names = needed.text();
    if (names.empty()) return refused(problems::scope_is_insufficient, challenge);
    auto problem = refused(problems::scope_is_insufficient, challenge + ", scope=\"" + names + '"');
    problem.with("one_of", names);
    return problem;
}

std::expected<std::unique_ptr<Credentials>, Error> Credentials::without_tokens(bool is_loopback) {
    if (!is_loopback)
        return std::unexpected(
            Error{Error::refused,
                  "without tokens everybody may do everything: listen on a loopback address, or "
                  "give a token key"});
    std::unique_ptr<Credentials> credentials(new Credentials);
    credentials->local_ =
        std::make_shared<const Principal>(Principal{"local", Scopes::all(), {}, {}, 0});
    return credentials;
}

std::expected<PrincipalPointer, Problem> Credentials::principal_of(std::string_view authorization,
                                                                   std::int64_t now_s) {
    const auto token = token_in(authorization);
    if (token && is_peers(*token)) return peer_;
    if (!tokens_) return local_;
    if (!token) return std::unexpected(refused(problems::token_is_missing, "Bearer"));
    if (auto known = recall(*token)) {
        if (known->expires_at_s <= now_s) return std::unexpected(problem_of(BadToken::has_expired));
        return known;
    }
    auto verified = tokens_->verify(*token, now_s);
    if (!verified) return std::unexpected(problem_of(verified.error()));
    auto principal = std::make_shared<const Principal>(std::move(*verified));
    remember(*token, principal);
    return principal;
}

void Credentials::admit_peers(std::string credential) {
    assert(!credential.empty());
    peer_credential_ = std::move(credential);
    peer_ = std::make_shared<const Principal>(Principal{"peer", {Scope::peer}, {}, {}, 0});
}

bool Credentials::is_peers(std::string_view token) const {
    return !peer_credential_.empty() && token.size() == peer_credential_.size() &&
           CRYPTO_memcmp(token.data(), peer_credential_.data(), token.size()) == 0;
}

PrincipalPointer Credentials::recall(std::string_view token) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = verified_.find(token); found != verified_.end()) return found->second;
    const auto older = verified_before_.find(token);
    return older == verified_before_.end() ? nullptr : older->second;
}

// The older half is forgotten at once; who is still there verifies again.
void Credentials::remember(std::string_view token, PrincipalPointer principal) {
    const std::scoped_lock lock(mutex_);
    if (verified_.size() == remembered) {
        verified_before_ = std::move(verified_);
        verified_.clear();
    }
    verified_.emplace(token, std::move(principal));
}

}  // namespace holdfast::http
