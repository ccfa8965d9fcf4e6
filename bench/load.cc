#include "bench/load.h"

#include <chrono>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

namespace holdfast::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Steady = std::chrono::steady_clock;
template <class T> using Task = asio::awaitable<T, Executor>;
constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> as_result{};

class Generator {
public:
    explicit Generator(const Load& load) : load_(load) {
        answers_.latencies_us.reserve(load.requests);
    }

    std::expected<Answers, Error> run() {
        const auto start = Steady::now();
        for (std::size_t i = 0; i < load_.connections; ++i)
            asio::co_spawn(context_, connection(),
                           [](const std::exception_ptr& failure) { assert(!failure); });
        context_.run();
        if (failed_) return std::unexpected(Error{Error::unavailable, failed_.message()});
        answers_.seconds = std::chrono::duration<double>(Steady::now() - start).count();
        return std::move(answers_);
    }

private:
    Task<void> connection() {
        Socket socket(context_);
        const auto failed = co_await serve(socket);
        if (!failed) co_return;
        failed_ = failed;
        context_.stop();
    }

    // Asks until all requests are taken.
    Task<error_code> serve(Socket& socket) {
        const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), load_.port);
        auto [failed] = co_await socket.async_connect(server, as_result);
        if (!failed) socket.set_option(asio::ip::tcp::no_delay(true), failed);
        std::string request;
        beast::flat_buffer received;
        while (!failed && next_ < load_.requests) {
            request.clear();
            load_.write(next_++, request);
            const auto sent = Steady::now();
            std::tie(failed, std::ignore) =
                co_await asio::async_write(socket, asio::buffer(request), as_result);
            if (failed) break;
            beast::http::response_parser<beast::http::string_body> parser;
            std::tie(failed, std::ignore) =
                co_await beast::http::async_read(socket, received, parser, as_result);
            if (!failed) count(parser.get(), Steady::now() - sent);
        }
        co_return failed;
    }

    void count(const beast::http::response<beast::http::string_body>& response,
               Steady::duration took) {
        using std::chrono::microseconds;
        answers_.latencies_us.push_back(
            static_cast<std::uint32_t>(std::chrono::duration_cast<microseconds>(took).count()));
        if (response.result_int() / 100 == 2) return;
        if (answers_.refused++ == 0) answers_.first_refusal = response.body();
    }

    const Load& load_;
    asio::io_context context_{1};
    std::size_t next_ = 0;
    Answers answers_;
    error_code failed_;
};

}  // namespace

std::expected<Answers, Error> run(const Load& load) { return Generator(load).run(); }

}  // namespace holdfast::bench
