#include "engine/http/problems.h"

#include <gtest/gtest.h>

namespace holdfast::http {
namespace {

std::string json(std::string_view text) {
    std::string to;
    append_json_string(to, text);
    return to;
}

TEST(Problem, says_what_rfc_9457_asks_and_what_the_client_needs) {
    Problem problem({409, "stock_is_insufficient"});
    problem.detail("3 are left").instance("/v1/skus/A").with("available", 3);
    const auto response = problem.response();
    EXPECT_EQ(response.status(), 409U);
    EXPECT_EQ(response.header_lines(), "Content-Type: application/problem+json\r\n");
    EXPECT_EQ(response.body(),
              R"({"type":"/problems/stock_is_insufficient","title":"Stock is insufficient",)"
              R"("status":409,"detail":"3 are left","instance":"/v1/skus/A","available":3})");
}
TEST(JsonString, escapes_what_must_be) {
    EXPECT_EQ(json("a\"b\\c/\n\x01\x7F"), "\"a\\\"b\\\\c/\\n\\u0001\x7F\"");
    EXPECT_EQ(json("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x9B\x92"),
              "\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x9B\x92\"");
}
TEST(JsonString, replaces_what_is_not_utf_8) {
    const std::string instead = "\xEF\xBF\xBD";
    EXPECT_EQ(json("a\xFF"
                   "b"),
              '"' + ("a" + instead + "b") + '"');
    EXPECT_EQ(json("\xC0\xAF"), '"' + instead + instead + '"');                // overlong
    EXPECT_EQ(json("\xED\xA0\x80"), '"' + instead + instead + instead + '"');  // a surrogate
    EXPECT_EQ(json("\xF4\x90\x80\x80"), '"' + instead + instead + instead + instead + '"');
    EXPECT_EQ(json("\xE2\x82"), '"' + instead + instead + '"');  // cut short
}
TEST(Response, lets_no_line_break_into_a_header) {
    Response response(200);
    response.header("Location", "/a\r\nSet-Cookie: x");
    EXPECT_EQ(response.header_lines(), "Location: /a  Set-Cookie: x\r\n");
}

}  // namespace
}  // namespace holdfast::http
