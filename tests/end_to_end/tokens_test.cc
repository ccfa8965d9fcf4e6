// Who may what, with the program itself and tokens as a shop signs them.
#include <chrono>
#include <fstream>

#include "tests/support/engine_process.h"
#include "tests/support/program.h"
#include "tests/support/shop.h"
#include "tests/support/signing_key.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class Tokens : public testing::Test {
protected:
    static std::int64_t now_s() {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::seconds>(now).count();
    }
    std::string bearer(const std::string& scope, const std::string& more = {},
                       std::int64_t lives_s = 600) const {
        const auto claims = R"({"sub":"shop-1","aud":"holdfast","scope":")" + scope +
                            R"(","exp":)" + std::to_string(now_s() + lives_s) + more + "}";
        return "Authorization: Bearer " + key.token(claims) + "\r\n";
    }
    std::string browser_of(const std::string& cart) const {
        return bearer("browser", R"(,"cart":")" + cart + R"(","customer":"u1")");
    }
    // With a token, and a key of its own when it is posted.
    HttpResponse ask(const std::string& token, const std::string& line,
                     const std::string& body = "") {
        const auto own =
            line.starts_with("POST") ? "Idempotency-Key: k" + std::to_string(++keys_) + "\r\n" : "";
        return shop.ask(line, body, token + own);
    }
    std::string refusal(const std::string& token, const std::string& line,
                        const std::string& body = "") {
        const auto refused = ask(token, line, body);
        EXPECT_GE(refused.result_int(), 400U) << line << refused.body();
        return problem_in(refused);
    }
    // A location and a SKU to sell, and a cart with one of it for u1.
    void open_shop() {
        const auto admin = bearer("admin"), server = bearer("storefront");
        ask(admin, "PUT /v1/locations/main", "{}");
        ask(admin, "POST /v1/skus/cup/movements",
            R"({"kind":"receive","location":"main","quantity":5})");
        for (const std::string cart : {"c1", "c2"}) {
            const auto opened = ask(server, "PUT /v1/carts/" + cart,
                                    R"({"currency":"GBP","customer":"u1","lines":[{"line":"1",
                                        "sku":"cup","quantity":1,"unit_price":100}]})");
            EXPECT_EQ(opened.result_int(), 201U) << opened.body();
            token_ = opened["Holdfast-Token"];
        }
    }
    HttpResponse get(const std::string& token, const std::string& path) {
        return ask(token, "GET " + path + "?wait_for=" + token_);
    }

    const SigningKey key{SigningKey::Algorithm::es256};
    TemporaryFolder folder;
    EngineProcess engine{folder.path(),
                         {"--token-key", key.settings().key_file, "--token-audience", "holdfast"}};
    Shop shop{engine.port()};
    std::string token_;

private:
    int keys_ = 0;
};

TEST_F(Tokens, are_needed_and_say_what_one_may) {
    EXPECT_EQ(refusal("", "GET /v1/carts/c1"), "token_is_missing");
    EXPECT_EQ(refusal("Authorization: Bearer a.b.c\r\n", "GET /v1/carts/c1"), "token_is_invalid");
    EXPECT_EQ(refusal(bearer("storefront", {}, -60), "GET /v1/carts/c1"), "token_has_expired");
    EXPECT_EQ(refusal(bearer("storefront", R"(,"nbf":99999999999)"), "GET /v1/carts/c1"),
              "token_is_invalid");
    EXPECT_EQ(refusal(bearer("analyst"), "POST /v1/carts", R"({"currency":"GBP"})"),
              "scope_is_insufficient");
    EXPECT_EQ(refusal(bearer("storefront"), "PUT /v1/skus/cup", "{}"), "scope_is_insufficient");
    EXPECT_EQ(refusal(bearer("storefront"), "GET /metrics"), "scope_is_insufficient");
    EXPECT_EQ(ask("", "GET /healthz").result_int(), 200U);
    EXPECT_EQ(ask("", "GET /openapi.json").result_int(), 200U);
    EXPECT_EQ(ask(bearer("operator"), "GET /metrics").result_int(), 200U);
    EXPECT_EQ(ask(bearer("analyst admin"), "PUT /v1/skus/cup", "{}").result_int(), 200U);
    const auto batch = ask(bearer("warehouse"), "POST /v1/batch",
                           R"([{"method":"PUT","path":"/v1/carts/c1","body":{"currency":"GBP"}}])");
    EXPECT_EQ(Body(batch).at({"0", "body", "type"}), "/problems/scope_is_insufficient");
}

// As docs/http.md says it to who has just begun.
TEST(FirstOrder, is_sent_by_the_shell_with_a_token_of_ones_own) {
    const TemporaryFolder folder;
    const std::string secret = folder.path() / "secret";
    std::ofstream(secret) << std::string(40, 's') << '\n';
    const EngineProcess engine(folder.path() / "data", {"--token-secret", secret});
    const auto url = "http://127.0.0.1:" + std::to_string(engine.port());
    auto token = Program({"docs/examples/token.py", secret, "first", "admin"}).end();
    ASSERT_EQ(token.status, 0) << token.err;
    token.out.pop_back();  // the end of the line
    const auto ordered = Program({"docs/examples/first_order.sh", url, token.out}).end();
    EXPECT_EQ(ordered.status, 0) << ordered.out << ordered.err;
    EXPECT_NE(ordered.out.find(R"("state":"confirmed")"), std::string::npos) << ordered.out;
    EXPECT_NE(ordered.out.find(R"("type":"Shipped")"), std::string::npos) << ordered.out;
    const auto nobody = Program({"docs/examples/first_order.sh", url}).end();
    EXPECT_NE(nobody.status, 0);
    EXPECT_NE(nobody.out.find("token_is_missing"), std::string::npos) << nobody.out;
}

TEST_F(Tokens, name_a_client_that_records_have_room_for) {
    const auto of = [&](std::size_t bytes) {
        return "Authorization: Bearer " +
               key.token(R"({"sub":")" + std::string(bytes, 's') +
                         R"(","aud":"holdfast","scope":"storefront","exp":)" +
                         std::to_string(now_s() + 600) + "}") +
               "\r\n";
    };
    const std::string cart = R"({"currency":"GBP"})";
    const auto opened = ask(of(64), "PUT /v1/carts/c1", cart);
    EXPECT_EQ(opened.result_int(), 201U) << opened.body();
    EXPECT_EQ(refusal(of(65), "PUT /v1/carts/c2", cart), "token_is_invalid");
    EXPECT_EQ(refusal(of(65), "GET /v1/carts/c1"), "token_is_invalid");
}

TEST_F(Tokens, of_a_browser_are_for_its_cart) {
    open_shop();
    const auto browser = browser_of("c1");
    EXPECT_EQ(get(browser, "/v1/carts/c1").result_int(), 200U);
    EXPECT_EQ(get(browser, "/v1/availability").result_int(), 200U);
    EXPECT_EQ(refusal(browser, "GET /v1/carts/c2"), "cart_is_another");
    EXPECT_EQ(refusal(browser, "PATCH /v1/carts/c2", R"({"country":"UK"})"), "cart_is_another");
    EXPECT_EQ(refusal(browser, "POST /v1/carts", R"({"currency":"GBP"})"), "scope_is_insufficient");
    EXPECT_EQ(refusal(browser, "PUT /v1/carts/c1/lines/1",
                      R"({"sku":"cup","quantity":1,"unit_price":1})"),
              "scope_is_insufficient");
    EXPECT_EQ(refusal(browser, "GET /v1/orders"), "scope_is_insufficient");
    EXPECT_EQ(refusal(browser, "POST /v1/batch", "[]"), "scope_is_insufficient");
    const auto patched =
        ask(browser, "PATCH /v1/carts/c1", R"({"country":"UK","personal":{"name":"Ann"}})");
    EXPECT_EQ(patched.result_int(), 200U) << patched.body();
}

TEST_F(Tokens, of_a_browser_leave_to_the_shop_what_is_the_shops) {
    open_shop();
    const auto browser = browser_of("c1");
    for (const std::string body :
         {R"({"charges":[]})", R"({"customer":"u2"})", R"({"actor":"the boss"})",
          R"({"channel":"till"})", R"({"personal":{"subject":"u2","name":"Ann"}})"}) {
        const auto refused = ask(browser, "PATCH /v1/carts/c1", body);
        EXPECT_EQ(refused.result_int(), 403U) << body;
        EXPECT_EQ(problem_in(refused), "field_is_not_for_browsers") << body;
    }
    const auto pay = [&](const std::string& tender, const std::string& more = "") {
        return ask(browser, "POST /v1/carts/c1/complete",
                   R"({"expected_total":{"amount":100,"currency":"GBP"},"payments":[)" + tender +
                       "]" + more + "}");
    };
    const auto outside = pay(R"({"amount":100,"outside":true})");
    EXPECT_EQ(problem_in(outside), "field_is_not_for_browsers");
    EXPECT_EQ(Body(outside).at({"pointer"}), "/payments/0/outside");
    const std::string token = R"({"amount":100,"token":"tok_approve"})";
    EXPECT_EQ(problem_in(pay(token, R"(,"order":"o1")")), "field_is_not_for_browsers");
    const auto ordered = pay(token);
    ASSERT_EQ(ordered.result_int(), 201U) << ordered.body();
    const std::string order(ordered["Location"]);
    token_ = ordered["Holdfast-Token"];
    EXPECT_EQ(get(browser, order).result_int(), 200U);
    EXPECT_EQ(get(browser_of("c2"), order).result_int(), 200U) << "of the same customer";
    const auto stranger = bearer("browser", R"(,"cart":"c9")");
    EXPECT_EQ(refusal(stranger, "GET " + order), "order_is_unknown");
}

TEST_F(Tokens, let_each_client_ask_what_became_of_its_own_commands) {
    open_shop();
    const auto shop_1 = bearer("storefront");
    const auto reserved = shop.ask("POST /v1/skus/cup/reservations", R"({"quantity":2})",
                                   shop_1 + "Idempotency-Key: lost\r\n");
    ASSERT_EQ(reserved.result_int(), 201U) << reserved.body();
    const std::string by_id = "GET /v1/commands/" + std::string(reserved["Holdfast-Command"]),
                      by_key = "GET /v1/commands?key=lost&path=/v1/skus/cup/reservations";
    for (const auto& request : {by_id, by_key}) {
        const auto found = ask(shop_1, request);
        ASSERT_EQ(found.result_int(), 200U) << request << found.body();
        EXPECT_EQ(Body(found).at({"outcome"}), "accepted");
        EXPECT_EQ(Body(found).at({"stream"}), "cup");
        EXPECT_EQ(Body(found).at({"events", "0", "reservation"}),
                  Body(reserved).at({"events", "0", "reservation"}));
    }
    const auto refused = shop.ask("POST /v1/skus/cup/reservations", R"({"quantity":9})",
                                  shop_1 + "Idempotency-Key: too-many\r\n");
    EXPECT_EQ(refused.result_int(), 409U);
    const auto why = ask(shop_1, "GET /v1/commands/" + std::string(refused["Holdfast-Command"]));
    EXPECT_EQ(Body(why).at({"outcome"}), "refused");
    EXPECT_EQ(Body(why).at({"problem", "type"}), "/problems/stock_is_insufficient");
    EXPECT_EQ(Body(why).at({"problem", "available"}), "3");

    const auto other = "Authorization: Bearer " +
                       key.token(R"({"sub":"shop-2","aud":"holdfast","scope":"storefront","exp":)" +
                                 std::to_string(now_s() + 60) + "}") +
                       "\r\n";
    EXPECT_EQ(refusal(other, by_id), "command_is_unknown");
    EXPECT_EQ(refusal(other, by_key), "command_is_unknown");
    EXPECT_EQ(refusal(other, by_key + "&client=shop-1"), "scope_is_insufficient");
    EXPECT_EQ(ask(bearer("admin"), by_key + "&client=shop-1").result_int(), 200U);
    EXPECT_EQ(refusal(browser_of("c1"), by_id), "scope_is_insufficient");
    EXPECT_EQ(refusal(browser_of("c1"), by_key), "command_is_unknown") << "not its cart";
    ASSERT_EQ(shop.ask("PATCH /v1/carts/c1", R"({"country":"UK"})",
                       browser_of("c1") + "Idempotency-Key: mine\r\n")
                  .result_int(),
              200U);
    const auto mine = ask(browser_of("c1"), "GET /v1/commands?key=mine&path=/v1/carts/c1");
    EXPECT_EQ(Body(mine).at({"asked"}), "SetDetails") << mine.body();
    ASSERT_EQ(shop.ask("POST /v1/carts", R"({"currency":"GBP","cart":"c3"})",
                       shop_1 + "Idempotency-Key: third\r\n")
                  .result_int(),
              201U);
    const auto third = ask(shop_1, "GET /v1/commands?key=third&path=/v1/carts");
    EXPECT_EQ(Body(third).at({"stream"}), "c3") << third.body();
    EXPECT_EQ(refusal(shop_1, "GET /v1/commands?key=third&path=/nowhere"), "query_is_malformed");
    EXPECT_EQ(refusal(shop_1, "GET /v1/commands?key=never&path=/v1/carts"), "command_is_unknown");
    EXPECT_EQ(refusal(shop_1, "GET /v1/commands/abc"), "path_is_malformed");
    EXPECT_EQ(refusal(shop_1, "GET /v1/commands?key=lost"), "query_is_malformed");
    // Asking decides nothing: what was never sent still can be.
    EXPECT_EQ(
        shop.ask("POST /v1/carts", R"({"currency":"GBP"})", shop_1 + "Idempotency-Key: never\r\n")
            .result_int(),
        201U);
}

}  // namespace
}  // namespace holdfast
