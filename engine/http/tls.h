// TLS as the server speaks it: 1.2 and later, HTTP/1.1 by ALPN.
//
// Errors  refused: a file cannot be read, or the key is not the certificate's.
// Source  RFC 7301 (ALPN), RFC 9325 (versions and ciphers).
#pragma once

#include <expected>

#include <boost/asio/ssl/context.hpp>

#include "engine/http/server.h"
#include "engine/ports/error.h"

namespace holdfast::http {

std::expected<boost::asio::ssl::context, Error> tls_context(const TlsFiles& files);

}  // namespace holdfast::http
