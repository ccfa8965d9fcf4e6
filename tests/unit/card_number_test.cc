#include "engine/wire/card_number.h"

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace holdfast::wire {
namespace {

using Texts = std::initializer_list<std::string_view>;

// Each of them has one, or none of them.
void expect(bool one, Texts texts, bool (&has_one)(std::string_view) = has_a_card_number) {
    for (const auto text : texts) EXPECT_EQ(has_one(text), one) << text;
}

TEST(CardNumber, is_found_wherever_it_stands) {
    expect(true,
           {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005",
            "3782 822463 10005", "30569309025904", "4222222222222", "6011000990139424",
            "5555555555554444", "3530111333300000", "6212345678901265", "1234567812345670",
            "paid by 4111 1111 1111 1111, thanks", "card:4111111111111111.", "{4111111111111111}",
            "2 of 4111 1111 1111 1111", "4111111111111111 12/29 123", "a\u00e94111111111111111",
            "+49 30 1234 4111111111111111"});
}

TEST(CardNumber, is_found_whatever_separates_its_digits) {
    const std::string full_width =
        "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11"
        "\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11";
    expect(true, {"4111.1111.1111.1111", "4111/1111/1111/1111", "4111_1111_1111_1111",
                  "4111  1111  1111  1111", "4111 1111   1111 1111", "4111 - 1111 - 1111 - 1111",
                  "4111 / 1111 / 1111 / 1111", "3782.822463.10005",
                  "card 4111.1111.1111.1111, thanks", "4111\u00a01111\u00a01111\u00a01111",
                  "4111\u20091111\u20091111\u20091111", "4111\u202f1111\u202f1111\u202f1111",
                  "4111 1111\u00a01111-1111", "4111.1111.1111.1111 12/29",
                  "192.168.4111.1111.1111.1111", full_width, "\uff14111 1111 1111 1111"});
}

TEST(CardNumber, is_not_put_together_from_what_are_several_numbers) {
    expect(false, {"4111    1111    1111    1111", "4111.1111/1111.1111", "4111.1111 1111.1111",
                   "4111, 1111, 1111, 1111", "41.11.11.11.11.11.11.11", "41.11111111111111",
                   "1234.5678.1234.5670", "order_4111.order_1111.1111.1111", "4111.1111.1111.1111a",
                   "2010/12/01 08.26.00", "192.168.100.200"});
    for (int digit = 0; digit < 10; ++digit) {  // one of ten has the right check digit
        const auto last = std::to_string(digit);
        for (const std::string text : {"1700000000.12345", "5.99 12.50 3.25 4.75 6.0",
                                       "2024_05_17_103045_1234", "20240517_103045_451"})
            expect(false, {text + last});
    }
}

TEST(CardNumber, is_not_seen_in_what_only_looks_like_one) {
    expect(false,
           {"", "4111111111111112", "411111111111111", "41111111111111111111", "a4111111111111111",
            "4111111111111111a", "order_4111111111111111", "order-4111111111111111",
            "550e8400-e29b-4111-8111-111111111111", "0190163d-8694-739b-aea5-966c26f8ad91",
            "12345678-1234-4234-8234-123456789012", "+4915123456786", "+49 1512 3456786",
            "0000000000000000", "1700000000009", "4006381333931", "5000112637922",
            "2010-12-01 08:26:00", "GB29NWBK60161331926819"});
}

TEST(CardNumber, may_be_a_number_in_json) {
    expect(true,
           {"4111111111111111", "-4111111111111111", "4111111111111111.0", "4111111111111111e0",
            "378282246310005", "2223003122003222"},
           is_a_card_number_in_json);
    expect(false,
           {"", "-", "4111111111111112", "0.4111111111111111", "1234567812345670", "1700000000009",
            "1700000000000003", "1.5", "995"},
           is_a_card_number_in_json);
}

TEST(CardNumber, has_no_wrong_digit) {
    const std::string_view card = "4111111111111111";
    for (std::size_t place = 0; place < card.size(); ++place)
        for (char digit = '0'; digit <= '9'; ++digit) {
            std::string text(card);
            text[place] = digit;
            EXPECT_EQ(has_a_card_number(text), text == card) << text;
        }
}

}  // namespace
}  // namespace holdfast::wire
