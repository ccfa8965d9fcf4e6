// Bad input over HTTP, with the program itself: each kind has a name, and none leaves a trace.
#include "tests/support/served_shop.h"
#include "tests/support/written.h"

namespace holdfast {
namespace {

constexpr std::string_view card = "4111 1111 1111 1111";

struct Case {
    std::string request;
    std::string body;
    unsigned status;
    std::string_view problem;
    std::string headers = {};  // a POST without any has a key of its own
};

class BadInput : public ServedShop {
protected:
    BadInput() {
        shop.open_with("cup", 5);
        shop.open_cart("c1", "cup", 1);
        shop.open_cart("c2", "cup", 2);
        last = shop.complete("c2", "o1", 200);
        EXPECT_EQ(last.result_int(), 201U) << last.body();
        tokens_ = "," + std::string(last["Holdfast-Token"]);
        const auto requested = [](const auto& queue) {
            return !Body(queue).at({"items", "0", "fulfillment"}).empty();
        };
        shop.get_until("/v1/fulfillments?state=requested", requested);
        last = shop.post("/v1/skus/cup/reservations", R"({"quantity":1,"reservation":"r1"})");
    }

    void expect_refused(std::initializer_list<Case> cases) {
        const auto before = everything();
        for (const auto& one : cases) {
            const bool has_key = !one.headers.empty() || !one.request.starts_with("POST");
            const auto key =
                has_key ? "" : "Idempotency-Key: bad-" + std::to_string(++keys_) + "\r\n";
            const auto refused = shop.ask(one.request, one.body, key + one.headers);
            EXPECT_EQ(refused.result_int(), one.status) << one.request << one.body;
            EXPECT_EQ(problem_in(refused), one.problem) << one.request << one.body;
            EXPECT_EQ(refused["Content-Type"], "application/problem+json");
            if (refused.count("Holdfast-Token") != 0)
                tokens_.append(",").append(std::string(refused["Holdfast-Token"]));
        }
        EXPECT_EQ(everything(), before);
    }

    // All that anybody can see, once the views have what was answered, and whose keys there are.
    std::string everything() {
        const std::string wait = "wait_for=" + std::string(last["Holdfast-Token"]) + tokens_;
        std::string all;
        for (const std::string path :
             {"/v1/availability?", "/v1/stock/totals?", "/v1/skus/cup/movements?", "/v1/locations?",
              "/v1/carts/c1?", "/v1/carts/c2?", "/v1/orders?", "/v1/fulfillments?",
              "/v1/payments/o1-p1?", "/v1/skus/cup/reservations/r1?"}) {
            const auto seen = shop.ask("GET " + path + wait);
            EXPECT_EQ(seen.result_int(), 200U) << seen.body();
            all.append(path).append(seen.body()).append("\n");
        }
        for (const std::string path :
             {"/v1/carts/c3?", "/v1/orders/o2?", "/v1/skus/jug/movements?"})
            EXPECT_EQ(shop.ask("GET " + path + wait).result_int(), 404U) << path;
        for (const auto& key : std::filesystem::directory_iterator(folder.path() / "keys"))
            all.append(key.path().filename()).append("\n");
        return all;
    }

    HttpResponse last;

private:
    int keys_ = 0;
    std::string tokens_;
};

const std::string reserve = "POST /v1/skus/cup/reservations";
const std::string move_units = "POST /v1/skus/cup/movements";
const std::string set_line = "PUT /v1/carts/c1/lines/2";
const std::string complete = "POST /v1/carts/c1/complete";
const std::string seal = "POST /v1/customers/u1/personal-data";

std::string line_with(const std::string& members) { return R"({"sku":"cup",)" + members + "}"; }
std::string order_with(const std::string& members) {
    return R"({"currency":"GBP",)"
           R"("lines":[{"line":"1","sku":"cup","quantity":1,"unit_price":100}],)" +
           members + "}";
}

TEST_F(BadInput, that_is_no_json_of_the_right_shape) {
    expect_refused({
        {reserve, R"({"quantity":)", 400, "text_is_not_json"},
        {reserve, R"({"quantity":1}})", 400, "text_is_not_json"},
        {reserve, R"({"quantity":01})", 400, "text_is_not_json"},
        {reserve, "[1]", 400, "field_has_the_wrong_type"},
        {reserve, R"({"quantity":1,"colour":"red"})", 400, "field_is_unknown"},
        {reserve, R"({"quantity":1,"order":"o1"})", 400, "field_is_unknown"},
        {set_line, line_with(R"("quantity":1,"unit_price":1,"taxes":[{"colour":1}])"), 400,
         "field_is_unknown"},
        {reserve, R"({"quantity":1,"quantity":1})", 400, "field_is_repeated"},
        {reserve, R"({"quantity":1.0})", 400, "field_has_the_wrong_type"},
        {reserve, R"({"quantity":"1"})", 400, "field_has_the_wrong_type"},
        {reserve, R"({"quantity":null})", 400, "field_has_the_wrong_type"},
        {reserve, "{}", 400, "field_is_missing"},
        {reserve, "{\"quantity\":1,\"reason\":\"\xff\"}", 400, "text_is_not_utf8"},
        {reserve, "{\"quantity\":1,\"\xc0\xaf\":1}", 400, "text_is_not_utf8"},
        {reserve, std::string(40, '[') + std::string(40, ']'), 400, "nesting_is_too_deep"},
        {reserve, R"({"quantity":1,"reason":"a\u0000b"})", 400, "text_has_a_forbidden_character"},
        {"POST /v1/skus/a%20b/reservations", R"({"quantity":1})", 400,
         "text_has_a_forbidden_character"},
        {"POST /v1/skus/%FF/reservations", R"({"quantity":1})", 400,
         "text_has_a_forbidden_character"},
        {"GET /v1/carts/\xff", "", 400, "path_is_malformed"},
        {"GET /v1/orders?customer=%FF", "", 400, "query_is_malformed"},
        {reserve, R"({"quantity":1})", 400, "header_is_malformed", "Idempotency-Key: a\xff\r\n"},
        {"PUT /v1/carts/c1/lines/2", line_with(R"("line":"3","quantity":1,"unit_price":1)"), 400,
         "field_is_not_as_given"},
    });
}

TEST_F(BadInput, that_is_to_be_sealed) {
    expect_refused({
        {seal, "[]", 400, "field_has_the_wrong_type"},
        {seal, R"({"name":"Ann","name":"Bob"})", 400, "field_is_repeated"},
        {seal, R"({"subject":"u2","name":"Ann"})", 400, "field_is_not_as_given"},
        {"POST /v1/customers/a%20b/personal-data", "{}", 400, "path_is_malformed"},
        {seal, R"({"name":")" + std::string(12'000, 'x') + "\"}", 400, "text_is_too_long"},
    });
}

TEST_F(BadInput, that_names_no_word_there_is) {
    expect_refused({
        {move_units, R"({"kind":"conjure","location":"main","quantity":1})", 400,
         "value_is_outside_its_range"},
        {move_units, R"({"kind":"write_off","location":"main","quantity":1,"from":"lost"})", 400,
         "value_is_outside_its_range"},
        {"POST /v1/orders/o1/returns",
         R"({"lines":[{"line":"1","quantity":1,"condition":"eaten"}]})", 400,
         "value_is_outside_its_range"},
        {"PATCH /v1/carts/c1", R"({"charges":[{"charge":"1","kind":"bribe","amount":1}]})", 400,
         "value_is_outside_its_range"},
    });
}

TEST_F(BadInput, that_counts_what_cannot_be) {
    for (const std::string quantity :
         {"-1", "0", "1000000001", "9223372036854775808", "99999999999999999999"}) {
        const auto body = R"({"quantity":)" + quantity + "}";
        const auto movement = R"({"kind":"receive","location":"main","quantity":)" + quantity + "}";
        expect_refused({{reserve, body, 400, "value_is_outside_its_range"},
                        {move_units, movement, 400, "value_is_outside_its_range"},
                        {set_line, line_with(R"("unit_price":1,"quantity":)" + quantity), 400,
                         "value_is_outside_its_range"}});
    }
    for (const std::string amount : {"-1", "1000000000000001", "99999999999999999999"})
        expect_refused({{set_line, line_with(R"("quantity":1,"unit_price":)" + amount), 400,
                         "value_is_outside_its_range"},
                        {"POST /v1/payments/o1-p1/refund",
                         R"({"amount":{"currency":"GBP","amount":)" + amount + "}}", 400,
                         "value_is_outside_its_range"}});
    expect_refused({
        {move_units, R"({"kind":"adjust","location":"main","change":0})", 422, "change_is_zero"},
        {"POST /v1/payments/o1-p1/capture", R"({"amount":{"currency":"GBP","amount":0}})", 422,
         "amount_is_zero"},
        {set_line, line_with(R"("quantity":2,"unit_price":1000000000000000)"), 422,
         "total_is_too_large"},
        {move_units, R"({"kind":"write_off","location":"main","quantity":6,"from":"sellable"})",
         409, "stock_would_be_negative"},
        {"POST /v1/orders/o1/cancel", R"({"lines":[{"line":"1","quantity":3}]})", 409,
         "quantity_exceeds_what_is_open"},
        {"POST /v1/orders/o1/returns",
         R"({"lines":[{"line":"1","quantity":1,"condition":"sellable"}]})", 409,
         "quantity_exceeds_what_was_shipped"},
        {move_units, R"({"kind":"count","location":"main","counted":-1})", 400,
         "value_is_outside_its_range"},
        {complete,
         R"({"expected_total":{"amount":100,"currency":"GBP"},
             "payments":[{"amount":100,"token":"tok_approve"},{"amount":0,"outside":true}]})",
         422, "payment_is_zero"},
        {"POST /v1/orders", order_with(R"("total":-1,"payments":[])"), 400,
         "value_is_outside_its_range"},
    });
}

TEST_F(BadInput, that_does_not_add_up) {
    const auto paid_with = [](int amount, const std::string& currency) {
        return R"({"expected_total":{"amount":)" + std::to_string(amount) + R"(,"currency":")" +
               currency + R"("},"payments":[{"amount":)" + std::to_string(amount) +
               R"(,"token":"tok_approve"}]})";
    };
    expect_refused({
        {complete, paid_with(100, "USD"), 422, "currency_differs"},
        {complete, paid_with(99, "GBP"), 409, "total_is_not_as_expected"},
        {complete,
         R"({"expected_total":{"amount":100,"currency":"GBP"},
             "payments":[{"amount":99,"token":"tok_approve"}]})",
         422, "payments_do_not_add_up"},
        {"POST /v1/orders", order_with(R"("total":99,"payments":[{"amount":99,"outside":true}])"),
         422, "total_does_not_add_up"},
        {"POST /v1/payments/o1-p1/capture", R"({"amount":{"currency":"USD","amount":1}})", 422,
         "currency_differs"},
        {"POST /v1/payments/o1-p1/void", R"({"amount":{"currency":"USD","amount":1}})", 422,
         "currency_differs"},
        {"POST /v1/payments/o1-p1/refund", R"({"amount":{"currency":"USD","amount":1}})", 422,
         "currency_differs"},
        {"PUT /v1/carts/c3", R"({"currency":"gbp"})", 400, "text_has_a_forbidden_character"},
        {"PUT /v1/carts/c3", R"({"currency":"EURO"})", 400, "value_is_outside_its_range"},
        {set_line, line_with(R"("quantity":1,"unit_price":5,"discounts":[{"amount":6}])"), 422,
         "discounts_exceed_the_line"},
    });
}

TEST_F(BadInput, that_may_be_a_card_number) {
    const std::string number(card), digits = "4111111111111111";
    const auto with = [&](const std::string& member) { return R"({"quantity":1,)" + member + "}"; };
    const auto refused = [&](const std::string& request, const std::string& body,
                             const std::string& headers = {}) {
        return Case{request, body, 400, "card_number_is_not_accepted", headers};
    };
    expect_refused({
        refused(reserve, with(R"("reference":")" + number + "\"")),
        refused(reserve, with(R"("reason":"paid by )" + digits + "\"")),
        refused(reserve, with(R"("metadata":{"a":{"b":["x",")" + number + "\"]}}")),
        refused(reserve, with(R"("metadata":{")" + digits + R"(":true})")),
        refused(reserve, with(R"("metadata":{"n":)" + digits + "}")),
        refused("PATCH /v1/carts/c1", R"({"personal":{"n":[)" + digits + "]}}"),
        refused(reserve, with(R"("reason":"4111.1111.1111.1111")")),
        refused(reserve, with(R"("metadata":{"n":"4111\u00a01111\u00a01111\u00a01111"})")),
        refused(reserve, with(R"("customer":")" + digits + "\"")),
        refused(set_line, line_with(R"("quantity":1,"unit_price":1,"label":")" + number + "\"")),
        refused("PATCH /v1/carts/c1", R"({"personal":{"note":")" + number + "\"}}"),
        refused(seal, R"({"note":")" + number + "\"}"),
        refused(complete, Shop::payment_of("o2", 100, digits)),
        refused(reserve, R"({"quantity":1})", "Idempotency-Key: " + digits + "\r\n"),
        refused("POST /v1/skus/" + digits + "/reservations", R"({"quantity":1})"),
        refused("PUT /v1/carts/4111%3111111111111", R"({"currency":"GBP"})"),
        refused("DELETE /v1/carts/c1/lines/" + digits, ""),
        refused("DELETE /v1/customers/" + digits + "/personal-data", ""),
        refused("GET /v1/carts/" + digits, ""),
        refused("GET /v1/orders/4111%3111111111111", ""),
    });
    const auto batch = Body(shop.ask("POST /v1/batch",
                                     R"([{"method":"PUT","path":"/v1/carts/c3","body":{
                                          "currency":"GBP","reference":")" +
                                         number + R"("}}])"));
    EXPECT_EQ(batch.at({"0", "body", "type"}), "/problems/card_number_is_not_accepted");
    EXPECT_EQ(engine.end(SIGTERM), 0);
    EXPECT_TRUE(is_written(folder.path(), "tok_approve")) << "what was paid with is";
    for (const auto& text : {number, digits, std::string("4111.1111.1111.1111")}) {
        EXPECT_FALSE(is_written(folder.path(), text)) << text;
        EXPECT_FALSE(engine.words().contains(text)) << text;
    }
}

TEST_F(BadInput, that_names_what_is_not_there) {
    expect_refused({
        {"POST /v1/skus/jug/reservations", R"({"quantity":1})", 404, "sku_is_unknown"},
        {move_units, R"({"kind":"receive","location":"moon","quantity":1})", 404,
         "location_is_unknown"},
        {"POST /v1/skus/cup/reservations/r9/extend", "{}", 404, "reservation_is_unknown"},
        {"PATCH /v1/carts/c9", R"({"country":"UK"})", 404, "cart_is_unknown"},
        {"POST /v1/carts/c9/complete", Shop::payment_of("o2", 100), 404, "cart_is_unknown"},
        {"DELETE /v1/carts/c1/lines/9", "", 404, "line_is_unknown"},
        {"POST /v1/orders/o9/cancel", "{}", 404, "order_is_unknown"},
        {"POST /v1/payments/p9/capture", "{}", 404, "payment_is_unknown"},
        {"POST /v1/fulfillments/f9/ship", "{}", 404, "fulfillment_is_unknown"},
        {"GET /v1/carts/c9", "", 404, "cart_is_unknown"},
        {"GET /v1/orders/o9", "", 404, "order_is_unknown"},
        {"GET /v1/availability?sku=jug", "", 404, "sku_is_unknown"},
        {"GET /v1/availability?location=moon", "", 404, "location_is_unknown"},
        {"GET /v1/skus/jug/movements", "", 404, "sku_is_unknown"},
        {"POST /v1/baskets", "{}", 404, "path_is_unknown"},
        {"PATCH /v1/orders", "{}", 405, "method_is_not_allowed"},
    });
}

TEST_F(BadInput, that_asks_what_became_of_what_is_no_command) {
    for (const std::string query :
         {"key=k&path=", "key=k&path=/nowhere", "key=k&path=/v1/carts/", "key=k&path=v1/carts",
          "key=k&path=/v1/availability", "key=k&path=/v1/carts?a=b", "key=&path=/v1/carts",
          "key=a%20b&path=/v1/carts"})
        expect_refused({{"GET /v1/commands?" + query, "", 400, "query_is_malformed"}});
    expect_refused({
        {"GET /v1/commands/abc", "", 400, "path_is_malformed"},
        {"GET /v1/commands/" + std::string(25, 'b'), "", 400, "path_is_malformed"},
        {"GET /v1/commands/" + std::string(26, 'b'), "", 404, "command_is_unknown"},
        {"GET /v1/commands?key=k&path=/v1/carts", "", 404, "command_is_unknown"},
    });
}

TEST_F(BadInput, that_asks_for_what_cannot_be_asked) {
    for (const std::string query : {"sales?from=banana",
                                    "sales?from=2010-13-01",
                                    "sales?from=2011-02-29",
                                    "sales?from=2010-12",
                                    "sales?from=2010-12-01T00",
                                    "sales?from=",
                                    "sales?to=2010-12-1",
                                    "sales?to=2010/12/01",
                                    "sales?by=month&from=2010-12-01",
                                    "sales?by=month&to=2010-00",
                                    "sales?by=sku&from=a%20b",
                                    "sales?by=channel&to=",
                                    "sales?by=hour",
                                    "availability?sku=",
                                    "availability?sku=,",
                                    "availability?sku=cup,",
                                    "availability?sku=,cup",
                                    "availability?sku=cup&limit=1",
                                    "availability?sku=cup&cursor=x",
                                    "availability?location=",
                                    "fulfillments?location=a%20b",
                                    "orders?limit=0",
                                    "orders?limit=1001",
                                    "orders?stuck=maybe",
                                    "orders?state=lost"})
        expect_refused({{"GET /v1/" + query, "", 400, "query_is_malformed"}});
    expect_refused({
        {"GET /v1/fulfillments?location=moon", "", 404, "location_is_unknown"},
        {"POST /v1/batch", "", 400, "text_is_empty"},
        {"POST /v1/batch", "\n \n", 400, "text_is_empty"},
    });
    for (const std::string query :
         {"from=2010-12-01&to=2012-02-29", "by=month&from=2010-12&to=2011-12", "by=sku&from=a&to=b",
          "by=country&from=United%20Kingdom"})
        EXPECT_EQ(shop.ask("GET /v1/sales?" + query).body(), R"({"items":[]})") << query;
}

TEST_F(BadInput, that_comes_too_late_or_twice) {
    const std::string key = "Idempotency-Key: mine\r\n";
    EXPECT_EQ(shop.ask("POST /v1/carts", R"({"currency":"GBP"})", key).result_int(), 201U);
    const auto line = line_with(R"("quantity":2,"unit_price":100)");
    expect_refused({
        {set_line, line, 412, "version_is_stale", "If-Match: \"7\"\r\n"},
        {set_line, line_with(R"("quantity":2,"unit_price":100,"version":7)"), 409,
         "version_is_stale"},
        {set_line, line_with(R"("quantity":2,"unit_price":100,"version":7)"), 400,
         "field_is_not_as_given", "If-Match: \"1\"\r\n"},
        {set_line, line, 400, "header_is_malformed", "If-Match: 1\r\n"},
        {"POST /v1/carts", R"({"currency":"EUR"})", 422, "idempotency_key_was_used", key},
        {"POST /v1/carts", R"({"currency":"EUR"})", 400, "header_is_malformed",
         "Idempotency-Key: a b\r\n"},
        {"POST /v1/carts", R"({"currency":"EUR"})", 400, "idempotency_key_is_missing",
         "Accept: */*\r\n"},
    });
    const std::string twice = R"({"method":"POST","path":"/v1/skus/cup/reservations","key":"both",
                                  "body":{"quantity":1}})";
    const auto batch = Body(shop.ask("POST /v1/batch", "[" + twice + "," + twice + "]"));
    EXPECT_EQ(batch.at({"0", "status"}), "201");
    EXPECT_EQ(batch.at({"1", "status"}), "409");
    EXPECT_EQ(batch.at({"1", "body", "type"}), "/problems/idempotency_key_is_in_flight");
}

TEST_F(BadInput, that_is_too_large_or_of_another_kind) {
    expect_refused({
        {"PUT /v1/carts/c3", "<cart/>", 415, "media_type_is_not_supported",
         "Content-Type: text/xml\r\n"},
        {"PUT /v1/carts/c3", "{}", 415, "media_type_is_not_supported",
         "Content-Encoding: gzip\r\n"},
        {"GET /v1/carts/c1", "{}", 400, "body_is_not_expected"},
    });
    const auto large = [&](const std::string& request, std::size_t bytes) {
        HttpConnection connection(engine.port());
        return connection.ask(request + " HTTP/1.1\r\nHost: here\r\nContent-Length: " +
                              std::to_string(bytes) + "\r\n\r\n");
    };
    for (const auto& refused :
         {large("PUT /v1/carts/c3", (1U << 20U) + 1), large("POST /v1/batch", (4U << 20U) + 1)}) {
        EXPECT_EQ(refused.result_int(), 413U);
        EXPECT_EQ(problem_in(refused), "body_is_too_large");
    }
}

}  // namespace
}  // namespace holdfast
