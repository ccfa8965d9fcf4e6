#include "engine/wire/json_text.h"

#include <gmock/gmock.h>

#include "engine/wire/json_batch.h"

namespace holdfast::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

JsonProblem problem_in(std::string_view text) {
    JsonText json;
    const auto node = json.parse(text);
    EXPECT_FALSE(node) << text;
    return node ? JsonProblem{} : node.error();
}
JsonProblem at(std::string path, Malformed what) { return {what, std::move(path)}; }

TEST(JsonText, is_a_tree_in_the_order_of_the_text) {
    JsonText json;
    const auto root = json.parse(R"( {"a": [1, {"b": "x\n\u00e9"}, [] ], "c": true, "d": null} )");
    ASSERT_TRUE(root);
    EXPECT_EQ((*root)->size, 8U);
    std::vector<std::string_view> names;
    for (const auto& member : **root) names.push_back(member.name);
    EXPECT_THAT(names, ElementsAre("a", "c", "d"));
    EXPECT_EQ((*root)->find("c")->kind, JsonKind::yes);
    EXPECT_EQ((*root)->find("d")->kind, JsonKind::null);
    EXPECT_EQ((*root)->find("b"), nullptr);
    const auto& one = *(*root)->find("a")->begin();
    EXPECT_EQ(one.text, "1");
    EXPECT_EQ((*root)->find("c")->find("a"), nullptr);
    const auto& object = *++(*root)->find("a")->begin();
    EXPECT_EQ(object.find("b")->text, "x\n\u00e9");
    EXPECT_EQ(path_of(**root, *object.find("b")), "/a/1/b");
    EXPECT_EQ(path_of(**root, **root), "");
}

TEST(JsonText, that_no_standard_allows_is_refused) {
    for (const auto* text : {"",
                             " ",
                             "{",
                             "}",
                             "[",
                             "]",
                             "{]",
                             "[}",
                             R"({"a":1]})",
                             "[1,]",
                             "[,1]",
                             "[1 2]",
                             R"({"a"})",
                             R"({"a":})",
                             R"({"a":1,})",
                             R"({,"a":1})",
                             R"({a:1})",
                             R"({'a':1})",
                             R"({"a":1 "b":2})",
                             R"({"a":1}})",
                             R"({"a":1}{})",
                             R"([1]x)",
                             R"({"a":01})",
                             R"({"a":+1})",
                             R"({"a":.5})",
                             R"({"a":1.})",
                             R"({"a":1e})",
                             R"({"a":0x10})",
                             R"({"a":-})",
                             R"({"a":--1})",
                             R"({"a":NaN})",
                             R"({"a":Infinity})",
                             R"({"a":tru})",
                             R"({"a":truee})",
                             R"({"a":nul})",
                             R"({"a":True})",
                             R"({"a":"x})",
                             R"({"a":"\x"})",
                             R"({"a":"\u12"})",
                             R"({"a":"\ud800"})",
                             R"({"a":"\udc00\ud800"})",
                             "{\"a\":\"\n\"}",
                             "{\"a\":\"\t\"}",
                             R"({"a":1} // no)",
                             "{\"a\":1\x01}",
                             "{\"a\":\x0b\"\"}",
                             "[1\f]",
                             R"(/* no */ {})",
                             "\xef\xbb\xbf{}"})
        EXPECT_EQ(problem_in(text).what, Malformed::text_is_not_json) << text;
}

TEST(JsonText, of_numbers_in_any_spelling_of_the_standard_is_read) {
    for (const auto* text : {"0", "-0", "1", "-12", "1.5", "1e3", "1E+3", "0.1e-3",
                             "123456789012345678901234567890"}) {
        JsonText json;
        const auto root = json.parse("[" + std::string(text) + " ]");
        ASSERT_TRUE(root) << text;
        EXPECT_EQ((*(*root)->begin()).text, text);
    }
}

TEST(JsonText, is_an_object_or_a_list) {
    for (const auto* text : {"1", "\"a\"", "true", "null"})
        EXPECT_EQ(problem_in(text), at("", Malformed::field_has_the_wrong_type)) << text;
}

TEST(JsonText, that_is_no_utf8_is_refused) {
    for (const auto* text :
         {"{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}"})
        EXPECT_EQ(problem_in(text).what, Malformed::text_is_not_utf8);
}

TEST(JsonText, names_the_place_of_what_is_wrong) {
    EXPECT_EQ(problem_in(R"({"a":{},"b":[0,[],{"c/d":{"e~":tru}}]})"),
              at("/b/2/c~1d/e~0", Malformed::text_is_not_json));
    EXPECT_EQ(problem_in(R"({"a":[{}],"b":{"c":1,"d":2,"c":3}})"),
              at("/b/c", Malformed::field_is_repeated));
    EXPECT_EQ(problem_in(R"({"a":{"b":["x","4111 1111 1111 1111"]}})"),
              at("/a/b/1", Malformed::card_number_is_not_accepted));
    EXPECT_EQ(problem_in(R"({"a":{"4111111111111111":1}})"),
              at("/a", Malformed::card_number_is_not_accepted));
}

TEST(JsonText, with_a_member_named_twice_among_many_is_refused) {
    std::string text = "{";
    for (int i = 0; i < 40; ++i) text += "\"m" + std::to_string(i) + "\":0,";
    EXPECT_EQ(problem_in(text + "\"m7\":0}"), at("/m7", Malformed::field_is_repeated));
    EXPECT_EQ(problem_in(text + "\"\\u006d8\":0}"), at("/m8", Malformed::field_is_repeated));
    EXPECT_TRUE(JsonText().parse(text + "\"m40\":0}"));
}

TEST(JsonText, may_be_32_deep) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(JsonText().parse(nested(32)));
    EXPECT_EQ(problem_in(nested(33)).what, Malformed::nesting_is_too_deep);
    EXPECT_EQ(problem_in(nested(100'000)).what, Malformed::nesting_is_too_deep);
}

TEST(JsonText, has_a_hundred_thousand_values_at_most) {
    const auto zeros = [](int count) {
        std::string text = "[0";
        for (int i = 1; i < count; ++i) text += ",0";
        return text + "]";
    };
    EXPECT_TRUE(JsonText().parse(zeros(99'999)));  // the list is a value too
    EXPECT_EQ(problem_in(zeros(100'000)), at("", Malformed::list_is_too_long));
}

std::vector<std::string_view> cut(std::string_view body) {
    const auto elements = cut_batch(body);
    EXPECT_TRUE(elements) << body;
    return elements.value_or(std::vector<std::string_view>());
}

TEST(JsonBatch, is_cut_into_the_elements_of_an_array) {
    EXPECT_THAT(cut(R"( [ {"a":[1,2],"b":"],\"}"} , 7,"x\\" ] )"),
                ElementsAre(R"({"a":[1,2],"b":"],\"}"})", "7", R"("x\\")"));
    EXPECT_THAT(cut("[]"), IsEmpty());
    EXPECT_THAT(cut(" [ \n ] "), IsEmpty());
}

TEST(JsonBatch, is_cut_into_lines) {
    EXPECT_THAT(cut("{\"a\":1}\n\n \r\n{\"b\":\"\\n\"}\r\n"),
                ElementsAre("{\"a\":1}", "{\"b\":\"\\n\"}"));
    EXPECT_THAT(cut("{}"), ElementsAre("{}"));
}

TEST(JsonBatch, that_cannot_be_cut_names_the_element) {
    const auto problem = [](std::string_view body) { return cut_batch(body).error(); };
    EXPECT_EQ(problem("[1,"), at("/1", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[1,,2]"), at("/1", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[1,]"), at("/1", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[,]"), at("/0", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[\"a]"), at("/0", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[{\"a\":\"\\\"]"), at("/0", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[1}"), at("/0", Malformed::text_is_not_json));
    EXPECT_EQ(problem("[1] 2"), at("", Malformed::text_is_not_json));
    EXPECT_EQ(problem("["), at("/0", Malformed::text_is_not_json));
    EXPECT_EQ(problem(""), at("", Malformed::text_is_empty));
    EXPECT_EQ(problem("\n \n"), at("", Malformed::text_is_empty));
}

TEST(JsonBatch, has_limits) {
    std::string lines, array = "[0";
    for (std::size_t i = 0; i < batch_elements_max; ++i) lines += "{}\n";
    for (std::size_t i = 1; i < batch_elements_max; ++i) array += ",0";
    EXPECT_EQ(cut(lines).size(), batch_elements_max);
    EXPECT_EQ(cut(array + "]").size(), batch_elements_max);
    EXPECT_EQ(cut_batch(lines + "{}").error(), at("", Malformed::list_is_too_long));
    EXPECT_EQ(cut_batch(array + ",0]").error(), at("", Malformed::list_is_too_long));
    EXPECT_EQ(cut_batch(std::string(batch_bytes_max + 1, ' ')).error(),
              at("", Malformed::text_is_too_long));
}

}  // namespace
}  // namespace holdfast::wire
