#include "engine/http/router.h"

#include <gtest/gtest.h>

namespace holdfast::http {
namespace {

Router router() {
    std::vector<Row> rows;
    const auto add = [&](Method method, std::string_view path) -> Row& {
        return rows.emplace_back(Row{method, path, {}, Shedding::never, nullptr, "a row"});
    };
    add(Method::get, "/v1/availability").query = {{"sku", "which"}, {"location", "where"}};
    add(Method::get, "/v1/carts/{cart}");
    add(Method::remove, "/v1/carts/{cart}");
    add(Method::put, "/v1/carts/{cart}/lines/{line}").body = {{"application/json"}};
    add(Method::post, "/v1/batch").body = {{"application/json"}, 4U << 20U};
    return Router(std::move(rows));
}

std::expected<Match, Problem> match(std::string_view method, std::string_view target) {
    static const Router routes = router();
    Received received;
    received.method_string({method.data(), method.size()});
    received.target({target.data(), target.size()});
    return routes.match(received);
}
std::string_view path_for(std::string_view method, std::string_view target) {
    const auto found = match(method, target);
    return found ? found->row->path : found.error().name();
}
std::string refusal(std::string_view method, std::string_view target) {
    const auto found = match(method, target);
    if (found) return "";
    const auto response = found.error().response();
    return std::string(response.header_lines()) + response.body();
}

TEST(Router, finds_the_row_of_a_path) {
    EXPECT_EQ(path_for("GET", "/v1/carts/c1"), "/v1/carts/{cart}");
    EXPECT_EQ(path_for("HEAD", "/v1/carts/c1"), "/v1/carts/{cart}");
    EXPECT_EQ(path_for("GET", "http://shop.example:80/v1/carts/c1?"), "/v1/carts/{cart}");
    EXPECT_EQ(path_for("GET", "/v1/%63arts/c1"), "/v1/carts/{cart}");
    const auto line = match("PUT", "/v1/carts/c+1/lines/a%2Fb%20%C3%A4");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->path["cart"], "c+1");
    EXPECT_EQ(line->path["line"], "a/b \xC3\xA4");
}
TEST(Router, knows_no_other_path) {
    for (const std::string_view target :
         {"/", "/v1", "/v1/", "/v1/carts", "/v1/carts/", "/v1/carts//", "/v1/carts/c1/",
          "/v1/carts/c1/lines", "//v1/carts/c1", "/v2/carts/c1", "/v1/carts/c1/lines/l1/x",
          "/v1%2Fcarts/c1"})
        EXPECT_EQ(path_for("GET", target), "path_is_unknown") << target;
}
TEST(Router, takes_no_card_number_in_a_path) {
    for (const std::string_view method : {"GET", "DELETE", "QUERY"})
        EXPECT_EQ(path_for(method, "/v1/carts/4111%31111-11111111"), "card_number_is_not_accepted");
    EXPECT_NE(refusal("PUT", "/v1/carts/c1/lines/4111111111111111").find(R"("parameter":"line")"),
              std::string::npos);
    EXPECT_EQ(path_for("GET", "/v1/carts/4111111111111112"), "/v1/carts/{cart}");
}
TEST(Router, names_the_nearest_path) {
    EXPECT_NE(refusal("GET", "/v1/cart/c1").find(R"("nearest":"/v1/carts/{cart}")"),
              std::string::npos);
    EXPECT_NE(refusal("GET", "/v1/availability/").find(R"("nearest":"/v1/availability")"),
              std::string::npos);
    EXPECT_EQ(refusal("GET", "/wp-login.php").find("nearest"), std::string::npos);
    EXPECT_EQ(refusal("GET", "/" + std::string(9'000, 'v')).find("nearest"), std::string::npos);
}
TEST(Router, refuses_what_is_no_target) {
    for (const std::string_view target : {"", "v1", "*", "/%", "/%zz", "/a b", "shop.example:443",
                                          "/v1/carts/\x01", "/v1/carts/\xFF", "/#f"})
        EXPECT_EQ(path_for("GET", target), "path_is_malformed") << target;
}
TEST(Router, says_which_methods_a_path_has) {
    for (const std::string_view method : {"POST", "QUERY", "get", "TRACE", "CONNECT", ""}) {
        EXPECT_EQ(path_for(method, "/v1/carts/c1"), "method_is_not_allowed");
        EXPECT_NE(refusal(method, "/v1/carts/c1").find("Allow: OPTIONS, GET, HEAD, DELETE\r\n"),
                  std::string::npos);
    }
    const auto asked = match("OPTIONS", "/v1/carts/c1");
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->row, nullptr);
    EXPECT_EQ(asked->allow, "OPTIONS, GET, HEAD, DELETE");
    ASSERT_TRUE(match("OPTIONS", "*"));
}
TEST(Router, decodes_the_query) {
    const auto found = match("GET", "/v1/availability?location=a+b%2B&sku=A%2CB");
    ASSERT_TRUE(found);
    ASSERT_EQ(found->query.size(), 2U);
    EXPECT_EQ(found->query[0].name, "location");
    EXPECT_EQ(found->query[0].value, "a b+");
    EXPECT_EQ(found->query[1].value, "A,B");
    EXPECT_TRUE(match("GET", "/v1/availability?sku"));
}
TEST(Router, takes_no_query_parameter_that_the_row_does_not_name) {
    EXPECT_EQ(path_for("GET", "/v1/availability?skus=A"), "query_parameter_is_unknown");
    EXPECT_NE(refusal("GET", "/v1/availability?skus=A").find(R"("parameter":"skus")"),
              std::string::npos);
    EXPECT_EQ(path_for("GET", "/v1/carts/c1?x"), "query_parameter_is_unknown");
    EXPECT_EQ(path_for("GET", "/v1/availability?sku=A&sku=B"), "query_parameter_is_repeated");
}
TEST(Router, limits_a_body_by_its_path) {
    const auto routes = router();
    EXPECT_EQ(routes.body_bytes_max("/v1/batch?x"), 4U << 20U);
    EXPECT_EQ(routes.body_bytes_max("/v1/carts/c/lines/l"), 1U << 20U);
    EXPECT_EQ(routes.body_bytes_max("/v1/carts/c"), 64U << 10U);
    EXPECT_EQ(routes.body_bytes_max("/nowhere"), 64U << 10U);
    EXPECT_EQ(routes.body_bytes_max("%"), 64U << 10U);
}

}  // namespace
}  // namespace holdfast::http
