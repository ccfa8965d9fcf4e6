#include "engine/http/session.h"

#include <cassert>
#include <optional>

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include "engine/http/head.h"
#include "engine/http/problems.h"

namespace holdfast::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::field;
using boost::system::error_code;
using Unreadable = beast::http::error;
using Parser = beast::http::request_parser<beast::http::string_body>;
using TlsStream = asio::ssl::stream<Socket&>;

constexpr std::size_t header_read_bytes = 8 * 1'024;
constexpr std::size_t body_read_bytes = 64 * 1'024;
constexpr std::size_t buffer_bytes_max = 256 * 1'024;
constexpr std::size_t joined_bytes_max = 16 * 1'024;
constexpr std::size_t drained_bytes_max = 1'024 * 1'024;
constexpr std::chrono::milliseconds parting_time{2'000};

// What to say to a peer whose bytes cannot be read; nothing when it is gone.
std::optional<Problem> problem_of(error_code error, bool is_late) {
    if (is_late) return Problem(problems::request_took_too_long);
    if (error == Unreadable::header_limit || error == Unreadable::buffer_overflow)
        return Problem(problems::header_is_too_large);
    if (error == Unreadable::bad_version) return Problem(problems::http_version_is_not_supported);
    if (error.category() == make_error_code(Unreadable::bad_method).category())
        return Problem(problems::request_is_malformed).detail(error.message());
    return {};
}

Problem body_is_too_large(std::uint64_t limit) {
    return Problem(problems::body_is_too_large).with("limit", static_cast<std::int64_t>(limit));
}

// Why a request is refused by its header alone.
std::optional<Problem> objection_to(const Received& request, bool is_chunked) {
    if (request.version() >= 11 && request.count(field::host) != 1)
        return Problem(problems::request_is_malformed).detail("a request has one Host header");
    if (request.count(field::transfer_encoding) != (is_chunked ? 1 : 0))
        return Problem(problems::transfer_coding_is_not_supported);
    const auto expected = request.find(field::expect);
    if (expected != request.end() && !beast::iequals(expected->value(), "100-continue"))
        return Problem(problems::expectation_is_not_supported);
    return {};
}

// A body's part of what all bodies may take together, as long as its request is under way.
class Room {
public:
    explicit Room(Serving& serving) : serving_(serving) {}
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    ~Room() { keep(0); }

    bool take(std::uint64_t bytes) {
        assert(bytes_ == 0);
        bytes_ = bytes;
        const auto before = serving_.bodies_bytes.fetch_add(bytes, std::memory_order_relaxed);
        if (before + bytes <= serving_.settings.bodies_bytes_max) return true;
        keep(0);
        return false;
    }
    void keep(std::uint64_t bytes) {
        assert(bytes <= bytes_);
        serving_.bodies_bytes.fetch_sub(bytes_ - bytes, std::memory_order_relaxed);
        bytes_ = bytes;
    }

private:
    Serving& serving_;
    std::uint64_t bytes_ = 0;
};

// co_await stands alone in its statement here: GCC 12 miscompiles some conditions that hold one.
template <class Stream> class Session final : public Connection {
public:
    Session(Socket socket, Lane& lane, Serving& serving)
        : Connection(std::move(socket)),
          stream_(make_stream(serving)),
          lane_(lane),
          serving_(serving),
          room_(serving) {
        lane_.enter(*this);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() { lane_.leave(*this); }

    Task<void> serve() {
        bool goes_on = co_await shake_hands();
        while (goes_on) goes_on = co_await serve_one();
    }
    Task<void> turn_away() {
        if constexpr (!is_tls) {  // a handshake is more than a full house can afford
            Problem problem(problems::engine_has_no_free_connection);
            problem.header("Retry-After", "1");
            co_await refuse(problem);
        }
    }

private:
    static constexpr bool is_tls = std::same_as<Stream, TlsStream>;

    Stream make_stream(Serving& serving) {
        if constexpr (is_tls) {
            assert(serving.tls);
            return Stream(socket_, *serving.tls);
        } else {
            return socket_;
        }
    }

    Task<bool> shake_hands() {
        if constexpr (is_tls) {
            give_up_after(serving_.settings.handshake_time);
            const auto [error] =
                co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
            co_return !error;
        }
        co_return true;
    }

    // Whether another request may follow.
    Task<bool> serve_one() {
        parser_.emplace();  // none can be used twice
        room_.keep(0);
        parser().header_limit(serving_.settings.header_bytes_max);
        parser().body_limit(boost::none);  // by target, once that is known
        const bool is_there = co_await wait_for_request();
        if (!is_there) co_return false;
        const auto problem = co_await read_request();
        if (is_gone_) co_return false;
        if (problem) {
            co_await refuse(*problem);
            co_return false;
        }
        doing = Doing::answering;
        wait_for_ever();
        const Response response = co_await serving_.answer(parser().get());
        doing = Doing::talking;
        const bool keep_alive = parser().get().keep_alive() && !serving_.is_stopping;
        const bool is_sent = co_await send(response, keep_alive);
        const bool goes_on = is_sent && keep_alive;
        if (is_sent && !keep_alive) co_await part();
        co_return goes_on;
    }

    Task<bool> wait_for_request() {
        if (buffer_.size() != 0) co_return true;  // pipelined
        if (serving_.is_stopping) co_return false;
        doing = Doing::waiting_for_a_request;
        give_up_after(serving_.settings.idle_time);
        const auto error = co_await receive(header_read_bytes);
        doing = Doing::talking;
        co_return !error;
    }

    // A problem, or the request is whole in the parser, or the peer is gone.
    Task<std::optional<Problem>> read_request() {
        give_up_after(serving_.settings.header_time);
        auto error = co_await parse(Part::header);
        if (error) co_return told(error);
        const Received& request = parser().get();
        if (auto objection = objection_to(request, parser().chunked())) co_return objection;
        if (parser().is_done()) co_return std::nullopt;

        const auto target = request.target();
        const auto limit = serving_.settings.body_bytes_max({target.data(), target.size()});
        if (parser().content_length().value_or(0) > limit) co_return body_is_too_large(limit);
        if (parser().content_length().value_or(limit) > serving_.settings.body_bytes_unasked)
            if (auto objection = serving_.settings.objection(request)) co_return objection;
        if (!room_.take(parser().content_length().value_or(limit)))
            co_return Problem(problems::engine_is_overloaded).header("Retry-After", "1");
        parser().body_limit(limit);
        parser().eager(true);
        give_up_after(serving_.settings.body_time);
        if (request.count(field::expect) != 0 && buffer_.size() == 0) {
            const bool is_told = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
            if (!is_told) co_return std::nullopt;
        }
        error = co_await parse(Part::all);
        if (error == Unreadable::body_limit) co_return body_is_too_large(limit);
        if (error) co_return told(error);
        room_.keep(request.body().size());
        co_return std::nullopt;
    }

    std::optional<Problem> told(error_code error) {
        auto problem = problem_of(error, is_late(SteadyClock::now()));
        is_gone_ = !problem;
        return problem;
    }

    enum class Part : std::uint8_t { header, all };
    Task<error_code> parse(Part part) {
        while (part == Part::header ? !parser().is_header_done() : !parser().is_done()) {
            error_code error = Unreadable::need_more;
            if (buffer_.size() != 0) buffer_.consume(parser().put(buffer_.cdata(), error));
            if (error == Unreadable::need_more)
                error =
                    co_await receive(part == Part::header ? header_read_bytes : body_read_bytes);
            if (error) co_return error;
        }
        co_return error_code();
    }

    Task<error_code> receive(std::size_t bytes_max) {
        if (buffer_.size() + bytes_max > buffer_.max_size()) co_return Unreadable::buffer_overflow;
        const auto [error, count] =
            co_await stream_.async_read_some(buffer_.prepare(bytes_max), as_result);
        buffer_.commit(count);
        co_return error;
    }

    // Answers what cannot be served; after it nothing on the connection can be trusted.
    Task<void> refuse(const Problem& problem) {
        serving_.requests_unreadable.add();
        const Response response = problem.response();
        const bool is_sent = co_await send(response, false);
        if (is_sent) co_await part();
    }

    Task<bool> send(const Response& response, bool keep_alive) {
        const bool is_parsed = parser_ && parser().is_header_done();
        const bool has_body = !is_parsed || parser().get().method() != beast::http::verb::head;
        const Framing framing{is_parsed ? parser().get().version() : 11, keep_alive};
        out_.clear();
        append_head(out_, response, framing, std::time(nullptr));
        give_up_after(serving_.settings.response_time);
        const bool is_joined = response.body().size() <= joined_bytes_max;
        if (has_body && is_joined) out_.append(response.body());
        bool is_sent = co_await write(out_);
        if (is_sent && has_body && !is_joined) is_sent = co_await write(response.body());
        co_return is_sent;
    }

    Task<bool> write(std::string_view bytes) {
        const auto [error, count] = co_await asio::async_write(
            stream_, asio::const_buffer(bytes.data(), bytes.size()), as_result);
        is_gone_ = static_cast<bool>(error);
        co_return !error;
    }

    // Says that nothing more comes and lets the peer read it: closing while its bytes are still
    // arriving would reset the connection and take the answer with it.
    Task<void> part() {
        give_up_after(parting_time);
        if constexpr (is_tls) co_await stream_.async_shutdown(as_result);
        error_code error;
        socket_.shutdown(Socket::shutdown_send, error);
        for (std::size_t drained = 0; !error && drained < drained_bytes_max;) {
            buffer_.clear();
            const auto [failed, count] =
                co_await socket_.async_read_some(buffer_.prepare(body_read_bytes), as_result);
            error = failed;
            drained += count;
        }
    }

    Parser& parser() {
        assert(parser_);
        return *parser_;
    }

    Stream stream_;
    Lane& lane_;
    Serving& serving_;
    Room room_;
    beast::flat_buffer buffer_{buffer_bytes_max};
    std::optional<Parser> parser_;
    std::string out_;
    bool is_gone_ = false;
};

// Counts a connection as long as it is served.
class Counted {
public:
    explicit Counted(Serving& serving) : serving_(serving) { serving_.connections_open.add(1); }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() {
        serving_.connections_open.add(-1);
        serving_.connections.fetch_sub(1, std::memory_order_relaxed);
    }

private:
    Serving& serving_;
};

template <class Stream>
Task<void> serve_over(Socket socket, Lane& lane, Serving& serving, bool turned_away) {
    Session<Stream> session(std::move(socket), lane, serving);
    if (turned_away)
        co_await session.turn_away();
    else
        co_await session.serve();
}

}  // namespace

Serving::Serving(ServerSettings with, Answer by, Metrics& metrics)
    : settings(std::move(with)),
      answer(std::move(by)),
      connections_open(
          metrics.gauge("holdfast_http_connections_open", "Connections that are served now.")),
      connections_accepted(metrics.counter("holdfast_http_connections_accepted_total",
                                           "Connections that were accepted.")),
      connections_turned_away(
          metrics.counter("holdfast_http_connections_turned_away_total",
                          "Connections that were answered 503 because there were too many.")),
      requests_unreadable(
          metrics.counter("holdfast_http_requests_unreadable_total",
                          "Requests that were refused before anything could answer them.")) {}

Task<void> serve(Socket socket, Lane& lane, Serving& serving, bool turned_away) {
    const Counted counted(serving);
    if (serving.tls)
        co_await serve_over<TlsStream>(std::move(socket), lane, serving, turned_away);
    else
        co_await serve_over<Socket&>(std::move(socket), lane, serving, turned_away);
}

}  // namespace holdfast::http
