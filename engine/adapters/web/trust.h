// Trust: how a client of other engines knows that it speaks with one: TLS 1.2 or later, and a
// certificate that an authority signed for the name or address that was asked for.
//
// Errors  refused: the file of authorities cannot be read, or has none in it.
// Source  RFC 9525 (whose certificate it is), RFC 9325 (versions).
#pragma once

#include <expected>
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "engine/ports/error.h"

namespace holdfast::web {

using Trust = std::shared_ptr<boost::asio::ssl::context>;

// `authorities`: a file, PEM; empty: those that the system trusts.
std::expected<Trust, Error> trust(const std::string& authorities);

}  // namespace holdfast::web
