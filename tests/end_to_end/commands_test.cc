// What every command has over HTTP, with the program itself: keys, versions, tokens, batches, and a
// name for everything that can be wrong with a request.
#include <array>

#include "tests/support/served_shop.h"
#include "tests/support/written.h"

namespace holdfast {
namespace {

using Commands = ServedShop;

constexpr std::string_view three = R"({"quantity":3})";

TEST_F(Commands, are_answered_again_by_their_key) {
    shop.open_with("cup", 10);
    const auto first = shop.post_again("/v1/skus/cup/reservations", std::string(three), "mine");
    ASSERT_EQ(first.result_int(), 201U) << first.body();
    EXPECT_EQ(first.count("Idempotent-Replayed"), 0U);
    const auto again = shop.post_again("/v1/skus/cup/reservations", std::string(three), "mine");
    EXPECT_EQ(again.result_int(), 201U);
    EXPECT_EQ(again["Idempotent-Replayed"], "true");
    EXPECT_EQ(again.body(), first.body());
    EXPECT_EQ(again["Location"], first["Location"]);
    const auto stock = shop.get("/v1/availability?sku=cup", again);
    EXPECT_EQ(Body(stock).at({"items", "0", "available"}), "7");
}

TEST_F(Commands, take_effect_once_however_their_path_is_spelt) {
    shop.open_with("cup", 10);
    const std::string path = "/v1/skus/cup/reservations";
    const auto first = shop.post_again(path, std::string(three), "mine");
    ASSERT_EQ(first.result_int(), 201U) << first.body();
    for (const std::string target :
         {"/v1/skus/c%75p/reservations", "/v1/%73kus/%63up/reservations",
          "http://shop.example/v1/skus/cup/reservations", "/v1/skus/cup/reservations?"}) {
        const auto again = shop.post_again(target, std::string(three), "mine");
        EXPECT_EQ(again.body(), first.body()) << target;
        EXPECT_EQ(again["Idempotent-Replayed"], "true") << target;
        const auto batch = Body(shop.ask(
            "POST /v1/batch", R"([{"method":"POST","path":")" + target +
                                  R"(","key":"mine","body":)" + std::string(three) + "}]"));
        EXPECT_EQ(batch.at({"0", "replayed"}), "true") << target;
        const auto other = shop.post_again(target, R"({"quantity":4})", "mine");
        EXPECT_EQ(problem_in(other), "idempotency_key_was_used") << target;
        std::string in_query;
        for (const char c : target) in_query += c == '%' ? "%25" : std::string(1, c);
        const auto became = shop.ask("GET /v1/commands?key=mine&path=" + in_query);
        EXPECT_EQ(Body(became).at({"command"}), first["Holdfast-Command"]) << became.body();
    }
    const auto stock = shop.get("/v1/availability?sku=cup", first);
    EXPECT_EQ(Body(stock).at({"items", "0", "available"}), "7");
}

// One of two is in flight only while the other is decided: they are sent until that was met.
TEST_F(Commands, are_refused_while_their_key_is_in_flight_on_another_connection) {
    constexpr int rounds_max = 1'000;
    shop.open_with("cup", rounds_max);
    HttpConnection one(engine.port()), other(engine.port());
    int rounds = 0, in_flight = 0;
    HttpResponse last;
    while (in_flight == 0 && rounds < rounds_max) {
        const auto key = "round-" + std::to_string(++rounds);
        const auto request =
            "POST /v1/skus/cup/reservations HTTP/1.1\r\nHost: here\r\n"
            "Content-Length: 14\r\nIdempotency-Key: " +
            key + "\r\n\r\n" + R"({"quantity":1})";
        EXPECT_TRUE(one.send(request) && other.send(request));
        for (const auto& said : {one.receive(), other.receive()}) {
            if (said.result_int() == 201U) continue;
            ++in_flight;
            EXPECT_EQ(said.result_int(), 409U) << said.body();
            EXPECT_EQ(problem_in(said), "idempotency_key_is_in_flight");
            EXPECT_EQ(said["Retry-After"], "1");
        }
        last = shop.post_again("/v1/skus/cup/reservations", R"({"quantity":1})", key);
        EXPECT_EQ(last["Idempotent-Replayed"], "true") << last.body();
    }
    EXPECT_EQ(in_flight, 1) << "of two, one was decided";
    const auto stock = shop.get("/v1/availability?sku=cup", last);
    EXPECT_EQ(Body(stock).at({"items", "0", "available"}), std::to_string(rounds_max - rounds));
}

TEST_F(Commands, are_refused_when_a_key_comes_with_another_request) {
    shop.open_with("cup", 10);
    shop.open_with("jug", 10);
    shop.post_again("/v1/skus/cup/reservations", std::string(three), "mine");
    const auto other = shop.post_again("/v1/skus/cup/reservations", R"({"quantity":4})", "mine");
    EXPECT_EQ(other.result_int(), 422U);
    EXPECT_EQ(problem_in(other), "idempotency_key_was_used");
    EXPECT_EQ(shop.post_again("/v1/skus/jug/reservations", std::string(three), "mine").result_int(),
              201U);
}

TEST_F(Commands, need_a_key_when_they_are_posted) {
    EXPECT_EQ(problem_in(shop.ask("POST /v1/skus/cup/reservations", std::string(three))),
              "idempotency_key_is_missing");
    EXPECT_EQ(problem_in(shop.post_again("/v1/skus/cup/reservations", std::string(three),
                                         "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")),
              "idempotency_key_is_too_old");
}

TEST_F(Commands, compare_personal_data_as_they_do_all_else) {
    shop.open_with("cup", 10);
    const auto asked = [&](const std::string& path, std::string body, const std::string& street) {
        body += R"(,"personal":{"name":"Ann","street":")" + street + R"("}})";
        return shop.ask(path, body);
    };
    const std::string order = R"({"currency":"GBP","total":100,"lines":[{"line":"1","sku":"cup",
        "quantity":1,"unit_price":100}],"payments":[{"amount":100,"outside":true}])";
    for (const auto& [path, body, refusal] :
         {std::array<std::string, 3>{"PUT /v1/carts/c1", R"({"currency":"GBP")",
                                     "cart_exists_already"},
          std::array<std::string, 3>{"PUT /v1/orders/o1", order, "order_exists_already"}}) {
        const auto first = asked(path, body, "1 High Street");
        ASSERT_EQ(first.result_int(), 201U) << first.body();
        const auto again = asked(path, body, "1 High Street");
        EXPECT_EQ(again.result_int(), 201U) << again.body();
        EXPECT_EQ(again["ETag"], first["ETag"]);
        const auto moved = asked(path, body, "2 High Street");
        EXPECT_EQ(moved.result_int(), 409U) << moved.body();
        EXPECT_EQ(problem_in(moved), refusal);
    }
    const auto patched = asked("PATCH /v1/carts/c1", R"({"country":"UK")", "2 High Street");
    EXPECT_EQ(patched["ETag"], "\"2\"") << patched.body();
    const auto same = asked("PATCH /v1/carts/c1", R"({"country":"UK")", "2 High Street");
    EXPECT_EQ(same["ETag"], "\"2\"") << same.body();
    EXPECT_EQ(Body(shop.get("/v1/carts/c1", same)).at({"personal", "street"}), "2 High Street");
}

TEST_F(Commands, are_refused_when_they_are_based_on_an_older_version) {
    shop.open_with("cup", 10);
    shop.open_cart("c1", "cup", 1);
    const std::string line = R"({"sku":"cup","quantity":2,"unit_price":100)";
    const auto by_header = shop.ask("PUT /v1/carts/c1/lines/1", line + "}", "If-Match: \"7\"\r\n");
    EXPECT_EQ(by_header.result_int(), 412U);
    EXPECT_EQ(problem_in(by_header), "version_is_stale");
    EXPECT_EQ(Body(by_header).at({"current_version"}), "1");
    const auto by_body = shop.ask("PUT /v1/carts/c1/lines/1", line + R"(,"version":7})");
    EXPECT_EQ(by_body.result_int(), 409U);
    const auto current = shop.ask("PUT /v1/carts/c1/lines/1", line + "}", "If-Match: \"1\"\r\n");
    EXPECT_EQ(current.result_int(), 200U) << current.body();
    EXPECT_EQ(current["ETag"], "\"2\"");
}

TEST_F(Commands, of_a_batch_have_an_outcome_each) {
    shop.open_with("cup", 5);
    const std::string reserve = R"({"method":"POST","path":"/v1/skus/cup/reservations",)";
    const auto array =
        shop.ask("POST /v1/batch", "[" + reserve + R"("key":"a","body":{"quantity":4}},)" +
                                       reserve + R"("key":"b","body":{"quantity":4}},)" + reserve +
                                       R"("body":{"quantity":1}},)" + reserve +
                                       R"("key":"two words","body":{"quantity":1}}])");
    ASSERT_EQ(array.result_int(), 200U) << array.body();
    EXPECT_EQ(Body(array).at({"0", "status"}), "201");
    EXPECT_EQ(Body(array).at({"1", "status"}), "409");
    EXPECT_EQ(Body(array).at({"1", "body", "available"}), "1");
    EXPECT_EQ(Body(array).at({"2", "body", "type"}), "/problems/idempotency_key_is_missing");
    EXPECT_EQ(Body(array).at({"3", "body", "type"}), "/problems/idempotency_key_is_malformed");
    const auto lines = shop.ask("POST /v1/batch",
                                reserve + R"("key":"c","body":{"quantity":1}})" + "\n" +
                                    R"({"method":"GET","path":"/v1/carts/c1"})" + "\n",
                                "Content-Type: application/x-ndjson\r\n");
    EXPECT_EQ(lines["Content-Type"], "application/x-ndjson");
    EXPECT_TRUE(lines.body().starts_with(R"({"status":201,"body":{)")) << lines.body();
    EXPECT_NE(lines.body().find("}\n{\"status\":405,"), std::string::npos) << lines.body();
    const auto again =
        shop.ask("POST /v1/batch", "[" + reserve + R"("key":"a","body":{"quantity":4}}])");
    EXPECT_EQ(Body(again).at({"0", "status"}), "201");
    EXPECT_NE(again.body().find(R"("replayed":true)"), std::string::npos) << again.body();
    EXPECT_EQ(array.body().find("replayed"), std::string::npos) << array.body();
}

TEST_F(Commands, are_refused_by_name_when_the_business_says_no) {
    shop.open_with("cup", 5);
    shop.open_cart("c1", "cup", 1);
    const auto unknown = shop.post("/v1/skus/jug/reservations", std::string(three));
    EXPECT_EQ(unknown.result_int(), 404U);
    EXPECT_EQ(problem_in(unknown), "sku_is_unknown");
    EXPECT_EQ(problem_in(shop.ask("PATCH /v1/carts/c9", R"({"country":"UK"})")), "cart_is_unknown");
    EXPECT_EQ(problem_in(shop.post("/v1/orders/o9/cancel")), "order_is_unknown");
    EXPECT_EQ(problem_in(shop.complete("c1", "o1", 99)), "total_is_not_as_expected");
    const auto dollars = shop.post("/v1/carts/c1/complete",
                                   R"({"expected_total":{"amount":100,"currency":"USD"},
                                       "payments":[{"amount":100,"token":"tok_approve"}]})");
    EXPECT_EQ(problem_in(dollars), "currency_differs");
    const auto sum = shop.post("/v1/orders",
                               R"({"currency":"GBP","total":5,"lines":[{"line":"1","sku":"cup",
                                   "quantity":1,"unit_price":100}],"payments":[]})");
    EXPECT_EQ(problem_in(sum), "total_does_not_add_up");
    const auto short_of = shop.post("/v1/skus/cup/reservations", R"({"quantity":6})");
    EXPECT_EQ(short_of.result_int(), 409U);
    EXPECT_EQ(Body(short_of).at({"available"}), "5");
    EXPECT_EQ(short_of["Content-Type"], "application/problem+json");
}

TEST_F(Commands, take_for_what_is_left_out_what_the_document_says) {
    EXPECT_EQ(shop.ask("PUT /v1/locations/main", "{}").result_int(), 200U);
    const auto policy = shop.ask("PUT /v1/skus/cup", R"({"safety":2})");
    ASSERT_EQ(policy.result_int(), 200U) << policy.body();
    const auto location = shop.ask("GET /v1/locations/main");
    const auto received = shop.receive("cup", 5);
    const auto stock = Body(shop.get("/v1/availability?sku=cup", received));
    EXPECT_EQ(stock.at({"items", "0", "available"}), "3");
    EXPECT_EQ(stock.at({"items", "0", "policy", "backorder_max"}), "0");
    EXPECT_EQ(shop.ask("PUT /v1/locations/main", R"({"accepts_orders":false})").result_int(), 200U);
    EXPECT_EQ(problem_in(shop.post("/v1/skus/cup/reservations", R"({"quantity":1})")),
              "stock_is_insufficient");
}

TEST_F(Commands, may_not_name_what_an_order_asked_of_its_payments) {
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 3);
    const auto order = Body(shop.complete("c1", "o1", 300));
    const auto payment = "/v1/payments/" + order.at({"payments", "0", "payment"});
    for (const std::string verb : {"/capture", "/void", "/refund"}) {
        const auto refused = shop.post(payment + verb, R"({"operation":"order:1"})");
        EXPECT_EQ(refused.result_int(), 422U);
        EXPECT_EQ(problem_in(refused), "operation_id_is_reserved");
    }
    EXPECT_EQ(shop.post(payment + "/capture", R"({"operation":"by-hand"})").result_int(), 200U);
}

// What each leaves behind when it comes twice, which its version says.
TEST_F(Commands, that_say_what_is_to_be_need_no_key_to_be_repeated) {
    shop.open_with("cup", 10);
    const std::string line = R"({"sku":"cup","quantity":1,"unit_price":100})";
    const std::string order = R"({"currency":"GBP","total":100,"lines":[{"line":"1","sku":"cup",
        "quantity":1,"unit_price":100}],"payments":[{"amount":100,"token":"tok_approve"}]})";
    EXPECT_EQ(
        shop.post("/v1/skus/cup/reservations", R"({"quantity":1,"reservation":"r1"})").result_int(),
        201U);
    struct Case {
        std::string request, body;
        unsigned again;  // the status of the second answer
    };
    HttpResponse last;
    for (const auto& [request, body, again] :
         std::initializer_list<Case>{{"PUT /v1/locations/north", R"({"name":"North"})", 200},
                                     {"PUT /v1/skus/cup", R"({"low_stock":3})", 200},
                                     {"PUT /v1/carts/c1", R"({"currency":"GBP"})", 201},
                                     {"PATCH /v1/carts/c1", R"({"country":"UK"})", 200},
                                     {"PUT /v1/carts/c1/lines/1", line, 200},
                                     {"DELETE /v1/carts/c1/lines/1", "", 404},
                                     {"DELETE /v1/carts/c1", "", 200},
                                     {"PUT /v1/orders/o1", order, 201},
                                     {"DELETE /v1/skus/cup/reservations/r1", "", 404}}) {
        const auto first = shop.ask(request, body), second = shop.ask(request, body);
        EXPECT_LT(first.result_int(), 300U) << request << first.body();
        last = first;
        EXPECT_EQ(second.result_int(), again) << request << second.body();
        EXPECT_EQ(second.count("Idempotent-Replayed"), 0U);
        if (again >= 300 || request.starts_with("PUT /v1/orders")) continue;
        EXPECT_EQ(Body(second).at({"version"}), Body(first).at({"version"})) << request;
    }
    const auto stock = shop.get("/v1/availability?sku=cup", last);
    EXPECT_EQ(Body(stock).at({"items", "0", "available"}), "9") << "one order took one";
}

TEST_F(Commands, have_no_time_of_their_own_unless_the_engine_keeps_it) {
    EXPECT_EQ(problem_in(shop.post("/v1/skus/cup/reservations", std::string(three),
                                   "Holdfast-Time: 1000\r\n")),
              "own_times_are_not_kept");
}

TEST_F(Commands, seal_what_is_personal_until_it_is_forgotten) {
    const auto opened = shop.ask("PUT /v1/carts/c1",
                                 R"({"currency":"GBP","customer":"u1",
                                     "personal":{"name":"Ann"}})");
    ASSERT_EQ(opened.result_int(), 201U) << opened.body();
    EXPECT_EQ(Body(shop.get("/v1/carts/c1", opened)).at({"personal", "name"}), "Ann");
    EXPECT_EQ(shop.ask("DELETE /v1/customers/u1/personal-data").result_int(), 204U);
    const auto cart = shop.ask("GET /v1/carts/c1");
    EXPECT_NE(cart.body().find(R"("forgotten":true)"), std::string::npos) << cart.body();
}

// From the cart to who packs it.
TEST_F(Commands, write_nothing_that_is_personal_as_it_came) {
    const std::string street = "1 Unmistakable Street";
    shop.open_with("cup", 1);
    const auto opened = shop.ask("PUT /v1/carts/c1", R"({"currency":"GBP","customer":"pseudonym-1",
        "lines":[{"line":"1","sku":"cup","quantity":1,"unit_price":100}],
        "personal":{"street":")" + street + R"("}})");
    ASSERT_EQ(opened.result_int(), 201U) << opened.body();
    ASSERT_EQ(shop.complete("c1", "o1", 100).result_int(), 201U);
    const auto queue = shop.get_until("/v1/fulfillments", [](const auto& answer) {
        return !Body(answer).at({"items", "0", "order"}).empty();
    });
    EXPECT_EQ(Body(queue).at({"items", "0", "personal", "street"}), street);
    EXPECT_EQ(engine.end(SIGTERM), 0);
    EXPECT_TRUE(is_written(folder.path(), "pseudonym-1"));
    EXPECT_FALSE(is_written(folder.path(), street));
    EXPECT_FALSE(engine.words().contains(street));
}

std::string cart_of(int number) {
    return R"({"method":"PUT","path":"/v1/carts/c)" + std::to_string(number) +
           R"(","body":{"currency":"GBP","personal":{"name":"Guest )" + std::to_string(number) +
           R"("}}})";
}

TEST_F(Commands, seal_what_is_personal_for_all_guests_of_a_batch) {
    std::string batch;
    for (int n = 0; n < 20; ++n) batch += cart_of(n) + "\n";
    const auto lines = "Content-Type: application/x-ndjson\r\n";
    const auto first = shop.ask("POST /v1/batch", batch, lines);
    const auto again = shop.ask("POST /v1/batch", batch, lines);
    for (int n = 0; n < 20; ++n)
        EXPECT_EQ(Body(shop.get("/v1/carts/c" + std::to_string(n), first)).at({"personal", "name"}),
                  "Guest " + std::to_string(n));
    EXPECT_EQ(again.body().find(R"("status":4)"), std::string::npos) << again.body();
}

// Without a place for keys: what needs a new one is not done, all else is.
TEST_F(Commands, say_that_keys_are_unavailable_and_do_nothing) {
    const auto hers = R"({"currency":"GBP","customer":"u1","personal":{"name":"Ann"}})";
    EXPECT_EQ(shop.ask("PUT /v1/carts/hers", hers).result_int(), 201U);
    std::filesystem::remove_all(folder.path() / "keys");
    const auto refused =
        shop.ask("PUT /v1/carts/c1", R"({"currency":"GBP","personal":{"name":"Bob"}})");
    EXPECT_EQ(refused.result_int(), 503U);
    EXPECT_EQ(problem_in(refused), "keys_are_unavailable");
    EXPECT_EQ(refused["Retry-After"], "1");
    const auto batch = shop.ask(
        "POST /v1/batch",
        "[" + cart_of(1) + R"(,{"method":"PUT","path":"/v1/carts/c2","body":{"currency":"GBP"}}])");
    EXPECT_EQ(Body(batch).at({"0", "body", "type"}), "/problems/keys_are_unavailable");
    EXPECT_EQ(Body(batch).at({"1", "status"}), "201");
    EXPECT_EQ(problem_in(shop.get("/v1/carts/c1", batch)), "cart_is_unknown");
    EXPECT_EQ(shop.ask("PUT /v1/carts/hers", hers).result_int(), 201U);  // as it is
    EXPECT_EQ(problem_in(shop.ask("PUT /v1/carts/c1", R"({"personal":{"name":"Bob"}})")),
              "field_is_missing");
}

TEST_F(Commands, are_seen_by_reads_that_wait_for_them) {
    shop.open_with("cup", 1);
    for (int quantity = 2; quantity < 40; ++quantity) {
        const auto received = shop.receive("cup", 1);
        const auto stock = shop.get("/v1/availability?sku=cup", received);
        ASSERT_EQ(Body(stock).at({"items", "0", "available"}), std::to_string(quantity));
    }
    EXPECT_EQ(problem_in(shop.ask("GET /v1/stock/totals?wait_for=nonsense")),
              "consistency_token_is_malformed");
    EXPECT_EQ(problem_in(shop.ask("GET /v1/carts/c9")), "cart_is_unknown");
    EXPECT_EQ(problem_in(shop.ask("GET /v1/orders?cursor=nonsense")), "cursor_is_malformed");
}

}  // namespace
}  // namespace holdfast
