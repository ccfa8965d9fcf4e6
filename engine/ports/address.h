// Address: where an engine is reached, as host:port. A host is a name or an IP address; in text an
// IPv6 address stands in brackets.
//
// Limits  a host is 1 to 253 characters, as in the DNS; the text at most address_text_max.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

struct Address {
    std::string host;
    std::uint16_t port = 0;

    std::string text() const;
    friend bool operator==(const Address&, const Address&) = default;
};

constexpr std::size_t host_max = 253;
constexpr std::size_t address_text_max = host_max + sizeof "[]:65535" - 1;

// nullopt: it is none. Whether there is such a host is not asked.
std::optional<Address> read_address(std::string_view text);

}  // namespace holdfast
