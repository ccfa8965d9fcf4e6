#include "projections/token.h"

#include <gtest/gtest.h>

#include "engine/domain/types.h"

namespace holdfast::projections {
namespace {

constexpr PartitionId stock_3{1, 3}, order_0{3, 0};

Token token() {
    Token token;
    token.add(order_0, 1'000'000);
    token.add(stock_3, 0);
    return token;
}

TEST(Token, reads_back_what_was_written) {
    EXPECT_EQ(Token::from_text(token().text()), token());
    EXPECT_EQ(Token::from_text(Token().text()), Token());
}
TEST(Token, says_of_which_generation_it_is) {
    Token later(3);
    later.add(stock_3, 5);
    const auto read = Token::from_text(later.text());
    EXPECT_EQ(read, later);
    EXPECT_EQ(read->generation(), 3U);
    Token first;
    first.add(stock_3, 5);
    EXPECT_NE(first.text(), later.text());
    EXPECT_EQ(Token::from_text(first.text())->generation(), 1U);
    Token merged;
    merged.merge(later);
    merged.merge(Token());
    EXPECT_EQ(merged, later);
}
TEST(Token, stands_in_a_header_and_a_query_as_it_is) {
    for (const char c : token().text()) EXPECT_TRUE(is_id_character(c)) << c;
}
TEST(Token, keeps_the_furthest_position_of_each_partition) {
    auto merged = token();
    Token other;
    other.add(stock_3, 7);
    other.add(order_0, 5);
    merged.merge(other);
    EXPECT_EQ(merged.positions(),
              (std::vector<Token::Position>{{stock_3, 7}, {order_0, 1'000'000}}));
}
TEST(Token, is_the_same_text_in_whatever_order_it_was_put_together) {
    Token other;
    other.add(stock_3, 0);
    other.add(order_0, 1'000'000);
    EXPECT_EQ(other.text(), token().text());
}
TEST(Token, with_any_character_changed_is_refused) {
    Token later(300);
    later.add(order_0, 1'000'000);
    for (const auto& text : {token().text(), later.text()})
        for (std::size_t i = 0; i < text.size(); ++i)
            for (const char c : {'A', 'B', '_', '=', '\0'}) {
                auto changed = text;
                changed[i] = c;
                if (changed == text) continue;
                EXPECT_FALSE(Token::from_text(changed)) << changed;
            }
}
TEST(Token, cut_or_continued_anywhere_is_refused) {
    const auto text = token().text();
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(Token::from_text(text.substr(0, size))) << size;
    EXPECT_FALSE(Token::from_text(text + "A"));
    EXPECT_FALSE(Token::from_text(text + text));
}
TEST(Token, of_too_many_partitions_is_refused) {
    Token token;
    for (std::uint16_t partition = 0; partition < Token::positions_max; ++partition)
        token.add({1, partition}, 1);
    EXPECT_TRUE(Token::from_text(token.text()));
    token.add({2, 0}, 1);
    EXPECT_FALSE(Token::from_text(token.text()));
}

}  // namespace
}  // namespace holdfast::projections
