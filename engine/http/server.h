// Server: listens, reads requests, sends what `answer` makes of each.
//
// Order      one request at a time on a connection: what a client pipelines is answered in order.
// Lifetime   an answer that is still being made when stop()'s grace ends is dropped: whatever would
//            complete it must have stopped before the Server is destroyed.
// Threading  run() starts the I/O threads, the only place that does; `answer` is called on them.
//            listen(), run(), stop(): by one thread.
// Limits     ServerSettings; a peer that is slower than they allow is answered 408 or dropped.
// Errors     refused: the address, the certificate or its key cannot be used; say so and end.
// Source     RFC 9110, RFC 9112.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/http/message.h"
#include "engine/http/problems.h"
#include "engine/ports/error.h"
#include "engine/ports/metrics.h"

namespace holdfast::http {

struct TlsFiles {
    std::string certificate;  // PEM, the chain
    std::string private_key;  // PEM
};

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: a free one
    std::optional<TlsFiles> tls;

    std::uint32_t connections_max = 4'096;
    std::uint32_t header_bytes_max = 16 * 1'024;
    std::function<std::uint64_t(std::string_view target)> body_bytes_max = [](std::string_view) {
        return 1U << 20U;
    };
    // Of all bodies that are being read or answered: what would go beyond is 503 before it is read.
    // One whose length is not said counts as the longest its target may have until it is read.
    std::uint64_t bodies_bytes_max = 256U << 20U;
    // Asked before a body is read that is larger than this, or does not say how large it is.
    std::uint64_t body_bytes_unasked = 64 * 1'024;
    std::function<std::optional<Problem>(const Received& header)> objection = [](const Received&) {
        return std::nullopt;
    };

    std::chrono::milliseconds handshake_time{10'000};
    std::chrono::milliseconds idle_time{75'000};      // between two requests
    std::chrono::milliseconds header_time{10'000};    // from a request's first byte
    std::chrono::milliseconds body_time{30'000};      // from the end of its header
    std::chrono::milliseconds response_time{30'000};  // until the peer has taken all of it
};

// Called with a request that stays where it is until the task has ended.
using Answer = std::function<Task<Response>(const Received&)>;

class Server {
public:
    static std::expected<std::unique_ptr<Server>, Error> listen(ServerSettings settings,
                                                                Answer answer, Metrics& metrics);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();  // stop() without grace

    std::uint16_t port() const;
    bool is_loopback() const;

    void run(unsigned threads);

    // Accepts nothing more, lets what is being answered be answered for at most `grace`, with
    // `Connection: close`, and joins the threads. Once one connection has ended because of it, no
    // other begins a request.
    void stop(std::chrono::milliseconds grace);

private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast::http
