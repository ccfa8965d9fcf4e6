#include "bench/year/client.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "bench/year/rows.h"

namespace holdfast::year {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using namespace std::chrono_literals;
using Ended = boost::system::error_code;

constexpr auto answer_within = 60s;
constexpr auto patience = 120s;
constexpr auto pause_least = 20ms, pause_most = 1'000ms;

}  // namespace

// One attempt. Asynchronous calls, one at a time, because only those have deadlines.
class Client::Connection {
public:
    std::optional<Answer> ask(const Place& place, const Asking& asking) {
        if (!stream_ && !connect(place)) return {};
        http::request<http::string_body> request(http::string_to_verb(asking.method), asking.path,
                                                 11);
        request.set(http::field::host, place.host);
        if (!asking.key.empty()) request.set("Idempotency-Key", asking.key);
        if (asking.time_ms) request.set("Holdfast-Time", std::to_string(asking.time_ms));
        if (!asking.body.empty())
            request.set(http::field::content_type,
                        beast::string_view(asking.media_type.data(), asking.media_type.size()));
        request.body() = asking.body;
        request.prepare_payload();
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        if (!done([&](auto then) { http::async_write(*stream_, request, then); }) ||
            !done([&](auto then) { http::async_read(*stream_, buffer_, parser, then); })) {
            stream_.reset();
            return {};
        }
        if (!parser.get().keep_alive()) stream_.reset();
        const bool is_repeated = parser.get()["Idempotent-Replayed"] == "true";
        return Answer{parser.get().result_int(), std::move(parser.get().body()), is_repeated};
    }

private:
    bool connect(const Place& place) {
        Ended failed;
        asio::ip::tcp::resolver resolver(context_);
        const auto found = resolver.resolve(place.host, place.port, failed);
        if (failed) return false;
        buffer_.clear();
        stream_.emplace(context_);
        if (!done([&](auto then) { stream_->async_connect(found, then); })) {
            stream_.reset();
            return false;
        }
        stream_->socket().set_option(asio::ip::tcp::no_delay(true), failed);
        return true;
    }
    template <class Start> bool done(Start start) {
        assert(stream_);
        Ended ended = asio::error::timed_out;
        stream_->expires_after(answer_within);
        start([&ended](Ended how, const auto&) { ended = how; });
        context_.restart();
        context_.run();
        return !ended;
    }

    asio::io_context context_{1};
    std::optional<beast::tcp_stream> stream_;
    beast::flat_buffer buffer_;
};

Place place_from(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    const auto colon = url.rfind(':');
    if (colon == std::string_view::npos) stop("the url needs a host and a port");
    return {std::string(url.substr(0, colon)), std::string(url.substr(colon + 1))};
}

std::string Answer::problem() const {
    constexpr std::string_view before = "/problems/";
    const auto at = body.find(before);
    if (at == std::string::npos) return {};
    const auto from = at + before.size();
    return body.substr(from, body.find('"', from) - from);
}

bool wants_another_try(const Answer& answer) {
    return answer.status == 503 || answer.status == 429 ||
           (answer.status == 409 && answer.problem().ends_with("in_flight"));
}

Client::Client(Place place)
    : place_(std::move(place)), connection_(std::make_unique<Connection>()) {}
Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

Answer Client::ask(const Asking& asking) {
    const auto until = std::chrono::steady_clock::now() + patience;
    auto pause = pause_least;
    for (bool is_first = true;; is_first = false) {
        auto answer = connection_->ask(place_, asking);
        if (answer && !wants_another_try(*answer)) {
            answer->is_repeated &= is_first;
            return *std::move(answer);
        }
        if (std::chrono::steady_clock::now() > until)
            stop(asking.method + " " + asking.path +
                 (answer
                      ? " is still answered " + std::to_string(answer->status) + ": " + answer->body
                      : " finds no engine at " + place_.host + ":" + place_.port));
        std::this_thread::sleep_for(pause);
        pause = std::min<std::chrono::milliseconds>(pause * 2, pause_most);
    }
}

}  // namespace holdfast::year
