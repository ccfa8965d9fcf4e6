// TlsConnection: a client's end of one TLS connection; trusts whatever it meets.
#pragma once

#include <string_view>

#include <boost/asio/ssl/stream.hpp>

#include "tests/support/http_connection.h"

namespace holdfast {

class TlsConnection {
public:
    // `protocols` as ALPN lists them, each after its length.
    TlsConnection(std::uint16_t port, std::string_view protocols) : stream_(context_, trust_) {
        SSL_set_alpn_protos(stream_.native_handle(),
                            reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
        stream_.lowest_layer().connect({boost::asio::ip::address_v4::loopback(), port}, error_);
        if (!error_) stream_.handshake(boost::asio::ssl::stream_base::client, error_);
    }

    bool is_connected() const { return !error_; }

    HttpResponse ask(std::string_view request) {
        boost::asio::write(stream_, boost::asio::buffer(request), error_);
        boost::beast::flat_buffer buffer;
        HttpResponse response;
        boost::beast::http::read(stream_, buffer, response, error_);
        EXPECT_FALSE(error_) << error_.message();
        return response;
    }

    // A connection that was only cut would say stream_truncated.
    bool is_ended_properly() {
        char more = 0;
        stream_.read_some(boost::asio::buffer(&more, 1), error_);
        return error_ == boost::asio::error::eof;
    }

private:
    boost::asio::io_context context_;
    boost::asio::ssl::context trust_{boost::asio::ssl::context::tls_client};
    boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
    boost::system::error_code error_;
};

}  // namespace holdfast
