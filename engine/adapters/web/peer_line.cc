#include "engine/adapters/web/peer_line.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "engine/ports/address.h"

namespace holdfast::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::field;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;

// A name that is looked up. The system's resolver cannot be stopped: what it finds when nobody
// waits for it any more ends here.
struct Search {
    explicit Search(const Executor& executor) : resolver(executor), bell(executor) {}
    asio::ip::basic_resolver<Tcp, Executor> resolver;
    Timer bell;  // rings when it is found, or late
    error_code error = asio::error::timed_out;
    Tcp::resolver::results_type found;
};

}  // namespace

PeerLine::PeerLine(asio::io_context& context, const PeerLineSettings& settings, std::string address)
    : context_(context), settings_(settings), address_(std::move(address)) {}

Failure PeerLine::failed(Failure::Reason reason, Error::Code code, const std::string& why) const {
    return {reason, {code, "the engine at " + address_ + ": " + why}};
}

// Whether the other end has not closed it meanwhile.
bool PeerLine::is_open() {
    if (!stream_) return false;
    error_code error;
    char more = 0;
    stream_->socket().non_blocking(true, error);
    stream_->socket().receive(asio::buffer(&more, 1), Tcp::socket::message_peek, error);
    return error == asio::error::would_block;
}

void PeerLine::close() {
    tls_.reset();
    stream_.reset();
    buffer_.clear();
}

Task<std::expected<PeerLine::Endpoints, Failure>> PeerLine::look_up() {
    const auto place = read_address(address_);
    if (!place)
        co_return std::unexpected(
            failed(Failure::unreachable, Error::conflict, "that is no address"));
    const auto port = std::to_string(place->port);
    error_code error;
    const auto ip = asio::ip::make_address(place->host, error);
    if (!error) co_return Endpoints::create(Tcp::endpoint(ip, place->port), place->host, port);
    const auto search = std::make_shared<Search>(context_.get_executor());
    search->bell.expires_after(settings_.connect_time);
    search->resolver.async_resolve(place->host, port, Tcp::resolver::numeric_service,
                                   [search](const error_code& failure, const auto& found) {
                                       search->error = failure;
                                       search->found = found;
                                       search->bell.cancel();
                                   });
    co_await search->bell.async_wait(as_result);
    if (search->error)
        co_return std::unexpected(
            failed(Failure::unreachable, Error::conflict, search->error.message()));
    co_return search->found;
}

Task<std::optional<Failure>> PeerLine::open() {
    close();
    const auto endpoints = co_await look_up();
    if (!endpoints) co_return endpoints.error();
    stream_.emplace(context_.get_executor());
    stream_->expires_after(settings_.connect_time);
    const auto [failure, connected] = co_await stream_->async_connect(*endpoints, as_result);
    if (failure) {
        close();
        co_return failed(Failure::unreachable, Error::conflict, failure.message());
    }
    error_code ignored;  // it is slower then
    stream_->socket().set_option(Tcp::no_delay(true), ignored);
    if (!settings_.trust) co_return std::nullopt;
    co_return co_await shake_hands();
}

Task<std::optional<Failure>> PeerLine::shake_hands() {
    const auto host = read_address(address_)->host;  // it was looked up
    tls_.emplace(*stream_, *settings_.trust);
    error_code failure;
    tls_->set_verify_callback(asio::ssl::host_name_verification(host), failure);
    asio::ip::make_address(host, failure);
    const bool is_name = static_cast<bool>(failure);  // RFC 6066: an address is not said
    if (is_name) SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
    const auto [untrusted] =
        co_await tls_->async_handshake(asio::ssl::stream_base::client, as_result);
    if (!untrusted) co_return std::nullopt;
    close();
    const bool is_of_tls = untrusted.category() == asio::error::get_ssl_category();
    co_return failed(is_of_tls ? Failure::untrusted : Failure::unreachable, Error::conflict,
                     untrusted.message());
}

PeerLine::Request PeerLine::request_with(const std::vector<PeerQuestion>& questions) const {
    Request request(beast::http::verb::post, {wire::peer_path.data(), wire::peer_path.size()}, 11);
    request.set(field::host, address_);
    request.set(field::authorization, "Bearer " + settings_.credential);
    request.set(field::content_type,
                beast::string_view(wire::peer_media_type.data(), wire::peer_media_type.size()));
    request.body() = wire::to_bytes(questions);
    request.prepare_payload();
    return request;
}

Task<PeerLine::Exchanged> PeerLine::exchange(const std::vector<PeerQuestion>& questions) {
    if (!is_open()) {
        auto failure = co_await open();
        if (failure) co_return std::unexpected(*std::move(failure));
    }
    if (tls_) co_return co_await exchange(*tls_, questions);
    co_return co_await exchange(*stream_, questions);
}

template <class Over>
Task<PeerLine::Exchanged> PeerLine::exchange(Over& over,
                                             const std::vector<PeerQuestion>& questions) {
    const auto request = request_with(questions);
    stream_->expires_after(settings_.answer_time);
    const auto [unsent, sent] = co_await beast::http::async_write(over, request, as_result);
    if (unsent) {  // not all of it: nothing is decided of half a message
        close();
        co_return std::unexpected(failed(Failure::broken, Error::conflict, unsent.message()));
    }
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(wire::peer_answers_bytes_max);
    const auto [unread, count] = co_await beast::http::async_read(over, buffer_, parser, as_result);
    if (unread) {
        const bool is_late = unread == beast::error::timeout;
        close();
        co_return std::unexpected(failed(is_late ? Failure::timed_out : Failure::broken,
                                         Error::unavailable, unread.message()));
    }
    const auto response = parser.release();
    if (!response.keep_alive()) close();
    co_return read(response.result_int(), response.body(), questions.size());
}

PeerLine::Exchanged PeerLine::read(unsigned status, const std::string& body,
                                   std::size_t questions) const {
    const auto refusal = [&](Failure::Reason reason, Error::Code code) {
        return std::unexpected(failed(reason, code, "it answered " + std::to_string(status)));
    };
    switch (status) {
        case 200: break;
        case 401:
        case 403: return refusal(Failure::unauthorized, Error::conflict);
        case 503: return refusal(Failure::refused, Error::overloaded);
        default:
            return refusal(Failure::refused, status < 500 ? Error::conflict : Error::unavailable);
    }
    auto answers = wire::read_peer_answers(body);
    if (answers && answers->size() == questions) return *std::move(answers);
    return std::unexpected(
        failed(Failure::unreadable, Error::unavailable, "its answer cannot be read"));
}

}  // namespace holdfast::web
