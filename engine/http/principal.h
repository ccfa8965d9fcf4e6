// Principal: who asks, and what they may.
//
// Invariant  a browser's token has that scope alone and names the cart it is bound to.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::http {

// peer: another engine; it has no name, so no token grants it.
enum class Scope : std::uint8_t {
    storefront,
    browser,
    warehouse,
    analyst,
    admin,
    operations,
    peer
};

inline constexpr std::array<std::string_view, 6> scope_names{"storefront", "browser", "warehouse",
                                                             "analyst",    "admin",   "operator"};

class Scopes {
public:
    constexpr Scopes() = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) add(scope);
    }
    static constexpr Scopes all() {
        using enum Scope;
        return {storefront, browser, warehouse, analyst, admin, operations};
    }

    constexpr void add(Scope scope) { bits_ = static_cast<std::uint8_t>(bits_ | bit(scope)); }
    constexpr bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
    constexpr bool has_one_of(Scopes others) const { return (bits_ & others.bits_) != 0; }
    constexpr bool is_empty() const { return bits_ == 0; }
    friend constexpr bool operator==(Scopes, Scopes) = default;

    // As a token lists them: names with spaces between.
    std::string text() const {
        std::string list;
        for (std::size_t i = 0; i < scope_names.size(); ++i)
            if (has(static_cast<Scope>(i)))
                list.append(list.empty() ? "" : " ").append(scope_names[i]);
        return list;
    }

private:
    static constexpr std::uint8_t bit(Scope scope) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope));
    }
    std::uint8_t bits_ = 0;
};

struct Principal {
    std::string client;  // the token's subject: idempotency keys and rate limits are its own
    Scopes scopes;
    std::string cart;      // what a browser may touch; empty for all others
    std::string customer;  // and for whom; empty for a guest
    std::int64_t expires_at_s = 0;
};

}  // namespace holdfast::http
