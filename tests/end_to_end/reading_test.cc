// What is read over HTTP, with the program itself: what a cache may keep, and what is said when an
// answer cannot be given yet.
#include "engine/domain/contexts.h"
#include "projections/token.h"
#include "tests/support/served_shop.h"

namespace holdfast {
namespace {

class Reading : public ServedShop {
protected:
    HttpResponse get_if_none(const std::string& path, const std::string& tags) {
        return shop.ask("GET " + path, "", "If-None-Match: " + tags + "\r\n");
    }
};

TEST_F(Reading, answers_304_to_who_has_it_already) {
    shop.open_with("cup", 10);
    shop.open_cart("c1", "cup", 1);
    for (const std::string path : {"/v1/carts/c1", "/v1/locations/main", "/v1/availability"}) {
        const auto whole =
            shop.get_until(path, [](const auto& answer) { return answer.result_int() == 200U; });
        const std::string tag(whole["ETag"]);
        ASSERT_FALSE(tag.empty()) << path;
        // As a client sends it, among others, by way of a cache that packs, and any at all.
        for (const auto& tags : {tag, "\"x\", " + tag + ",\"y\"", "W/" + tag, std::string("*")}) {
            const auto same = get_if_none(path, tags);
            EXPECT_EQ(same.result_int(), 304U) << path << ' ' << tags;
            EXPECT_EQ(same["ETag"], tag);
            EXPECT_EQ(same["Cache-Control"], whole["Cache-Control"]);
            EXPECT_EQ(same.body(), "");
        }
        const auto in_two_lines = get_if_none(path, "\"x\"\r\nIf-None-Match: " + tag);
        EXPECT_EQ(in_two_lines.result_int(), 304U) << path;
        EXPECT_EQ(get_if_none(path, "\"x\", W/\"y\"").body(), whole.body());
    }
}

TEST_F(Reading, is_answered_anew_once_it_has_changed) {
    shop.open_with("cup", 10);
    const std::string path = "/v1/availability?sku=cup";
    const auto before = shop.ask("GET " + path);
    EXPECT_EQ(before["Cache-Control"], "max-age=1");
    shop.get(path, shop.receive("cup", 1));
    const auto after = get_if_none(path, std::string(before["ETag"]));
    EXPECT_EQ(after.result_int(), 200U);
    EXPECT_EQ(Body(after).at({"items", "0", "available"}), "11");
    EXPECT_NE(after["ETag"], before["ETag"]);
}

TEST_F(Reading, at_one_location_counts_what_is_free_there) {
    shop.open_with("cup", 10);
    shop.get("/v1/locations/back", shop.ask("PUT /v1/locations/back", "{}"));
    const auto more =
        shop.post("/v1/skus/cup/movements", R"({"kind":"receive","location":"back","quantity":4})");
    const auto free_at = [&](const std::string& location, const HttpResponse& after) {
        const auto said = shop.get("/v1/availability?sku=cup&location=" + location, after);
        EXPECT_EQ(Body(said).at({"items", "0", "locations", "1", "location"}), "");
        return Body(said).at({"items", "0", "available"});
    };
    EXPECT_EQ(Body(shop.get("/v1/availability?sku=cup", more)).at({"items", "0", "available"}),
              "14");
    EXPECT_EQ(free_at("main", more), "10");
    EXPECT_EQ(free_at("back", more), "4");
    const auto kept = shop.ask("PUT /v1/skus/cup", R"({"safety":11})");
    EXPECT_EQ(free_at("main", kept), "3") << "what is kept back is kept anywhere";
    EXPECT_EQ(
        problem_in(shop.post("/v1/skus/cup/reservations", R"({"quantity":4,"location":"main"})")),
        "stock_is_insufficient");
    const auto shut = shop.ask("PUT /v1/locations/back", R"({"accepts_orders":false})");
    EXPECT_EQ(free_at("back", shut), "0");
    const auto new_one = shop.ask("PUT /v1/locations/attic", "{}");
    EXPECT_EQ(free_at("attic", new_one), "0") << "it has none of it";
}

TEST_F(Reading, of_sales_is_by_day_and_by_month) {
    shop.open_with("cup", 10);
    shop.open_cart("c1", "cup", 2);
    const auto sold = shop.complete("c1", "o1", 200);
    ASSERT_EQ(sold.result_int(), 201U) << sold.body();
    const Body days(shop.get("/v1/sales?by=day", sold)),
        months(shop.get("/v1/sales?by=month", sold));
    for (const auto* by : {&days, &months}) {
        EXPECT_EQ(by->at({"items", "0", "orders"}), "1");
        EXPECT_EQ(by->at({"items", "0", "units"}), "2");
        EXPECT_EQ(by->at({"items", "0", "total"}), "200");
        EXPECT_EQ(by->at({"items", "0", "authorized"}), "200");
        EXPECT_EQ(by->at({"items", "1", "group"}), "");
    }
    const auto day = days.at({"items", "0", "group"});
    EXPECT_EQ(day.size(), std::string_view("2010-12-01").size());
    EXPECT_EQ(months.at({"items", "0", "group"}), day.substr(0, 7));
}

TEST_F(Reading, of_what_nobody_may_keep_has_no_tag) {
    shop.wait_until_ready();
    for (const std::string path : {"/v1/orders", "/v1/stock/totals", "/v1/sales"}) {
        const auto said = shop.ask("GET " + path);
        EXPECT_EQ(said.result_int(), 200U) << said.body();
        EXPECT_EQ(said.count("ETag"), 0U) << path;
        EXPECT_EQ(said["Cache-Control"], "no-store") << path;
    }
}

TEST_F(Reading, that_waits_for_what_does_not_come_is_told_so) {
    projections::Token token;
    token.add({Stock::number, 0}, 1'000'000);
    const auto said =
        shop.ask("GET /v1/availability?wait_for=" + token.text(), "", "Prefer: wait=0\r\n");
    EXPECT_EQ(said.result_int(), 503U);
    EXPECT_EQ(problem_in(said), "view_lags_behind");
    EXPECT_EQ(said["Retry-After"], "1");
}

// Nothing is half done: what could not be sealed was not asked either.
TEST_F(Reading, of_personal_data_needs_its_keys) {
    shop.wait_until_ready();
    std::filesystem::remove_all(folder.path() / "keys");
    const std::string cart = R"({"currency":"GBP","customer":"u1","personal":{"name":"Ann"}})";
    const auto said = shop.ask("PUT /v1/carts/c1", cart);
    EXPECT_EQ(said.result_int(), 503U);
    EXPECT_EQ(problem_in(said), "keys_are_unavailable");
    EXPECT_EQ(said["Retry-After"], "1");
    EXPECT_EQ(shop.ask("GET /v1/carts/c1").result_int(), 404U);
}

}  // namespace
}  // namespace holdfast
