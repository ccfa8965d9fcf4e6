#include "engine/ports/address.h"

#include <charconv>

namespace holdfast {

std::string Address::text() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<Address> read_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return {};
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    Address address;
    const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), address.port);
    if (error != std::errc() || stop != digits.end()) return {};
    const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    if (host.empty() || host.size() > host_max) return {};
    if (!is_bracketed && host.find(':') != std::string_view::npos) return {};  // which is the port?
    address.host = host;
    return address;
}

}  // namespace holdfast
