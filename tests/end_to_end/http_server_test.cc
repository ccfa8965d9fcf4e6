// The server over real sockets: what peers do wrong, slowly, at once, or while it stops.
#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <gtest/gtest.h>

#include "engine/http/lane.h"
#include "engine/http/server.h"
#include "tests/support/http_connection.h"
#include "tests/support/self_signed.h"
#include "tests/support/tls_connection.h"

namespace holdfast::http {
namespace {

using std::chrono::milliseconds;

// Answers with what it was asked.
Task<Response> echo(const Received& request) {
    Response response(200);
    std::string text(request.method_string());
    text.append(" ").append(request.target()).append(" ").append(request.body());
    response.body("text/plain", std::move(text));
    co_return response;
}

ServerSettings small() {
    ServerSettings settings;
    settings.body_bytes_max = [](std::string_view target) { return target == "/batch" ? 40 : 10; };
    return settings;
}

class Running {
public:
    explicit Running(ServerSettings settings = small(), Answer answer = echo)
        : server_(Server::listen(std::move(settings), std::move(answer), metrics_).value()) {
        server_->run(2);
    }
    Server& server() const { return *server_; }
    std::uint16_t port() const { return server_->port(); }
    HttpResponse ask(std::string_view request) const { return HttpConnection(port()).ask(request); }

private:
    Metrics metrics_;
    std::unique_ptr<Server> server_;
};

std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: here\r\n\r\n";
}
std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: here\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}
void expect_problem(const HttpResponse& response, unsigned status, std::string_view name) {
    EXPECT_EQ(response.result_int(), status);
    EXPECT_EQ(response["Content-Type"], "application/problem+json");
    EXPECT_EQ(response["Connection"], "close");
    EXPECT_NE(response.body().find("\"/problems/" + std::string(name) + "\""), std::string::npos)
        << response.body();
}

TEST(HttpServer, keeps_a_connection_for_many_requests) {
    const Running running;
    HttpConnection connection(running.port());
    for (int i = 0; i < 3; ++i) {
        const auto response = connection.ask(post("/a", "body"));
        EXPECT_EQ(response.body(), "POST /a body");
        EXPECT_TRUE(response.keep_alive());
        EXPECT_EQ(response.count("Date"), 1U);
    }
}
TEST(HttpServer, answers_what_is_pipelined_one_after_the_other) {
    const Running running;
    HttpConnection connection(running.port());
    ASSERT_TRUE(connection.send(get("/1") + post("/2", "two") + get("/3")));
    EXPECT_EQ(connection.receive().body(), "GET /1 ");
    EXPECT_EQ(connection.receive().body(), "POST /2 two");
    EXPECT_EQ(connection.receive().body(), "GET /3 ");
}
TEST(HttpServer, reads_a_request_that_comes_byte_by_byte) {
    const Running running;
    HttpConnection connection(running.port());
    for (const char letter : post("/a", "body"))
        ASSERT_TRUE(connection.send(std::string_view(&letter, 1)));
    EXPECT_EQ(connection.receive().body(), "POST /a body");
}
TEST(HttpServer, sends_a_head_without_its_body) {
    const Running running;
    HttpConnection connection(running.port());
    ASSERT_TRUE(connection.send("HEAD /a HTTP/1.1\r\nHost: here\r\n\r\n" + get("/b")));
    const auto head = connection.receive(HttpConnection::Body::is_left_out);
    EXPECT_EQ(head["Content-Length"], std::to_string(std::string_view("HEAD /a ").size()));
    EXPECT_EQ(connection.receive().body(), "GET /b ");
}
TEST(HttpServer, closes_when_the_client_says_so_or_speaks_http_1_0) {
    const Running running;
    for (const std::string_view request :
         {"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        HttpConnection connection(running.port());
        EXPECT_EQ(connection.ask(request).body(), "GET / ");
        EXPECT_TRUE(connection.is_at_end());
    }
}
TEST(HttpServer, asks_for_the_body_that_a_client_holds_back) {
    const Running running;
    HttpConnection connection(running.port());
    ASSERT_TRUE(connection.send(
        "POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"));
    const auto go_on = connection.receive(HttpConnection::Body::is_left_out);
    EXPECT_EQ(go_on.result_int(), 100U);
    EXPECT_EQ(connection.ask("body").body(), "POST /a body");
}
TEST(HttpServer, refuses_a_held_back_body_that_is_too_large_before_it_is_sent) {
    const Running running;
    expect_problem(running.ask("POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 11\r\n"
                               "Expect: 100-continue\r\n\r\n"),
                   413, "body_is_too_large");
}
TEST(HttpServer, limits_a_body_by_its_target) {
    const Running running;
    EXPECT_EQ(running.ask(post("/a", std::string(10, 'x'))).result_int(), 200U);
    const auto refused = running.ask(post("/a", std::string(11, 'x')));
    expect_problem(refused, 413, "body_is_too_large");
    EXPECT_NE(refused.body().find("\"limit\":10"), std::string::npos);
    EXPECT_EQ(running.ask(post("/batch", std::string(40, 'x'))).result_int(), 200U);
    expect_problem(running.ask(post("/batch", std::string(41, 'x'))), 413, "body_is_too_large");
}
TEST(HttpServer, limits_a_body_in_chunks_by_their_sum) {
    const Running running;
    const std::string head = "POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(running.ask(head + "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n").body(), "POST /a abcde");
    expect_problem(running.ask(head + "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"), 413,
                   "body_is_too_large");
}
TEST(HttpServer, says_that_a_body_is_too_large_while_more_of_it_arrives) {
    const Running running;
    expect_problem(running.ask(post("/a", std::string(300'000, 'x'))), 413, "body_is_too_large");
}
TEST(HttpServer, limits_the_header) {
    const Running running;
    const auto with = [](std::size_t bytes) {
        return "GET / HTTP/1.1\r\nHost: here\r\nX: " + std::string(bytes, 'x') + "\r\n\r\n";
    };
    EXPECT_EQ(running.ask(with(16'000)).result_int(), 200U);
    expect_problem(running.ask(with(17'000)), 431, "header_is_too_large");
    expect_problem(running.ask(std::string(17'000, 'G')), 431, "header_is_too_large");
}
TEST(HttpServer, refuses_what_is_not_http) {
    const Running running;
    for (const std::string_view request :
         {"GET\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "G\x01T / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost here\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x01 a TLS hello\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        SCOPED_TRACE(request);
        HttpConnection connection(running.port());
        expect_problem(connection.ask(request), 400, "request_is_malformed");
        EXPECT_TRUE(connection.is_at_end());
    }
}
TEST(HttpServer, says_which_part_of_http_it_does_not_speak) {
    const Running running;
    expect_problem(running.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505,
                   "http_version_is_not_supported");
    expect_problem(running.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
                   501, "transfer_coding_is_not_supported");
    expect_problem(running.ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n"
                               "Content-Length: 1\r\n\r\nx"),
                   417, "expectation_is_not_supported");
}
TEST(HttpServer, hands_on_methods_that_it_does_not_know) {
    const Running running;
    EXPECT_EQ(running.ask("QUERY /a HTTP/1.1\r\nHost: here\r\n\r\n").body(), "QUERY /a ");
}

TEST(HttpServer, gives_up_on_a_header_that_does_not_end) {
    auto settings = small();
    settings.header_time = milliseconds(1);
    const Running running(settings);
    expect_problem(running.ask("GET / HTTP/1.1\r\nHost: he"), 408, "request_took_too_long");
}
TEST(HttpServer, gives_up_on_a_body_that_does_not_end) {
    auto settings = small();
    settings.body_time = milliseconds(1);
    const Running running(settings);
    expect_problem(running.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo"), 408,
                   "request_took_too_long");
}
TEST(HttpServer, closes_a_connection_that_asks_nothing) {
    auto settings = small();
    settings.idle_time = milliseconds(1);
    const Running running(settings);
    HttpConnection connection(running.port());
    EXPECT_TRUE(connection.is_at_end());
}
TEST(HttpServer, drops_a_client_that_does_not_take_its_answer) {
    auto settings = small();
    settings.response_time = milliseconds(1);
    std::promise<void> asked;
    const Running running(settings, [&](const Received&) -> Task<Response> {
        asked.set_value();
        Response response(200);
        response.body("text/plain", std::string(64U << 20U, 'x'));
        co_return response;
    });
    HttpConnection connection(running.port());
    ASSERT_TRUE(connection.send(get("/")));
    asked.get_future().wait();
    const auto before = SteadyClock::now();
    running.server().stop(milliseconds(20'000));
    EXPECT_LT(SteadyClock::now() - before, milliseconds(20'000));
}
TEST(HttpServer, says_that_it_has_no_free_connection) {
    auto settings = small();
    settings.connections_max = 1;
    const Running running(settings);
    {
        HttpConnection first(running.port());
        EXPECT_EQ(first.ask(get("/1")).result_int(), 200U);
        HttpConnection second(running.port());
        const auto refused = second.receive();
        expect_problem(refused, 503, "engine_has_no_free_connection");
        EXPECT_EQ(refused["Retry-After"], "1");
        EXPECT_EQ(first.ask(get("/2")).result_int(), 200U);
    }
    // The first one's end is noticed soon.
    while (running.ask(get("/3")).result_int() != 200) std::this_thread::yield();
}

// An answer that waits until it is let go.
class Gate {
public:
    Task<Response> answer(const Received& request) {
        const auto executor = co_await boost::asio::this_coro::executor;
        Timer timer(executor);
        timer.expires_at(SteadyClock::time_point::max());
        timer_ = &timer;
        reached_.set_value();
        co_await timer.async_wait(as_result);
        auto response = co_await echo(request);
        co_return response;
    }
    void wait_until_reached() { reached_.get_future().wait(); }
    void open() {
        boost::asio::post(timer_->get_executor(), [timer = timer_] { timer->cancel(); });
    }

private:
    std::promise<void> reached_;
    Timer* timer_ = nullptr;  // in the answer's frame
};

TEST(HttpServer, finishes_what_it_is_answering_when_it_stops) {
    Gate gate;
    const Running running(small(), [&](const Received& request) { return gate.answer(request); });
    HttpConnection idle(running.port());
    auto busy = std::make_unique<HttpConnection>(running.port());
    ASSERT_TRUE(busy->send(get("/slow") + get("/too-late")));
    gate.wait_until_reached();
    std::thread stopping([&] { running.server().stop(milliseconds(20'000)); });
    EXPECT_TRUE(idle.is_at_end());
    gate.open();
    const auto response = busy->receive();
    EXPECT_EQ(response.body(), "GET /slow ");
    EXPECT_EQ(response["Connection"], "close");
    EXPECT_TRUE(busy->is_at_end());
    busy.reset();
    stopping.join();
    EXPECT_FALSE(HttpConnection(running.port()).is_open());
}
TEST(HttpServer, reads_no_more_bodies_than_it_has_room_for) {
    auto settings = small();
    settings.bodies_bytes_max = 12;
    Gate gate;
    const Running running(settings, [&](const Received& request) -> Task<Response> {
        if (request.target() == "/slow") co_return co_await gate.answer(request);
        co_return co_await echo(request);
    });
    HttpConnection busy(running.port());
    ASSERT_TRUE(
        busy.send("POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "8\r\n12345678\r\n0\r\n\r\n"));
    gate.wait_until_reached();
    const auto refused = running.ask(
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    expect_problem(refused, 503, "engine_is_overloaded");
    EXPECT_EQ(refused["Retry-After"], "1");
    EXPECT_EQ(running.ask(post("/a", "1234")).body(), "POST /a 1234");
    EXPECT_EQ(running.ask(get("/a")).body(), "GET /a ");
    gate.open();
    EXPECT_EQ(busy.receive().body(), "POST /slow 12345678");
    EXPECT_EQ(busy.ask(post("/a", "1234567890")).body(), "POST /a 1234567890");
}
TEST(HttpServer, begins_no_request_on_any_thread_once_it_stops) {
    std::promise<void> reached, let_go;
    std::atomic<int> answered = 0;
    const Running running(small(), [&](const Received& request) -> Task<Response> {
        if (++answered == 1) {
            reached.set_value();
            let_go.get_future().wait();  // keeps this thread from hearing of the end
        }
        auto response = co_await echo(request);
        co_return response;
    });
    HttpConnection idle(running.port()), busy(running.port());  // on a thread each
    ASSERT_TRUE(busy.send(get("/slow") + get("/too-late")));
    reached.get_future().wait();
    std::thread stopping([&] { running.server().stop(milliseconds(20'000)); });
    EXPECT_TRUE(idle.is_at_end());
    let_go.set_value();
    EXPECT_EQ(busy.receive()["Connection"], "close");
    EXPECT_TRUE(busy.is_at_end());
    EXPECT_EQ(answered, 1);
    busy.end_sending();
    stopping.join();
}
TEST(HttpServer, does_not_wait_for_ever_when_it_stops) {
    Gate gate;
    const Running running(small(), [&](const Received& request) { return gate.answer(request); });
    HttpConnection busy(running.port());
    ASSERT_TRUE(busy.send(get("/slow")));
    gate.wait_until_reached();
    running.server().stop(milliseconds(0));
    EXPECT_FALSE(HttpConnection(running.port()).is_open());
}
TEST(HttpServer, stops_without_having_run) {
    Metrics metrics;
    const auto server = Server::listen(small(), echo, metrics);
    ASSERT_TRUE(server);
}

TEST(HttpServer, says_why_it_cannot_listen) {
    const Running running;
    Metrics metrics;
    auto settings = small();
    settings.port = running.port();
    const auto taken = Server::listen(settings, echo, metrics);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Error::refused);
    EXPECT_NE(taken.error().detail.find(std::to_string(running.port())), std::string::npos);
    settings.address = "nowhere";
    EXPECT_FALSE(Server::listen(settings, echo, metrics));
    settings = small();
    settings.tls = TlsFiles{"/nonexistent/certificate", "/nonexistent/key"};
    const auto no_file = Server::listen(settings, echo, metrics);
    ASSERT_FALSE(no_file);
    EXPECT_NE(no_file.error().detail.find("/nonexistent/certificate"), std::string::npos);
}

ServerSettings with_tls(const SelfSigned& own) {
    auto settings = small();
    settings.tls = TlsFiles{own.certificate(), own.private_key()};
    return settings;
}

TEST(HttpServer, speaks_tls) {
    const SelfSigned own;
    const Running running(with_tls(own));
    TlsConnection client(running.port(), "\x02h2\x08http/1.1");
    ASSERT_TRUE(client.is_connected());
    EXPECT_EQ(client.ask(post("/a", "body")).body(), "POST /a body");
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").body(),
              "GET / ");
    EXPECT_TRUE(client.is_ended_properly());
}
TEST(HttpServer, refuses_a_tls_client_that_wants_another_protocol) {
    const SelfSigned own;
    const Running running(with_tls(own));
    EXPECT_FALSE(TlsConnection(running.port(), "\x02h2").is_connected());
}
TEST(HttpServer, gives_up_on_a_handshake_that_does_not_end) {
    const SelfSigned own;
    auto settings = with_tls(own);
    settings.handshake_time = milliseconds(1);
    const Running running(settings);
    HttpConnection plain(running.port());
    EXPECT_TRUE(plain.is_at_end());
}

}  // namespace
}  // namespace holdfast::http
