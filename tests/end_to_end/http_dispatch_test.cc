// Routes, tokens, limits and operations over real sockets.
#include <atomic>

#include <gtest/gtest.h>

#include "engine/http/dispatch.h"
#include "engine/http/operations.h"
#include "engine/http/server.h"
#include "tests/support/http_connection.h"
#include "tests/support/signing_key.h"

namespace holdfast::http {
namespace {

constexpr std::int64_t now_s = 1'800'000'000;
class StandingClock final : public Clock {
public:
    std::int64_t now_ms() const override { return now_s * 1'000; }
};

Task<Response> say_client(Request& request) {
    Response response(200);
    response.body("text/plain", request.principal->client + ' ' + std::string(request.body()));
    co_return response;
}
Task<Response> say_cart(Request& request) {
    Response response(200);
    response.body("text/plain", std::string(request.path["cart"]));
    co_return response;
}

std::vector<Row> rows(const Metrics& metrics, WaitsFor waits_for) {
    auto rows = operations(metrics, std::move(waits_for), [] {});
    using enum Scope;
    rows.push_back({Method::get,
                    "/v1/carts/{cart}",
                    {storefront, browser},
                    Shedding::carts,
                    say_cart,
                    "A cart."});
    rows.push_back(
        {Method::post, "/v1/orders", {storefront}, Shedding::checkouts, say_client, "An order."});
    rows.back().body = {{"application/json", "application/jsonl"}, 100};
    return rows;
}

class HttpDispatch : public testing::Test {
protected:
    void start(DispatchSettings settings = {}) {
        dispatch_ = std::make_unique<Dispatch>(
            rows(metrics_, [this] { return std::string(ready_ ? "" : "partition 3"); }), settings,
            Dispatch::Uses{credentials_, clock_, metrics_});
        ServerSettings server;
        server.body_bytes_max = [this](std::string_view target) {
            return dispatch_->router().body_bytes_max(target);
        };
        server.body_bytes_unasked = 50;
        server.objection = [this](const Received& header) {
            return dispatch_->objection_to(header);
        };
        const auto answer = [this](const Received& received) {
            return dispatch_->answer(received);
        };
        server_ = Server::listen(std::move(server), answer, metrics_).value();
        server_->run(1);
    }
    void TearDown() override { server_.reset(); }

    static std::string bearer(const std::string& scope) {
        return "Authorization: Bearer " +
               key().token(R"({"sub":"shop-1","cart":"c1","exp":1800000060,"scope":")" + scope +
                           "\"}") +
               "\r\n";
    }
    static const SigningKey& key() {
        static const SigningKey key(SigningKey::Algorithm::hs256);
        return key;
    }
    HttpResponse ask(std::string_view line, const std::string& headers = "",
                     const std::string& body = "") {
        return HttpConnection(server_->port())
            .ask(std::string(line) + " HTTP/1.1\r\nHost: here\r\n" + headers +
                 (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                 "\r\n" + body);
    }
    static void expect_problem(const HttpResponse& response, unsigned status,
                               std::string_view name) {
        EXPECT_EQ(response.result_int(), status);
        EXPECT_TRUE(response.keep_alive());
        EXPECT_NE(response.body().find("\"/problems/" + std::string(name) + "\""),
                  std::string::npos)
            << response.body();
    }

    // The answer to a header alone, whose body is never sent.
    HttpResponse ask_without_body(const std::string& headers, int body_bytes) {
        return HttpConnection(server_->port())
            .ask("POST /v1/orders HTTP/1.1\r\nHost: here\r\n" + headers +
                 "Expect: 100-continue\r\nContent-Length: " + std::to_string(body_bytes) +
                 "\r\n\r\n");
    }

    std::atomic<bool> ready_ = true;

private:
    Metrics metrics_;
    StandingClock clock_;
    Credentials credentials_{Tokens::from(key().settings()).value()};
    std::unique_ptr<Dispatch> dispatch_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpDispatch, lets_who_may_in) {
    start();
    const auto order = ask("POST /v1/orders", bearer("storefront"), "{}");
    EXPECT_EQ(order.result_int(), 200U);
    EXPECT_EQ(order.body(), "shop-1 {}");
    EXPECT_EQ(ask("GET /v1/carts/c1", bearer("browser")).body(), "c1");
}
TEST_F(HttpDispatch, keeps_who_may_not_out) {
    start();
    const auto nobody = ask("GET /v1/carts/c1");
    expect_problem(nobody, 401, "token_is_missing");
    EXPECT_EQ(nobody["WWW-Authenticate"], "Bearer");
    expect_problem(ask("GET /v1/carts/c1", "Authorization: Bearer x\r\n"), 401, "token_is_invalid");
    const auto other = ask("POST /v1/orders", bearer("warehouse"), "{}");
    expect_problem(other, 403, "scope_is_insufficient");
    EXPECT_NE(other.body().find(R"("one_of":"storefront")"), std::string::npos);
    EXPECT_NE(other.body().find(R"("instance":"/v1/orders")"), std::string::npos);
}
TEST_F(HttpDispatch, reads_no_large_body_of_who_may_not_send_one) {
    start();
    const auto nobody = ask_without_body("", 51);
    EXPECT_EQ(nobody.result_int(), 401U);
    EXPECT_FALSE(nobody.keep_alive());
    EXPECT_NE(nobody.body().find(R"("instance":"/v1/orders")"), std::string::npos);
    EXPECT_EQ(ask_without_body(bearer("warehouse"), 51).result_int(), 403U);
    const std::string body(51, ' ');
    EXPECT_EQ(ask("POST /v1/orders", bearer("storefront"), body).result_int(), 200U);
    EXPECT_EQ(ask("POST /v1/orders", "Transfer-Encoding: chunked\r\n").result_int(), 401U);
    expect_problem(ask("POST /v1/orders", "", "{}"), 401, "token_is_missing");
}
TEST_F(HttpDispatch, says_what_there_is) {
    start();
    expect_problem(ask("GET /v1/cart/c1"), 404, "path_is_unknown");
    const auto method = ask("QUERY /v1/orders");
    expect_problem(method, 405, "method_is_not_allowed");
    EXPECT_EQ(method["Allow"], "OPTIONS, POST");
    const auto options = ask("OPTIONS /v1/orders");
    EXPECT_EQ(options.result_int(), 204U);
    EXPECT_EQ(options["Allow"], "OPTIONS, POST");
    EXPECT_EQ(options.count("Content-Length"), 0U);
    EXPECT_EQ(ask("OPTIONS *").result_int(), 204U);
}
TEST_F(HttpDispatch, takes_the_bodies_that_a_row_takes) {
    start();
    const auto with_type = [&](const std::string& type) {
        return ask("POST /v1/orders", bearer("storefront") + "Content-Type: " + type + "\r\n",
                   "{}");
    };
    EXPECT_EQ(with_type("application/json; charset=utf-8").result_int(), 200U);
    EXPECT_EQ(with_type("Application/JSONL").result_int(), 200U);
    const auto refused = with_type("text/xml");
    expect_problem(refused, 415, "media_type_is_not_supported");
    EXPECT_EQ(refused["Accept"], "application/json, application/jsonl");
    expect_problem(with_type("application/json\r\nContent-Encoding: gzip"), 415,
                   "media_type_is_not_supported");
    expect_problem(ask("GET /v1/carts/c1", bearer("browser"), "{}"), 400, "body_is_not_expected");
}
TEST_F(HttpDispatch, checks_the_headers) {
    start();
    expect_problem(ask("GET /v1/carts/c1", bearer("browser") + "If-Match: 17\r\n"), 400,
                   "header_is_malformed");
}
TEST_F(HttpDispatch, limits_the_rate_of_a_client) {
    start({.rate_limit = {1, 2}});
    const auto token = bearer("browser");
    const auto first = ask("GET /v1/carts/c1", token);
    EXPECT_EQ(first["RateLimit-Policy"], "\"client\";q=2;w=2");
    EXPECT_EQ(first["RateLimit"], "\"client\";r=1;t=1");
    ask("GET /v1/carts/c1", token);
    const auto refused = ask("GET /v1/carts/c1", token);
    expect_problem(refused, 429, "rate_limit_is_reached");
    EXPECT_EQ(refused["Retry-After"], "1");
}
TEST_F(HttpDispatch, sheds_before_it_runs_out_of_connections) {
    EXPECT_LE(DispatchSettings().in_flight_max * 2, ServerSettings().connections_max);
}
TEST_F(HttpDispatch, sheds_what_is_too_much) {
    start({.in_flight_max = 1});
    const auto shed = ask("GET /v1/carts/c1", bearer("browser"));  // half of one is none
    expect_problem(shed, 503, "engine_is_overloaded");
    EXPECT_EQ(shed["Retry-After"], "1");
    EXPECT_EQ(ask("POST /v1/orders", bearer("storefront"), "{}").result_int(), 200U);
    EXPECT_EQ(ask("GET /healthz").result_int(), 200U);
}
TEST_F(HttpDispatch, tells_operators_how_it_is) {
    start();
    EXPECT_EQ(ask("GET /healthz").result_int(), 200U);
    EXPECT_EQ(ask("GET /readyz").result_int(), 200U);
    ready_ = false;
    const auto waiting = ask("GET /readyz");
    expect_problem(waiting, 503, "engine_is_not_ready");
    EXPECT_NE(waiting.body().find("partition 3"), std::string::npos);
    EXPECT_EQ(ask("GET /healthz").result_int(), 200U);
}
TEST_F(HttpDispatch, counts_what_it_answers) {
    start();
    ask("GET /nowhere");
    ask("GET /v1/carts/c1", bearer("browser"));
    expect_problem(ask("GET /metrics"), 401, "token_is_missing");
    const auto metrics = ask("GET /metrics", bearer("operator"));
    EXPECT_EQ(metrics["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
    for (const std::string_view line :
         {R"(holdfast_http_requests_total{method="any",route="none",status="4xx"} 1)",
          R"(holdfast_http_requests_total{method="GET",route="/v1/carts/{cart}",status="2xx"} 1)",
          R"(holdfast_http_request_seconds_count{method="GET",route="/v1/carts/{cart}"} 1)",
          "holdfast_http_connections_open "})
        EXPECT_NE(metrics.body().find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace holdfast::http
