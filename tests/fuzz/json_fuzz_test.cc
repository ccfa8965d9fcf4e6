// Bodies from outside, bent at random many times: nothing is half read, and nothing is read that a
// standard reader refuses.
#include <array>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "engine/domain/contexts.h"
#include "engine/wire/json_batch.h"
#include "engine/wire/json_command.h"
#include "engine/wire/json_decision.h"
#include "tests/support/random.h"

namespace holdfast::wire {
namespace {

constexpr int bends = 1'000'000;

struct Seed {
    std::uint8_t context;
    std::string_view message, body;
};
constexpr auto seeds = std::to_array<Seed>({
    {Stock::number, "Reserve",
     R"({"reservation":"r1","quantity":1,"location":"main","ttl_ms":600000,"order":null})"},
    {Stock::number, "SetPolicy",
     R"({"backorder_max":0,"preorder_max":10,"preorder_until_ms":1700000000000,"safety":1,
         "low_stock":2,"reorder":3,"cart_max":4})"},
    {Stock::number, "WriteOff",
     R"({"movement":"m","location":"main","quantity":1,"from":"damaged","reason":"fell \u00e9"})"},
    {Cart::number, "Open",
     R"({"currency":"GBP","customer":"c1","country":"United Kingdom","lines":[{"line":"1",
         "sku":"85123A","quantity":6,"unit_price":255,"discounts":[{"label":"x","amount":5}],
         "taxes":[{"label":"VAT","rate_ppm":200000,"amount":306,"included":false}]}],
         "charges":[{"charge":"post","kind":"shipping","amount":1800}],
         "personal":{"subject":"ann","mail":"ann@example.org","n":[1.5e3,true,null]}})"},
    {Order::number, "Cancel",
     R"({"cancellation":"c","lines":[{"line":"1","quantity":2}],"metadata":{"a":{"b":[[]]}}})"},
    {Payment::number, "RecordAnswer",
     R"({"operation":"o","kind":"void","outcome":"failed","gateway_reference":"","detail":"d"})"},
    {Fulfillment::number, "Ship",
     R"({"shipment":"s","lines":[{"line":"1","quantity":1}],"carrier":"DHL","tracking":"1Z"})"},
});
constexpr auto pieces = std::to_array<std::string_view>({"{",
                                                         "}",
                                                         "[",
                                                         "]",
                                                         ",",
                                                         ":",
                                                         "\"",
                                                         "\\",
                                                         "\\u0000",
                                                         "\\ud800",
                                                         "1e9",
                                                         ".",
                                                         "01",
                                                         "\xff",
                                                         "\xc3",
                                                         " ",
                                                         "\n",
                                                         "{}",
                                                         "[]",
                                                         "\"a\"",
                                                         "/",
                                                         "'",
                                                         "NaN",
                                                         "\t",
                                                         "\x1f",
                                                         "true",
                                                         "-",
                                                         "0",
                                                         "null",
                                                         "\"line\":",
                                                         "E",
                                                         "\\\\",
                                                         "false",
                                                         "9999999999999999999",
                                                         "4111111111111111"});

std::string bent(Random& random, std::string text) {
    for (auto times = random.between(1, 4); times > 0; --times) {
        const auto last = static_cast<std::int64_t>(text.size());
        const auto at = static_cast<std::size_t>(random.between(0, last));
        const auto size = static_cast<std::size_t>(random.between(1, 8));
        switch (random.between(0, 4)) {
            case 0: text.insert(at, random.pick(pieces)); break;
            case 1: text.erase(at, size); break;
            case 2: text.insert(at, text.substr(at / 2, size * 4)); break;
            case 3:
                if (at < text.size()) text[at] = static_cast<char>(random.between(0, 255));
                break;
            default:
                if (random.one_in(4)) text.resize(at);
        }
    }
    return text;
}

JsonCommand read(const Seed& seed, const JsonNode& body) {
    static const Sealer sealer = [](std::optional<SubjectId> subject, std::string_view) {
        return Sealing{{subject.value_or(SubjectId::from("s").value()), {}}};
    };
    const Given type[] = {{"type", seed.message}};
    return json_message(seed.context, seed.message)
        ->command({&body, {}, type, "key", {}, {}, &sealer});
}

// Whether simdjson's other reader, which converts all of a text at once, agrees with ours.
void expect_the_same_judgement(const std::string& text, const JsonProblem* problem) {
    simdjson::dom::parser parser;
    const auto error = parser.parse(text).error();
    if (!problem) {
        EXPECT_TRUE(error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR)
            << simdjson::error_message(error);
    } else if (problem->what == Malformed::text_is_not_json) {
        EXPECT_NE(error, simdjson::SUCCESS);
    }
}

// A body that is read is a command that reads back; its JSON is read as the same command.
void expect_a_whole_command(const Seed& seed, const JsonNode& body) {
    const auto bytes = read(seed, body);
    if (!bytes) return;
    const auto text = commands_from(seed.context, std::as_bytes(std::span(*bytes)));
    ASSERT_TRUE(text);
    JsonText json;
    const auto list = json.parse(*text);
    ASSERT_TRUE(list) << *text;
    const auto again = read(seed, *(*(*list)->begin()).find("command"));
    ASSERT_TRUE(again) << *text;
    EXPECT_EQ(commands_from(seed.context, std::as_bytes(std::span(*again))), *text);
}

TEST(JsonBody, bent_in_any_way_is_refused_or_read_whole) {
    Random random(1);
    JsonText json;
    std::size_t refused = 0, parsed = 0;
    for (int i = 0; i < bends; ++i) {
        const auto& seed = random.pick(seeds);
        const auto text = bent(random, std::string(seed.body));
        const auto body = json.parse(text);
        expect_the_same_judgement(text, body ? nullptr : &body.error());
        if (body) {
            ++parsed;
            expect_a_whole_command(seed, **body);
        } else {
            ++refused;
        }
        if (HasFailure()) FAIL() << text;
    }
    EXPECT_GT(parsed, 0U);
    EXPECT_GT(refused, 0U);
}

TEST(JsonBody, of_every_seed_is_read) {
    for (const auto& seed : seeds) {
        JsonText json;
        const auto body = json.parse(seed.body);
        ASSERT_TRUE(body) << seed.body;
        EXPECT_TRUE(read(seed, **body)) << seed.body;
    }
}

TEST(JsonBatch, bent_in_any_way_is_cut_into_parts_of_itself) {
    Random random(2);
    std::string whole = "[";
    for (const auto& seed : seeds) whole.append(seed.body).append(",");
    whole.back() = ']';
    for (int i = 0; i < 20'000; ++i) {
        const auto text = bent(random, whole);
        const auto elements = cut_batch(text);
        if (!elements) continue;
        const char* from = text.data();
        for (const auto element : *elements) {
            ASSERT_TRUE(element.data() >= from && !element.empty());
            from = element.data() + element.size();
        }
        ASSERT_LE(from, text.data() + text.size());
    }
}

}  // namespace
}  // namespace holdfast::wire
