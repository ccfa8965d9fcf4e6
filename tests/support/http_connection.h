// HttpConnection: a client's end of one connection: sends any bytes, reads responses, blocks.
//
// Limits  waits for at most 20 seconds; then what it reads is an error, which fails the test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace holdfast {

using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

class HttpConnection {
public:
    explicit HttpConnection(std::uint16_t port) : socket_(context_) {
        boost::system::error_code error;
        socket_.connect({boost::asio::ip::address_v4::loopback(), port}, error);
        is_open_ = !error;
        if (!is_open_) return;
        const timeval limit{20, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }

    bool is_open() const { return is_open_; }

    // False when the other end has closed.
    bool send(std::string_view bytes) {
        boost::system::error_code error;
        boost::asio::write(socket_, boost::asio::buffer(bytes), error);
        return !error;
    }

    enum class Body : std::uint8_t { follows, is_left_out };
    HttpResponse receive(Body body = Body::follows) {
        boost::system::error_code error;
        auto response = receive(body, error);
        EXPECT_FALSE(error) << error.message();
        return response;
    }
    // Nothing: the other end has closed.
    std::optional<HttpResponse> receive_if_any() {
        boost::system::error_code error;
        auto response = receive(Body::follows, error);
        return error ? std::nullopt : std::optional(std::move(response));
    }

    HttpResponse ask(std::string_view request) {
        EXPECT_TRUE(send(request));
        return receive();
    }

    // Whether the other end has said all it will say.
    bool is_at_end() {
        boost::system::error_code error;
        char more = 0;
        if (buffer_.size() != 0) return false;
        socket_.read_some(boost::asio::buffer(&more, 1), error);
        return error == boost::asio::error::eof || error == boost::asio::error::connection_reset;
    }

    void end_sending() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }

private:
    HttpResponse receive(Body body, boost::system::error_code& error) {
        boost::beast::http::response_parser<boost::beast::http::string_body> parser;
        parser.skip(body == Body::is_left_out);
        boost::beast::http::read(socket_, buffer_, parser, error);
        return parser.release();
    }

    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer buffer_;
    bool is_open_ = false;
};

}  // namespace holdfast
