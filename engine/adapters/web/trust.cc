#include "engine/adapters/web/trust.h"

namespace holdfast::web {

namespace ssl = boost::asio::ssl;

std::expected<Trust, Error> trust(const std::string& authorities) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    context->set_verify_mode(ssl::verify_peer, error);
    if (!error && authorities.empty()) context->set_default_verify_paths(error);
    if (!error && !authorities.empty()) context->load_verify_file(authorities, error);
    if (!error) return context;
    return std::unexpected(
        Error{Error::refused, "authorities " + authorities + ": " + error.message()});
}

}  // namespace holdfast::web
