#include "engine/domain/types.h"

#include <gtest/gtest.h>

#include "engine/domain/sale.h"

namespace holdfast {
namespace {

using namespace std::string_view_literals;

TEST(Number, holds_what_its_kind_allows_and_nothing_else) {
    EXPECT_EQ(Quantity::from(1)->raw(), 1);
    EXPECT_EQ(Quantity::from(quantity_max)->raw(), quantity_max);
    EXPECT_EQ(Quantity::from(0).error(), Malformed::value_is_outside_its_range);
    EXPECT_EQ(Quantity::from(-1).error(), Malformed::value_is_outside_its_range);
    EXPECT_EQ(Quantity::from(quantity_max + 1).error(), Malformed::value_is_outside_its_range);
    EXPECT_TRUE(Amount::from(amount_max));
    EXPECT_FALSE(Amount::from(amount_max + 1));
    EXPECT_TRUE(Change::from(-quantity_max));
    EXPECT_FALSE(Change::from(-quantity_max - 1));
    EXPECT_TRUE(Time::from(time_max_ms));
    EXPECT_FALSE(Time::from(time_max_ms + 1));
}
TEST(Number, adds_and_subtracts_within_its_range) {
    EXPECT_EQ(known<Units>(2) + known<Units>(3), known<Units>(5));
    EXPECT_EQ(known<Units>(3) - known<Units>(3), no_units);
    auto sum = known<Amount>(1);
    sum += known<Amount>(2);
    sum -= known<Amount>(3);
    EXPECT_EQ(sum, no_amount);
}
TEST(NumberDeathTest, stops_rather_than_leave_its_range) {
    EXPECT_DEATH((void)(no_units - known<Units>(1)), "allows");
    EXPECT_DEATH((void)(known<Amount>(amount_max) + known<Amount>(1)), "allows");
}
TEST(Number, is_no_later_than_the_end_of_time) {
    EXPECT_EQ(later(known<Time>(5), known<Duration>(7)), known<Time>(12));
    EXPECT_EQ(later(known<Time>(time_max_ms - 1), known<Duration>(7)), known<Time>(time_max_ms));
}

TEST(Id, is_a_short_name_of_plain_characters) {
    EXPECT_EQ(Sku::from("22423-a_B.c~d:e+f")->raw(), "22423-a_B.c~d:e+f");
    EXPECT_EQ(Sku::from("").error(), Malformed::text_is_empty);
    EXPECT_TRUE(Sku::from(std::string(40, 'x')));
    EXPECT_EQ(Sku::from(std::string(41, 'x')).error(), Malformed::text_is_too_long);
    EXPECT_TRUE(OrderId::from(std::string(36, 'x')));
    EXPECT_EQ(OrderId::from(std::string(37, 'x')).error(), Malformed::text_is_too_long);
}
TEST(Id, takes_exactly_the_characters_that_stand_in_a_path) {
    constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~:+"sv;
    for (int byte = 0; byte < 256; ++byte) {
        const std::string name(1, static_cast<char>(byte));
        const bool allowed = plain.find(name) != plain.npos;
        EXPECT_EQ(Sku::from(name).has_value(), allowed) << byte;
    }
}
TEST(Id, is_ordered_by_bytes) {
    EXPECT_LT(known<Sku>("B"), known<Sku>("a"));
    EXPECT_LT(known<Sku>("a"), known<Sku>("aa"));
    EXPECT_EQ(known<Sku>("a"), known<Sku>("a"));
}

TEST(Text, may_be_empty_and_is_no_longer_than_its_kind) {
    EXPECT_TRUE(Text<3>::from("")->empty());
    EXPECT_EQ(Text<3>::from("abc")->raw(), "abc");
    EXPECT_EQ(Text<3>::from("abcd").error(), Malformed::text_is_too_long);
    EXPECT_EQ(Text<3>::from("\xc3\xa9\xc3\xa9").error(), Malformed::text_is_too_long);
}
TEST(Text, has_no_control_characters) {
    for (char c = 0; c < 0x20; ++c)
        EXPECT_EQ(Label::from(std::string(1, c)).error(),
                  Malformed::text_has_a_forbidden_character);
    EXPECT_EQ(Label::from("\x7f").error(), Malformed::text_has_a_forbidden_character);
    EXPECT_TRUE(Label::from(" ~"));
}
TEST(Text, is_utf8) { EXPECT_EQ(Label::from("\xff").error(), Malformed::text_is_not_utf8); }

TEST(Utf8, takes_the_first_and_last_of_each_length) {
    for (const auto text : {"\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv,
                            "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv,
                            "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv, "a\xc3\xa9z"sv})
        EXPECT_TRUE(is_utf8(text)) << text;
}
TEST(Utf8, refuses_a_continuation_without_a_lead) {
    for (int byte = 0x80; byte < 0xc0; ++byte)
        EXPECT_FALSE(is_utf8(std::string(1, static_cast<char>(byte)))) << byte;
    EXPECT_FALSE(is_utf8("\xc3\xa9\xa9"));
}
TEST(Utf8, refuses_a_lead_without_its_continuations) {
    for (const auto text : {"\xc3"sv, "\xe2\x82"sv, "\xe2"sv, "\xf0\x9f\x92"sv, "\xf0\x9f"sv,
                            "\xf0"sv, "\xc3z"sv, "\xe2\x82z"sv, "\xe2z\xac"sv, "\xf0\x9f\x92z"sv,
                            "\xc3\xc3\xa9"sv, "\xe2\x82\xe2\x82\xac"sv})
        EXPECT_FALSE(is_utf8(text)) << text;
}
TEST(Utf8, refuses_overlong_forms) {
    for (const auto text : {"\xc0\x80"sv, "\xc0\xaf"sv, "\xc1\xbf"sv, "\xe0\x80\x80"sv,
                            "\xe0\x9f\xbf"sv, "\xf0\x80\x80\x80"sv, "\xf0\x8f\xbf\xbf"sv})
        EXPECT_FALSE(is_utf8(text)) << text;
}
TEST(Utf8, refuses_surrogates) {
    for (const auto text : {"\xed\xa0\x80"sv, "\xed\xaf\xbf"sv, "\xed\xb0\x80"sv, "\xed\xbf\xbf"sv})
        EXPECT_FALSE(is_utf8(text)) << text;
}
TEST(Utf8, refuses_what_is_beyond_the_last_code_point) {
    for (const auto text : {"\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xf7\xbf\xbf\xbf"sv,
                            "\xf8\x88\x80\x80\x80"sv, "\xfe"sv, "\xff"sv})
        EXPECT_FALSE(is_utf8(text)) << text;
}
// Every sequence of up to three bytes against the ranges as the standard's table lists them.
TEST(Utf8, agrees_with_the_table_of_well_formed_sequences) {
    const auto in = [](int byte, int low, int high) { return byte >= low && byte <= high; };
    const auto tail = [&](int byte) { return in(byte, 0x80, 0xbf); };
    const auto pair = [&](int a, int b) { return in(a, 0xc2, 0xdf) && tail(b); };
    const auto triple = [&](int a, int b, int c) {
        const bool second = a == 0xe0   ? in(b, 0xa0, 0xbf)
                            : a == 0xed ? in(b, 0x80, 0x9f)
                                        : in(a, 0xe1, 0xef) && tail(b);
        return second && tail(c);
    };
    std::int64_t wrong = 0;
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b)
            for (int c = 0; c < 256; c += c >= 0x7e && c < 0xc1 ? 1 : 9) {
                const char bytes[] = {static_cast<char>(a), static_cast<char>(b),
                                      static_cast<char>(c)};
                const bool well_formed = triple(a, b, c) || (a < 0x80 && b < 0x80 && c < 0x80) ||
                                         (a < 0x80 && pair(b, c)) || (pair(a, b) && c < 0x80);
                wrong += is_utf8({bytes, 3}) != well_formed;
            }
    EXPECT_EQ(wrong, 0);
}

TEST(Currency, is_three_capital_letters) {
    EXPECT_EQ(Currency::from("GBP")->raw(), "GBP");
    EXPECT_EQ(Currency::from("").error(), Malformed::text_is_empty);
    EXPECT_EQ(Currency::from("GB").error(), Malformed::value_is_outside_its_range);
    EXPECT_EQ(Currency::from("GBPX").error(), Malformed::value_is_outside_its_range);
    EXPECT_EQ(Currency::from("gbp").error(), Malformed::text_has_a_forbidden_character);
    EXPECT_EQ(Currency::from("GB1").error(), Malformed::text_has_a_forbidden_character);
}

}  // namespace
}  // namespace holdfast
