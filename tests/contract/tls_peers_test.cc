// Peers that speak TLS, and whom they do not believe.
#include <fstream>

#include "tests/contract/peers_server.h"

namespace holdfast::web {
namespace {

// To a certificate a name, and to a resolver 127.0.0.1, also where no file says what localhost is.
constexpr const char* name_of_this_machine = "127.1";

const SelfSigned& own_certificate() {
    static const SelfSigned certificate("DNS:127.1,IP:127.0.0.1");
    return certificate;
}

struct TlsServer : PeersServer {
    explicit TlsServer(const SelfSigned& certificate = own_certificate())
        : PeersServer(&certificate) {
        serve = [](const PeerQuestion& question, const PeerTold& told) {
            told(answer_to(question));
        };
    }
};

void expect_distrust(const HttpPeersSettings& settings, const std::string& address) {
    Metrics metrics;
    HttpPeers peers(settings, metrics);
    const auto answer = ask(peers, address);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Error::conflict) << answer.error().detail;
    EXPECT_EQ(failed(metrics, "untrusted"), 1U) << answer.error().detail;
}

TEST(TlsPeers, keep_a_line_open) {
    TlsServer server;
    const auto& accepted = server.metrics.counter("holdfast_http_connections_accepted_total", "");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(*server.own, server.address()));
    EXPECT_EQ(accepted.value(), 1U);
}
TEST(TlsPeers, believe_a_certificate_for_the_name_that_was_asked_for) {
    const TlsServer server;
    EXPECT_TRUE(ask(*server.own, server.address_at(name_of_this_machine)));
}
TEST(TlsPeers, do_not_believe_a_certificate_that_somebody_else_signed) {
    const TlsServer server;
    const SelfSigned other;
    expect_distrust(trusting(other), server.address());
}
TEST(TlsPeers, do_not_believe_a_certificate_for_another_name) {
    const SelfSigned elsewhere("DNS:elsewhere.example,IP:127.0.0.2");
    const TlsServer server(elsewhere);
    for (const auto* host : {name_of_this_machine, "127.0.0.1"})
        expect_distrust(trusting(elsewhere), server.address_at(host));
}
TEST(TlsPeers, do_not_believe_whom_the_system_does_not_know) {
    const TlsServer server;
    auto settings = settings_of("right");
    settings.line.trust = trust("").value();
    expect_distrust(settings, server.address());
}
TEST(TlsPeers, say_nothing_to_a_server_without_tls) {
    PeersServer plain;
    plain.serve = [](const PeerQuestion&, const PeerTold&) { FAIL() << "it was asked"; };
    expect_distrust(trusting(own_certificate()), plain.address());
}
TEST(TlsPeers, are_not_believed_to_be_there_by_plain_ones) {
    const TlsServer server;
    Metrics metrics;
    HttpPeers peers(settings_of("right"), metrics);
    EXPECT_FALSE(ask(peers, server.address()));
}
TEST(TlsPeers, want_a_file_with_authorities_in_it) {
    const TemporaryFolder folder;
    const auto empty = folder.path() / "empty.pem";
    std::ofstream(empty) << "nothing\n";
    for (const std::string file : {"/nonexistent.pem", empty.c_str()}) {
        const auto refused = trust(file);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Error::refused);
        EXPECT_NE(refused.error().detail.find(file), std::string::npos) << refused.error().detail;
    }
}

}  // namespace
}  // namespace holdfast::web

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Tls, PeersContract, web::TlsServer);
}  // namespace holdfast
