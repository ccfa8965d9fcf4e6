// Shop: a client of the engine's HTTP interface, with what tests ask of it again and again.
#pragma once

#include "engine/wire/json_text.h"
#include "tests/support/eventually.h"
#include "tests/support/http_connection.h"

namespace holdfast {

// A response's body as JSON.
class Body {
public:
    explicit Body(const HttpResponse& response) {
        const auto parsed = json_.parse(response.body());
        EXPECT_TRUE(parsed) << response.body();
        if (parsed) node_ = *parsed;
    }
    // Of nested members: "lines", "0", "sku". Empty when there is no such.
    std::string at(std::initializer_list<std::string_view> path) const {
        const auto* node = node_;
        for (const auto step : path) {
            if (node == nullptr) return {};
            node = node->kind == wire::JsonKind::list ? element(*node, step) : node->find(step);
        }
        return node == nullptr ? std::string() : std::string(node->text);
    }

private:
    static const wire::JsonNode* element(const wire::JsonNode& list, std::string_view place) {
        auto left = std::stoul(std::string(place));
        for (const auto& node : list)
            if (left-- == 0) return &node;
        return nullptr;
    }
    wire::JsonText json_;
    const wire::JsonNode* node_ = nullptr;
};

class Shop {
public:
    explicit Shop(std::uint16_t port) : connection_(port) {}

    HttpResponse ask(const std::string& line, const std::string& body = "",
                     const std::string& headers = "") {
        const auto length =
            body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
        return connection_.ask(line + " HTTP/1.1\r\nHost: here\r\n" + headers + length + "\r\n" +
                               body);
    }
    // With a key of its own, or the one given.
    HttpResponse post(const std::string& path, const std::string& body = "{}",
                      const std::string& headers = "") {
        return post_again(path, body, "key-" + std::to_string(++keys_), headers);
    }
    HttpResponse post_again(const std::string& path, const std::string& body,
                            const std::string& key, const std::string& headers = "") {
        return ask("POST " + path, body, "Idempotency-Key: " + key + "\r\n" + headers);
    }
    // As it is after what that answer stands for.
    HttpResponse get(const std::string& path, const HttpResponse& after) {
        const std::string token(after["Holdfast-Token"]);
        return ask("GET " + path + (path.find('?') == path.npos ? "?" : "&") + "wait_for=" + token);
    }

    // The first answer that is as it should be, or the last one before eventually() gives up.
    template <class Is> HttpResponse get_until(const std::string& path, Is is) {
        HttpResponse answer;
        eventually([&] { return is(answer = ask("GET " + path)); });
        return answer;
    }

    // Its read models have all that was durable when it started, and it leads what it is to lead.
    void wait_until_ready() {
        const auto said =
            get_until("/readyz", [](const auto& answer) { return answer.result_int() == 200U; });
        ASSERT_EQ(said.result_int(), 200U) << said.body();
    }
    void open_with(const std::string& sku, int quantity) {
        const auto location =
            ask("PUT /v1/locations/main", R"({"name":"Main","priority":0,"accepts_orders":true})");
        EXPECT_EQ(location.result_int(), 200U) << location.body();
        const auto received = receive(sku, quantity);
        EXPECT_EQ(received.result_int(), 200U) << received.body();
        get("/v1/locations/main", location);  // what is free depends on both
        get("/v1/availability?sku=" + sku, received);
    }
    HttpResponse receive(const std::string& sku, int quantity) {
        return post(
            "/v1/skus/" + sku + "/movements",
            R"({"kind":"receive","location":"main","quantity":)" + std::to_string(quantity) + "}");
    }
    // A cart with one line, at 100 a piece.
    void open_cart(const std::string& cart, const std::string& sku, int quantity) {
        const auto opened =
            ask("PUT /v1/carts/" + cart, R"({"currency":"GBP","lines":[{"line":"1","sku":")" + sku +
                                             R"(","quantity":)" + std::to_string(quantity) +
                                             R"(,"unit_price":100}]})");
        EXPECT_EQ(opened.result_int(), 201U) << opened.body();
    }
    HttpResponse complete(const std::string& cart, const std::string& order, int total,
                          const std::string& token = "tok_approve") {
        return post("/v1/carts/" + cart + "/complete", payment_of(order, total, token));
    }
    static std::string payment_of(const std::string& order, int total,
                                  const std::string& token = "tok_approve") {
        const auto amount = std::to_string(total);
        return R"({"order":")" + order + R"(","expected_total":{"amount":)" + amount +
               R"(,"currency":"GBP"},"payments":[{"amount":)" + amount + R"(,"token":")" + token +
               R"("}]})";
    }

private:
    HttpConnection connection_;
    int keys_ = 0;
};

inline std::string problem_in(const HttpResponse& response) {
    constexpr std::string_view root = "/problems/";
    const auto type = Body(response).at({"type"});
    return type.starts_with(root) ? type.substr(root.size()) : type;
}

}  // namespace holdfast
