#include "engine/http/head.h"

#include <array>
#include <charconv>

#include <boost/beast/http/status.hpp>

namespace holdfast::http {
namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second and thread.
std::string_view date_line(std::time_t now) {
    thread_local std::time_t made_at = -1;
    thread_local std::array<char, 40> line;
    thread_local std::size_t length = 0;
    if (now != made_at) {
        std::tm time{};
        ::gmtime_r(&now, &time);
        length = std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %T GMT\r\n", &time);
        made_at = now;
    }
    return {line.data(), length};
}

void append_number(std::string& to, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    to.append(digits.data(), end);
}

// 1xx, 204 and 304 have no body, and say nothing of one.
bool may_have_a_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

void append_head(std::string& to, const Response& response, Framing framing, std::time_t now) {
    to.append(framing.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ");
    append_number(to, response.status());
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status()));
    to.append(" ").append(reason.data(), reason.size()).append("\r\n");
    to.append(date_line(now));
    to.append(response.header_lines());
    if (may_have_a_body(response.status())) {
        to.append("Content-Length: ");
        append_number(to, response.body().size());
        to.append("\r\n");
    }
    if (!framing.keep_alive)
        to.append("Connection: close\r\n");
    else if (framing.version == 10)
        to.append("Connection: keep-alive\r\n");
    to.append("\r\n");
}

}  // namespace holdfast::http
