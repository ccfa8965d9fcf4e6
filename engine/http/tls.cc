#include "engine/http/tls.h"

#include <string_view>

namespace holdfast::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::string_view http_1_1 = "\x08http/1.1";  // as ALPN lists it: length, name

}  // namespace

std::expected<ssl::context, Error> tls_context(const TlsFiles& files) {
    ssl::context context(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_alpn_select_cb(
        context.native_handle(),
        [](SSL*, const unsigned char** chosen, unsigned char* chosen_length,
           const unsigned char* offered, unsigned int offered_length, void*) {
            unsigned char* found = nullptr;
            const auto verdict = SSL_select_next_proto(
                &found, chosen_length, reinterpret_cast<const unsigned char*>(http_1_1.data()),
                static_cast<unsigned int>(http_1_1.size()), offered, offered_length);
            if (verdict != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
            *chosen = found;
            return SSL_TLSEXT_ERR_OK;
        },
        nullptr);
    boost::system::error_code error;
    context.use_certificate_chain_file(files.certificate, error);
    if (error)
        return std::unexpected(
            Error{Error::refused, "certificate " + files.certificate + ": " + error.message()});
    context.use_private_key_file(files.private_key, ssl::context::pem, error);
    if (error)
        return std::unexpected(
            Error{Error::refused, "private key " + files.private_key + ": " + error.message()});
    return context;
}

}  // namespace holdfast::http
