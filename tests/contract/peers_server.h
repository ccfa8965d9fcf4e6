// PeersServer: a server that answers as engines do, and peers that ask it; over TLS when it has a
// certificate.
#pragma once

#include <chrono>

#include "engine/adapters/web/http_peers.h"
#include "engine/http/server.h"
#include "tests/contract/peers_contract.h"
#include "tests/support/self_signed.h"

namespace holdfast::web {

using std::chrono::milliseconds;

inline HttpPeersSettings settings_of(const std::string& credential) {
    HttpPeersSettings settings;
    settings.line.credential = credential;
    settings.line.answer_time = milliseconds(20'000);
    return settings;
}
inline HttpPeersSettings trusting(const SelfSigned& signer) {
    auto settings = settings_of("right");
    settings.line.trust = trust(signer.certificate()).value();
    return settings;
}

struct PeersServer {
    explicit PeersServer(const SelfSigned* certificate = nullptr)
        : own(std::make_unique<HttpPeers>(
              certificate ? trusting(*certificate) : settings_of("right"), metrics)) {
        auto settings = server_settings();
        if (certificate) settings.tls = {certificate->certificate(), certificate->private_key()};
        server = http::Server::listen(
                     settings, [this](const http::Received& received) { return answer(received); },
                     metrics)
                     .value();
        server->run(1);
    }
    ~PeersServer() { server.reset(); }
    PeersServer(const PeersServer&) = delete;
    PeersServer& operator=(const PeersServer&) = delete;

    static http::ServerSettings server_settings() {
        http::ServerSettings settings;
        settings.body_bytes_max = [](std::string_view) { return wire::peer_questions_bytes_max; };
        return settings;
    }
    http::Task<http::Response> answer(const http::Received& received) const {
        if (received["Authorization"] != "Bearer right" ||
            received.target() != "/internal/v1/commands")
            co_return http::Response(401);
        std::vector<wire::PeerOutcome> answers;
        auto questions = wire::read_peer_questions(received.body()).value();
        for (auto& question : questions)
            serve(std::move(question),
                  [&](auto outcome) { answers.push_back(std::move(outcome)); });
        http::Response response(200);
        response.body(wire::peer_media_type, wire::to_bytes(answers));
        co_return response;
    }
    Peers& peers() { return *own; }
    std::string address() const { return address_at("127.0.0.1"); }
    std::string address_at(const std::string& host) const {
        return host + ":" + std::to_string(server->port());
    }
    void run() {}

    Serve serve;
    Metrics metrics;
    std::unique_ptr<http::Server> server;
    std::unique_ptr<HttpPeers> own;
};

inline std::expected<PeerAnswer, Error> ask(HttpPeers& peers, const std::string& address) {
    std::promise<std::expected<PeerAnswer, Error>> promise;
    peers.ask(address, {{1, 0}, "x"}, [&](auto answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

inline std::uint64_t failed(Metrics& metrics, const std::string& reason) {
    return metrics.counter("holdfast_commands_not_forwarded_total", "", {{"reason", reason}})
        .value();
}

}  // namespace holdfast::web
