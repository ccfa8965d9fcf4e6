// PeerLine: one connection to another engine, kept open, over TLS where there is Trust; one message
// at a time goes over it.
//
// Threading  its context's one thread.
// Limits     PeerLineSettings. The system's resolver looks one name up at a time, for as long as it
//            takes: who waits for it waits no longer than for a connection, but the resolver's
//            thread, and with it the context's destructor, may go on for long.
// Errors     a Failure, with what everybody whose question was in the message is to be told.
// Source     RFC 9112.
#pragma once

#include <chrono>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "engine/adapters/web/trust.h"
#include "engine/wire/peer.h"

namespace holdfast::web {

using Executor = boost::asio::io_context::executor_type;
template <class T> using Task = boost::asio::awaitable<T, Executor>;
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Executor>> as_result{};

struct PeerLineSettings {
    std::string credential;
    Trust trust;                                    // null: plain HTTP
    std::chrono::milliseconds connect_time{2'000};  // and as long to find the address of a name
    std::chrono::milliseconds answer_time{15'000};  // from the question's first byte
    std::chrono::milliseconds idle_time{60'000};    // less than a server keeps it
};

struct Failure {
    enum Reason : std::uint8_t {
        unreachable,
        untrusted,
        broken,
        timed_out,
        unauthorized,
        refused,
        unreadable
    };
    Reason reason;
    Error error;
};

class PeerLine {
public:
    using Exchanged = std::expected<std::vector<wire::PeerOutcome>, Failure>;

    PeerLine(boost::asio::io_context& context, const PeerLineSettings& settings,
             std::string address);

    Task<Exchanged> exchange(const std::vector<PeerQuestion>& questions);
    const std::string& address() const { return address_; }

private:
    using Tcp = boost::asio::ip::tcp;
    using Endpoints = Tcp::resolver::results_type;
    using Stream = boost::beast::basic_stream<Tcp, Executor>;
    using TlsStream = boost::asio::ssl::stream<Stream&>;
    using Request = boost::beast::http::request<boost::beast::http::string_body>;

    bool is_open();
    void close();
    Task<std::optional<Failure>> open();
    Task<std::optional<Failure>> shake_hands();
    Task<std::expected<Endpoints, Failure>> look_up();
    template <class Over>
    Task<Exchanged> exchange(Over& over, const std::vector<PeerQuestion>& questions);
    Request request_with(const std::vector<PeerQuestion>& questions) const;
    Exchanged read(unsigned status, const std::string& body, std::size_t questions) const;
    Failure failed(Failure::Reason reason, Error::Code code, const std::string& why) const;

    boost::asio::io_context& context_;
    const PeerLineSettings& settings_;
    std::string address_;
    std::optional<Stream> stream_;
    std::optional<TlsStream> tls_;  // over stream_
    boost::beast::flat_buffer buffer_;
};

}  // namespace holdfast::web
