#include "engine/http/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::http {
namespace {

using Lines = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Some views of Headers point into the request, which must outlive them.
struct Read {
    explicit Read(Lines lines) {
        for (const auto& [name, value] : lines)
            received.insert({name.data(), name.size()}, {value.data(), value.size()});
        headers = read_headers(received);
    }
    Received received;
    std::expected<Headers, Problem> headers = Headers{};
};

void expect_malformed(std::string_view name, std::string_view value) {
    const Read read({{name, value}});
    ASSERT_FALSE(read.headers) << value;
    EXPECT_EQ(read.headers.error().name(), "header_is_malformed");
    EXPECT_NE(read.headers.error().response().body().find(name), std::string::npos);
}

TEST(Headers, may_all_be_absent) {
    const Read read({{"Host", "here"}, {"X-Other", "thing"}});
    ASSERT_TRUE(read.headers);
    EXPECT_EQ(read.headers->idempotency_key, "");
    EXPECT_FALSE(read.headers->if_match || read.headers->wait || read.headers->own_time_ms);
}
TEST(Headers, name_the_idempotency_key_with_or_without_quotes) {
    EXPECT_EQ(Read({{"Idempotency-Key", "k-1"}}).headers->idempotency_key, "k-1");
    EXPECT_EQ(Read({{"idempotency-key", "\"k-1\""}}).headers->idempotency_key, "k-1");
    EXPECT_TRUE(Read({{"Idempotency-Key", std::string(128, 'k')}}).headers);
    for (const auto& key : {std::string(), std::string(129, 'k'), std::string("a b"),
                            std::string("\"\""), std::string("k\xC3\xA4"), std::string("a\"b")})
        expect_malformed("Idempotency-Key", key);
    EXPECT_FALSE(Read({{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}).headers);
}
TEST(Headers, base_a_change_on_a_version) {
    const auto base = [](std::string_view value) {
        return Read({{"If-Match", value}}).headers->if_match.value_or(IfMatch{0}).version;
    };
    EXPECT_EQ(base("\"17\""), 17U);
    EXPECT_EQ(base("*"), std::nullopt);
    for (const std::string_view value :
         {"17", "W/\"17\"", "\"\"", "\"x\"", "\"-1\"", "\"1\", \"2\"", "\"18446744073709551616\""})
        expect_malformed("If-Match", value);
    EXPECT_FALSE(Read({{"If-Match", "\"1\""}, {"If-Match", "\"1\""}}).headers);
}
TEST(Headers, list_what_the_client_has_on_any_number_of_lines) {
    const auto has = [](Lines lines) { return Read(lines).headers->if_none_match; };
    EXPECT_THAT(has({}), testing::IsEmpty());
    EXPECT_THAT(has({{"If-None-Match", "\"1\""}}), testing::SizeIs(1));
    const Read two({{"If-None-Match", " W/\"1\" ,, \"2\""}, {"if-none-match", "*"}});
    EXPECT_THAT(two.headers->if_none_match, testing::ElementsAre("\"1\"", "\"2\"", "*"));
}
TEST(Headers, say_how_long_the_client_waits) {
    EXPECT_EQ(Read({{"Prefer", "wait=5"}}).headers->wait, std::chrono::seconds(5));
    EXPECT_EQ(Read({{"Prefer", "wait=4000000000"}}).headers->wait, wait_max);
    EXPECT_TRUE(Read({{"Prefer", "respond-async"}}).headers->respond_async);
    const Read both({{"Prefer", "return=minimal; x=\"y\", Wait = 3 , Respond-Async"}});
    EXPECT_EQ(both.headers->wait, std::chrono::seconds(3));
    EXPECT_TRUE(both.headers->respond_async);
    for (const std::string_view value : {"wait", "wait=", "wait=x", "wait=-1", "wait=1.5"})
        expect_malformed("Prefer", value);
    EXPECT_TRUE(Read({{"Prefer", ",;=,,"}}).headers);
}
TEST(Headers, give_a_history_its_own_time) {
    EXPECT_EQ(Read({{"Holdfast-Time", "1291191960000"}}).headers->own_time_ms, 1'291'191'960'000);
    for (const std::string_view value : {"", "-1", "x", "1.5", "99999999999999999999", "1 2"})
        expect_malformed("Holdfast-Time", value);
}
TEST(Headers, keep_a_valid_traceparent_and_ignore_any_other) {
    const std::string valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    EXPECT_EQ(Read({{"traceparent", valid}}).headers->traceparent, valid);
    EXPECT_EQ(Read({{"Traceparent", "00-x"}}).headers->traceparent, "");
}
TEST(Traceparent, is_what_w3c_says) {
    EXPECT_TRUE(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
    EXPECT_TRUE(is_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
    for (const std::string_view text :
         {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
          "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x"})
        EXPECT_FALSE(is_traceparent(text)) << text;
}

}  // namespace
}  // namespace holdfast::http
