#include "engine/wire/json_decision.h"

#include <gmock/gmock.h>

#include "cart_tables.h"
#include "engine/wire/json_command.h"
#include "stock_tables.h"

namespace holdfast::wire {
namespace {

using testing::HasSubstr;

template <class T> T id(const char* text) { return T::from(text).value(); }

Decision<Stock> reserved() {
    Decision<Stock> decision;
    auto& header = decision.header;
    header.envelope.id = {1, 0xab};
    header.envelope.client = "shop";
    header.envelope.metadata = R"({"till":3})";
    header.at_ms = known<Time>(1'000);
    const stock::Reserve reserve{id<ReservationId>("r"), known<Quantity>(2), {}, {}, {}, {}};
    decision.parts.push_back({"A", std::nullopt, 4, reserve, {}});
    decision.parts[0].decided->emplace_back(
        stock::Reserved{id<ReservationId>("r"),
                        {{id<LocationId>("main"), known<Quantity>(2)}},
                        no_units,
                        known<Time>(601'000),
                        {},
                        id<OrderId>("o")});
    return decision;
}
Decision<Stock> refused() {
    auto decision = reserved();
    decision.header.outcome = fb::Outcome::refused;
    decision.parts.push_back(decision.parts[0]);
    decision.parts[1].key = "B";
    decision.parts[1].decided =
        std::unexpected(Refusal<stock::Rejection>{stock::Rejection::stock_is_insufficient, 1, "B"});
    return decision;
}
Decision<Cart> opened(const std::string& subject) {
    Decision<Cart> decision;
    const Sealed sealed{SubjectId::from(subject).value(), {1, 2, 3}};
    decision.parts.push_back({"c", std::nullopt, 0, cart::Discard{}, {}});
    decision.parts[0].decided->emplace_back(
        cart::Opened{Currency::from("GBP").value(), {}, {}, {}, {}, sealed});
    return decision;
}

template <class C>
JsonDecision json(const Decision<C>& decision, Wanted wanted = Wanted::answer,
                  const Opener* opener = nullptr) {
    BatchWriter writer;
    write(writer, decision);
    BatchHeader header;
    const auto blob = writer.seal(header);
    const auto view = open(*blob).value();
    return decision_from(C::number, view.record(0).bytes, wanted, opener).value();
}

TEST(JsonDecision, tells_the_events_and_the_version_afterwards) {
    const auto decision = json(reserved());
    ASSERT_EQ(decision.parts.size(), 1U);
    const auto& part = decision.parts[0];
    EXPECT_EQ(part.key, "A");
    EXPECT_EQ(part.before, 4U);
    EXPECT_EQ(part.after, 5U);
    EXPECT_EQ(part.message, "Reserve");
    EXPECT_EQ(part.command, "");
    EXPECT_FALSE(part.refusal);
    EXPECT_EQ(part.events, R"([{"type":"Reserved","reservation":"r",)"
                           R"("splits":[{"location":"main","quantity":2}],"backordered":0,)"
                           R"("expires_at_ms":601000,"order":"o"}])");
}

TEST(JsonDecision, that_is_a_refusal_says_what_the_client_needs) {
    const auto decision = json(refused());
    ASSERT_EQ(decision.parts.size(), 2U);
    EXPECT_EQ(decision.parts[0].events, "[]");
    EXPECT_EQ(decision.parts[0].after, 4U);
    const auto& refusal = decision.parts[1].refusal;
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->name, "stock_is_insufficient");
    EXPECT_EQ(refusal->answer, Answer::conflict);
    EXPECT_EQ(refusal->counts, "available");
    EXPECT_EQ(refusal->detail, 1);
    EXPECT_EQ(refusal->subject, "B");
    EXPECT_THAT(to_json(decision),
                HasSubstr(R"("refusal":{"name":"stock_is_insufficient","available":1,)"
                          R"("subject":"B"})"));
}

TEST(JsonDecision, is_one_object_for_a_listing) {
    auto asked = reserved();
    Command<Cart> follow_up;
    follow_up.parts.push_back({"c", std::nullopt, cart::Discard{}});
    asked.header.follow_ups = {{{Cart::number, 5}, 7, to_bytes(follow_up)}};
    EXPECT_EQ(to_json(json(asked, Wanted::everything)),
              R"({"context":"stock","command_id":"000000000000000100000000000000ab",)"
              R"("outcome":"accepted","at_ms":1000,"source":"direct","client":"shop",)"
              R"("metadata":{"till":3},"parts":[{"key":"A","version":5,"asked":"Reserve",)"
              R"("command":{"type":"Reserve","reservation":"r","quantity":2},)"
              R"("events":[{"type":"Reserved","reservation":"r",)"
              R"("splits":[{"location":"main","quantity":2}],"backordered":0,)"
              R"("expires_at_ms":601000,"order":"o"}]}],)"
              R"("follow_ups":[{"context":"cart","partition":5,"n":7,)"
              R"("commands":[{"key":"c","command":{"type":"Discard"}}]}]})");
}

TEST(JsonDecision, shows_personal_data_as_it_is_opened) {
    const Opener opener = [](const Sealed& sealed) -> Opened {
        if (sealed.subject.raw() == "gone") return std::nullopt;
        if (sealed.subject.raw() == "lost") return std::unexpected(Error{Error::damaged, {}});
        if (sealed.subject.raw() == "bare") return "{}";
        return R"({"mail":"a@b"})";
    };
    const auto personal = [&](const std::string& subject, const Opener* by) {
        const auto events = json(opened(subject), Wanted::answer, by).parts[0].events;
        return events.substr(events.find("\"personal\""));
    };
    EXPECT_EQ(personal("ann", &opener), R"("personal":{"subject":"ann","mail":"a@b"}}])");
    EXPECT_EQ(personal("bare", &opener), R"("personal":{"subject":"bare"}}])");
    EXPECT_EQ(personal("gone", &opener), R"("personal":{"subject":"gone","forgotten":true}}])");
    EXPECT_EQ(personal("lost", &opener), R"("personal":{"subject":"lost","sealed":true}}])");
    EXPECT_EQ(personal("ann", nullptr), R"("personal":{"subject":"ann","sealed":true}}])");
}

TEST(JsonDecision, of_bytes_that_are_none_is_refused) {
    EXPECT_FALSE(decision_from(Stock::number, {}, Wanted::answer, nullptr));
    EXPECT_FALSE(decision_from(99, {}, Wanted::answer, nullptr));
    EXPECT_FALSE(commands_from(Stock::number, {}));
    auto unknown = refused();
    unknown.parts[1].decided.error().why = static_cast<stock::Rejection>(63);
    BatchWriter writer;
    write(writer, unknown);
    BatchHeader header;
    const auto blob = writer.seal(header);
    EXPECT_EQ(
        decision_from(Stock::number, open(*blob)->record(0).bytes, Wanted::answer, nullptr).error(),
        Malformed::value_is_outside_its_range);
}

TEST(JsonWrite, escapes_what_json_does_not_let_stand) {
    std::string text;
    append_text(text, std::string_view("a\"\\\n\r\t\0\x1f\x7f/\u00e9", 12));
    EXPECT_EQ(text, "\"a\\\"\\\\\\n\\r\\t\\u0000\\u001f\x7f/\u00e9\"");
    JsonText json;
    const auto list = json.parse("[" + text + "]");
    ASSERT_TRUE(list);
    EXPECT_EQ((*(*list)->begin()).text, std::string_view("a\"\\\n\r\t\0\x1f\x7f/\u00e9", 12));
}

TEST(JsonSchema, of_a_body_has_the_limits_of_its_types) {
    const auto schema = [](std::uint8_t context, std::string_view message,
                           std::string_view inside = {}, std::vector<Given> given = {}) {
        return body_schema(*json_message(context, message), inside, given);
    };
    const std::string envelope =
        R"("reason":{"type":"string","maxLength":200,"pattern":"^[^\\u0000-\\u001f\\u007f]*$"},)"
        R"("reference":{"type":"string","maxLength":200,)"
        R"("pattern":"^[^\\u0000-\\u001f\\u007f]*$"},)"
        R"("channel":{"type":"string","maxLength":64,"pattern":"^[^\\u0000-\\u001f\\u007f]*$"},)"
        R"("actor":{"type":"string","maxLength":64,"pattern":"^[^\\u0000-\\u001f\\u007f]*$"},)"
        R"("metadata":{"type":"object"})";
    EXPECT_EQ(
        schema(Stock::number, "Receive", {}, {{"movement", "m"}}),
        R"({"type":"object","properties":{)"
        R"("location":{"type":"string","minLength":1,"maxLength":40,)"
        R"("pattern":"^[A-Za-z0-9._~:+-]+$"},)"
        R"("quantity":{"type":"integer","format":"int64","minimum":1,"maximum":1000000000},)" +
            envelope + R"(},"required":["location","quantity"],"additionalProperties":false})");
    const auto line = schema(Cart::number, "SetLine", "line", {{"line", "1"}});
    EXPECT_THAT(line, HasSubstr(R"("required":["sku","quantity","unit_price"])"));
    EXPECT_THAT(line, HasSubstr(R"("untracked":{"type":"boolean","default":false})"));
    EXPECT_THAT(line, HasSubstr(R"("taxes":{"type":"array","maxItems":20,)"
                                R"("items":{"$ref":"#/components/schemas/Tax"}})"));
    const auto place = schema(Stock::number, "SetLocation", {},
                              {{"priority", "7", true}, {"accepts_orders", "true", true}});
    EXPECT_THAT(place, HasSubstr(R"("required":["location"])"));
    EXPECT_THAT(place, HasSubstr(R"("maximum":1000000,"default":7})"));
    EXPECT_THAT(place, HasSubstr(R"("accepts_orders":{"type":"boolean","default":true})"));
    EXPECT_THAT(
        schema(Stock::number, "WriteOff"),
        HasSubstr(R"("from":{"type":"string","enum":["sellable","damaged","quarantined"]})"));
    EXPECT_THAT(schema(Cart::number, "Open"),
                HasSubstr(R"("personal":{"$ref":"#/components/schemas/Personal"})"));
}

TEST(JsonSchema, has_every_component_that_is_referred_to) {
    JsonSchemas schemas;
    add_schemas(schemas);
    EXPECT_TRUE(schemas.contains("Line"));
    EXPECT_TRUE(schemas.contains("stock.Reserved"));
    EXPECT_TRUE(schemas.contains("order.LineShare"));
    for (const auto& [name, schema] : schemas) {
        JsonText json;
        EXPECT_TRUE(json.parse(schema)) << name;
        constexpr std::string_view reference = "#/components/schemas/";
        for (auto at = schema.find(reference); at != schema.npos;
             at = schema.find(reference, at + 1)) {
            const auto from = at + reference.size();
            EXPECT_TRUE(schemas.contains(schema.substr(from, schema.find('"', from) - from)))
                << schema;
        }
    }
}

}  // namespace
}  // namespace holdfast::wire
