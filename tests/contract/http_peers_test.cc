// Over real sockets: a server that answers as engines do, and peers that do not.
#include "engine/adapters/web/http_peers.h"

#include <semaphore>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "tests/contract/peers_server.h"

namespace holdfast::web {
namespace {

using boost::asio::ip::tcp;

// Takes one connection, reads a request's header, says `words` and closes.
class Rude {
public:
    explicit Rude(std::string words)
        : words_(std::move(words)), thread_([this] {
              tcp::socket socket(context_);
              boost::system::error_code ignored;
              acceptor_.accept(socket, ignored);
              std::string request;
              boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n",
                                      ignored);
              boost::asio::write(socket, boost::asio::buffer(words_), ignored);
              if (words_.empty())
                  boost::asio::read(socket, boost::asio::dynamic_buffer(request), ignored);
          }) {}
    Rude(const Rude&) = delete;
    Rude& operator=(const Rude&) = delete;
    ~Rude() {  // nobody may have come
        boost::system::error_code ignored;
        tcp::socket(context_).connect(acceptor_.local_endpoint(), ignored);
    }
    std::string address() const {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }

private:
    std::string words_;
    boost::asio::io_context context_;
    tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::jthread thread_;
};

void expect_failure(const std::string& words, Error::Code code, const std::string& reason) {
    Metrics metrics;
    auto settings = settings_of("right");
    if (words.empty()) settings.line.answer_time = milliseconds(50);
    HttpPeers peers(settings, metrics);
    const Rude rude(words);
    const auto answer = ask(peers, rude.address());
    ASSERT_FALSE(answer) << words;
    EXPECT_EQ(answer.error().code, code) << words << answer.error().detail;
    EXPECT_EQ(failed(metrics, reason), 1U) << words;
}

TEST(HttpPeers, say_that_the_outcome_is_unknown_when_an_answer_breaks_off) {
    const std::string header = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    for (const auto& words : {std::string("HTT"), header, header + "half of it"})
        expect_failure(words, Error::unavailable, "broken");
}
TEST(HttpPeers, say_that_the_outcome_is_unknown_when_no_answer_comes_in_time) {
    expect_failure("", Error::unavailable, "timed_out");
}
TEST(HttpPeers, say_that_the_outcome_is_unknown_when_the_answer_cannot_be_read) {
    expect_failure("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwhat", Error::unavailable,
                   "unreadable");
    const auto too_few = wire::to_bytes(std::span<const wire::PeerOutcome>());
    expect_failure("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(too_few.size()) +
                       "\r\n\r\n" + too_few,
                   Error::unavailable, "unreadable");
    expect_failure("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", Error::unavailable,
                   "broken");
}
TEST(HttpPeers, say_that_nothing_was_decided_when_they_are_turned_away) {
    const auto status = [](const std::string& line) {
        return "HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n";
    };
    expect_failure(status("403 Forbidden"), Error::conflict, "unauthorized");
    expect_failure(status("404 Not Found"), Error::conflict, "refused");
    expect_failure(status("503 Service Unavailable"), Error::overloaded, "refused");
    expect_failure(status("500 Internal Server Error"), Error::unavailable, "refused");
}
TEST(HttpPeers, are_turned_away_with_another_credential) {
    const PeersServer fixture;
    Metrics metrics;
    HttpPeers peers(settings_of("wrong"), metrics);
    const auto answer = ask(peers, fixture.address());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Error::conflict);
    EXPECT_EQ(failed(metrics, "unauthorized"), 1U);
}

TEST(HttpPeers, count_as_forwarded_what_has_a_record_and_nothing_else) {
    PeersServer fixture;
    std::optional<Error::Code> why;
    fixture.serve = [&why](const PeerQuestion& question, const PeerTold& told) {
        if (why) return told(std::unexpected(Error{*why, "so it is"}));
        told(answer_to(question));
    };
    const auto& forwarded = fixture.metrics.counter("holdfast_commands_forwarded_total", "");
    EXPECT_TRUE(ask(*fixture.own, fixture.address()));
    EXPECT_EQ(forwarded.value(), 1U);
    for (const auto& [code, reason] :
         {std::pair(Error::conflict, "not_led"), std::pair(Error::overloaded, "refused"),
          std::pair(Error::refused, "not_confirmed"),
          std::pair(Error::unavailable, "not_confirmed"),
          std::pair(Error::damaged, "not_confirmed")}) {
        why = code;
        const auto before = failed(fixture.metrics, reason);
        EXPECT_FALSE(ask(*fixture.own, fixture.address()));
        EXPECT_EQ(failed(fixture.metrics, reason), before + 1) << reason;
    }
    EXPECT_EQ(forwarded.value(), 1U);
}

TEST(HttpPeers, give_up_what_waits_behind_a_message_that_is_late) {
    Metrics metrics;
    auto settings = settings_of("right");
    settings.line.answer_time = milliseconds(50);
    settings.message_commands_max = 1;
    HttpPeers peers(settings, metrics);
    const Rude silent("");
    std::promise<Error::Code> first, second;
    for (auto* code : {&first, &second})
        peers.ask(silent.address(), {{1, 0}, "x"},
                  [code](const auto& answer) { code->set_value(answer.error().code); });
    EXPECT_EQ(first.get_future().get(), Error::unavailable);
    EXPECT_EQ(second.get_future().get(), Error::conflict) << "it was never sent";
    EXPECT_EQ(failed(metrics, "timed_out"), 2U);
}

// Takes one connection after the other: answers one message on each, and waits until it is closed.
class OneMessageEach {
public:
    explicit OneMessageEach(int connections)
        : thread_([this, connections] {
              for (int i = 0; i < connections; ++i) serve();
          }) {}
    std::string address() const {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    // A connection was closed by its other end.
    std::counting_semaphore<> closed{0};

private:
    void serve() {
        tcp::socket socket(context_);
        boost::system::error_code error;
        acceptor_.accept(socket, error);
        boost::beast::flat_buffer buffer;
        http::Received request;
        boost::beast::http::read(socket, buffer, request, error);
        const std::vector<wire::PeerOutcome> answers{PeerAnswer{1, 7, {}}};
        const auto body = wire::to_bytes(answers);
        boost::asio::write(socket,
                           boost::asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: " +
                                               std::to_string(body.size()) + "\r\n\r\n" + body),
                           error);
        char more = 0;
        boost::asio::read(socket, boost::asio::buffer(&more, 1), error);
        if (error == boost::asio::error::eof) closed.release();
    }

    boost::asio::io_context context_;
    tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::jthread thread_;
};

TEST(HttpPeers, close_a_line_that_is_idle_and_open_it_again) {
    constexpr int times = 3;
    OneMessageEach engine(times);
    Metrics metrics;
    auto settings = settings_of("right");
    settings.line.idle_time = milliseconds(1);
    HttpPeers peers(settings, metrics);
    for (int i = 0; i < times; ++i) {
        const auto answer = ask(peers, engine.address());
        ASSERT_TRUE(answer) << answer.error().detail;
        EXPECT_EQ(answer->sequence, 7U);
        EXPECT_TRUE(engine.closed.try_acquire_for(std::chrono::seconds(10)));
    }
}

TEST(HttpPeers, take_no_more_than_they_may_have_under_way) {
    Metrics metrics;
    auto settings = settings_of("right");
    settings.commands_max = 3;
    settings.bytes_max = 10;
    const Rude silent("");  // until the peers go
    HttpPeers peers(settings, metrics);
    const auto is_refused = [&](const std::string& address, std::size_t bytes) {
        bool refused = false;
        peers.ask(address, {{1, 0}, std::string(bytes, 'x')}, [&refused](const auto& answer) {
            refused = !answer && answer.error().code == Error::overloaded;
        });
        return refused;
    };
    EXPECT_TRUE(is_refused(silent.address(), 11));
    peers.ask(silent.address(), {{1, 0}, "x"}, [](const auto&) {});
    peers.ask(silent.address(), {{1, 0}, "x"}, [](const auto&) {});
    EXPECT_TRUE(is_refused(silent.address(), 9));
    peers.ask(silent.address(), {{1, 0}, "x"}, [](const auto&) {});
    EXPECT_TRUE(is_refused(silent.address(), 1));
    EXPECT_EQ(failed(metrics, "too_much"), 3U);
}

TEST(HttpPeers, reach_an_engine_again_that_began_anew_at_its_address) {
    PeersServer fixture;
    fixture.serve = [](const PeerQuestion& question, const PeerTold& told) {
        told(answer_to(question));
    };
    EXPECT_TRUE(ask(*fixture.own, fixture.address()));
    auto settings = PeersServer::server_settings();
    settings.port = fixture.server->port();
    fixture.server.reset();
    const auto address = "127.0.0.1:" + std::to_string(settings.port);
    EXPECT_EQ(ask(*fixture.own, address).error().code, Error::conflict);
    fixture.server =
        http::Server::listen(
            settings, [&](const http::Received& received) { return fixture.answer(received); },
            fixture.metrics)
            .value();
    fixture.server->run(1);
    EXPECT_TRUE(ask(*fixture.own, address));
}

}  // namespace
}  // namespace holdfast::web

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Http, PeersContract, web::PeersServer);
}  // namespace holdfast
