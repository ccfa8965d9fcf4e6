// What the server hands in and takes back: one request, one response.
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace holdfast::http {

// One connection is served on one I/O thread, so its coroutines name that thread's context instead
// of erasing its type.
using Executor = boost::asio::io_context::executor_type;
template <class T> using Task = boost::asio::awaitable<T, Executor>;
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Executor>> as_result{};

// A whole request as it came: method, target, fields, body.
using Received = boost::beast::http::request<boost::beast::http::string_body>;

// Its target without what is behind the question mark.
inline std::string_view path_of(const Received& received) {
    const std::string_view target(received.target().data(), received.target().size());
    return target.substr(0, target.find('?'));
}

// Status, header lines and body. The server adds Date, Content-Length and Connection.
class Response {
public:
    explicit Response(unsigned status) : status_(status) {}

    // Invariant  no line break gets into a header, whatever the value was made from.
    Response& header(std::string_view name, std::string_view value) {
        lines_.append(name).append(": ");
        for (const char letter : value)
            lines_.push_back(static_cast<unsigned char>(letter) < ' ' ? ' ' : letter);
        lines_.append("\r\n");
        return *this;
    }
    Response& body(std::string_view media_type, std::string bytes) {
        body_ = std::move(bytes);
        return header("Content-Type", media_type);
    }

    unsigned status() const { return status_; }
    std::string_view header_lines() const { return lines_; }
    const std::string& body() const { return body_; }

private:
    unsigned status_;
    std::string lines_;
    std::string body_;
};

}  // namespace holdfast::http
