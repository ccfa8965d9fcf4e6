#include "engine/wire/json_command.h"

#include <gmock/gmock.h>

#include "cart_tables.h"
#include "engine/ports/key_store.h"
#include "engine/wire/fingerprint.h"
#include "engine/wire/record.h"
#include "order_tables.h"
#include "payment_tables.h"
#include "stock_tables.h"

namespace holdfast::wire {
namespace {

// A body for one message, as a route would hand it on.
struct Body {
    std::uint8_t context;
    std::string_view message;
    std::string text;
    std::vector<Given> given = {};
    std::string_view inside = {};
    const Sealer* sealer = nullptr;

    JsonCommand read() const {
        JsonText json;
        const auto node = json.parse(text);
        if (!node) return std::unexpected(JsonFailure(node.error()));
        const auto* known = json_message(context, message);
        EXPECT_NE(known, nullptr) << message;
        return known->command({*node, inside, given, "key", Version{7}, {}, sealer});
    }
    template <class C> Command<C> command() const {
        const auto bytes = read();
        if (!bytes) {
            const auto& failure = bytes.error();
            const auto* problem = std::get_if<JsonProblem>(&failure);
            ADD_FAILURE() << text << " is refused: "
                          << (problem ? problem->path + " " + std::string(name_of(problem->what))
                                      : std::get<Error>(failure).detail);
            return {};
        }
        return read_command<C>(std::as_bytes(std::span(*bytes))).value();
    }
    JsonProblem problem() const {
        const auto bytes = read();
        EXPECT_FALSE(bytes) << text;
        return bytes ? JsonProblem{} : std::get<JsonProblem>(bytes.error());
    }
};
Body reserve(std::string text) { return {Stock::number, "Reserve", std::move(text)}; }
Body open_cart(std::string text) { return {Cart::number, "Open", std::move(text)}; }

template <class M, class C> const M& message_in(const Command<C>& command) {
    return std::get<M>(command.parts.at(0).command);
}
JsonProblem at(std::string path, Malformed what) { return {what, std::move(path)}; }

TEST(JsonCommand, is_a_record_of_the_message_for_its_stream) {
    const auto command =
        reserve(R"({"reservation":"r1","quantity":2,"location":"main","ttl_ms":60000})")
            .command<Stock>();
    EXPECT_EQ(command.parts[0].key, "key");
    EXPECT_EQ(command.parts[0].expected, 7U);
    const auto& message = message_in<stock::Reserve>(command);
    EXPECT_EQ(message.reservation.raw(), "r1");
    EXPECT_EQ(message.quantity.raw(), 2);
    EXPECT_EQ(message.location->raw(), "main");
    EXPECT_EQ(message.ttl_ms->raw(), 60'000);
    EXPECT_FALSE(message.customer);
}

TEST(JsonCommand, may_leave_out_what_has_a_natural_absence) {
    const auto cart = open_cart(R"({"currency":"GBP","customer":null})").command<Cart>();
    const auto& open = message_in<cart::Open>(cart);
    EXPECT_FALSE(open.customer);
    EXPECT_TRUE(open.country.empty());
    EXPECT_TRUE(open.lines.empty());
    const auto back = Body{Order::number, "Return", R"({"returned":"b1"})"}.command<Order>();
    EXPECT_FALSE(message_in<order::Return>(back).restock);
}

TEST(JsonCommand, names_the_field_that_is_missing) {
    EXPECT_EQ(reserve("{}").problem(), at("/reservation", Malformed::field_is_missing));
    EXPECT_EQ(reserve(R"({"reservation":"r"})").problem(),
              at("/quantity", Malformed::field_is_missing));
    EXPECT_EQ(
        open_cart(R"({"currency":"GBP","lines":[{"line":"1","sku":"A","quantity":1}]})").problem(),
        at("/lines/0/unit_price", Malformed::field_is_missing));
    EXPECT_EQ((Body{Payment::number, "Settle", R"({"operation":"o"})"}.problem()),
              at("/capture", Malformed::field_is_missing));
}

TEST(JsonCommand, with_an_unknown_field_is_refused_at_any_depth) {
    EXPECT_EQ(reserve(R"({"reservation":"r","quantity":1,"qty":1})").problem(),
              at("/qty", Malformed::field_is_unknown));
    EXPECT_EQ(open_cart(R"({"currency":"GBP","charges":[{"charge":"c","kind":"fee","amount":1,
                            "taxes":[{"rate_ppm":0,"amount":1,"reason":"x"}]}]})")
                  .problem(),
              at("/charges/0/taxes/0/reason", Malformed::field_is_unknown));
    EXPECT_EQ((Body{Stock::number, "Expire", R"({"now":1})"}.problem()),
              at("/now", Malformed::field_is_unknown));
}

TEST(JsonCommand, takes_numbers_only_as_integers) {
    const auto quantity = [](const std::string& number) {
        return reserve(R"({"reservation":"r","quantity":)" + number + "}");
    };
    for (const auto* wrong : {"1.0", "1e3", "1E0", "\"5\"", "true", "null", "[]", "{}"})
        EXPECT_EQ(quantity(wrong).problem(), at("/quantity", Malformed::field_has_the_wrong_type))
            << wrong;
    for (const auto* outside : {"0", "-0", "-1", "1000000001", "9223372036854775807",
                                "9223372036854775808", "123456789012345678901234567890"})
        EXPECT_EQ(quantity(outside).problem(),
                  at("/quantity", Malformed::value_is_outside_its_range))
            << outside;
    for (const auto* wrong : {"+1", "01", "NaN", "0x10"})
        EXPECT_EQ(quantity(wrong).problem().what, Malformed::text_is_not_json) << wrong;
    EXPECT_EQ(message_in<stock::Reserve>(quantity("1000000000").command<Stock>()).quantity.raw(),
              1'000'000'000);
}

TEST(JsonCommand, takes_no_other_type_for_a_value) {
    const auto wrong = Malformed::field_has_the_wrong_type;
    EXPECT_EQ(reserve(R"({"reservation":1})").problem(), at("/reservation", wrong));
    EXPECT_EQ(reserve(R"({"reservation":null,"quantity":1})").problem(), at("/reservation", wrong));
    EXPECT_EQ(open_cart(R"({"currency":"GBP","lines":null})").problem(), at("/lines", wrong));
    EXPECT_EQ(open_cart(R"({"currency":"GBP","lines":{}})").problem(), at("/lines", wrong));
    EXPECT_EQ(open_cart(R"({"currency":"GBP","lines":[1]})").problem(), at("/lines/0", wrong));
    EXPECT_EQ(open_cart("[]").problem(), at("", wrong));
    const auto back = [](const std::string& restock) {
        return Body{Order::number, "Return", R"({"returned":"b","restock":)" + restock + "}"};
    };
    for (const auto* value : {"1", "\"true\"", "null"})
        EXPECT_EQ(back(value).problem(), at("/restock", wrong)) << value;
    EXPECT_TRUE(message_in<order::Return>(back("true").command<Order>()).restock);
}

TEST(JsonCommand, keeps_the_rules_of_texts) {
    const auto id = [](const std::string& text) {
        return reserve(R"({"quantity":1,"reservation":")" + text + "\"}").problem();
    };
    EXPECT_EQ(id(""), at("/reservation", Malformed::text_is_empty));
    EXPECT_EQ(id(std::string(41, 'a')), at("/reservation", Malformed::text_is_too_long));
    EXPECT_EQ(id("a b"), at("/reservation", Malformed::text_has_a_forbidden_character));
    EXPECT_EQ(open_cart(R"({"currency":"gbp"})").problem(),
              at("/currency", Malformed::text_has_a_forbidden_character));
    const auto country = [](const std::string& text) {
        return open_cart(R"({"currency":"GBP","country":")" + text + "\"}");
    };
    EXPECT_EQ(country("\\u0000").problem(),
              at("/country", Malformed::text_has_a_forbidden_character));
    EXPECT_EQ(country("a\\nb").problem(),
              at("/country", Malformed::text_has_a_forbidden_character));
    EXPECT_EQ(country(std::string(61, 'a')).problem(), at("/country", Malformed::text_is_too_long));
    EXPECT_EQ(message_in<cart::Open>(country("\\u00c5land \xf0\x9f\x8f\xa2").command<Cart>())
                  .country.raw(),
              "\u00c5land \U0001f3e2");
}

TEST(JsonCommand, names_enumerators) {
    const auto kind = [](const std::string& value) {
        return Body{Payment::number, "RecordAnswer",
                    R"({"operation":"o","outcome":"failed","kind":)" + value + "}"};
    };
    EXPECT_EQ(message_in<payment::RecordAnswer>(kind("\"void\"").command<Payment>()).kind,
              payment::Kind::void_);
    EXPECT_EQ(kind("\"void_\"").problem(), at("/kind", Malformed::value_is_outside_its_range));
    EXPECT_EQ(kind("\"\"").problem(), at("/kind", Malformed::value_is_outside_its_range));
    EXPECT_EQ(kind("1").problem(), at("/kind", Malformed::field_has_the_wrong_type));
}

TEST(JsonCommand, knows_what_its_route_gives) {
    auto body = reserve(R"({"quantity":3})");
    body.given = {{"reservation", "r9"}, {"sku", "A"}};
    EXPECT_EQ(message_in<stock::Reserve>(body.command<Stock>()).reservation.raw(), "r9");
    body.text = R"({"quantity":3,"reservation":"r9","sku":"A"})";
    EXPECT_EQ(message_in<stock::Reserve>(body.command<Stock>()).reservation.raw(), "r9");
    body.text = R"({"quantity":3,"reservation":"r8"})";
    EXPECT_EQ(body.problem(), at("/reservation", Malformed::field_is_not_as_given));
    body.text = R"({"quantity":3,"sku":"B"})";
    EXPECT_EQ(body.problem(), at("/sku", Malformed::field_is_not_as_given));
    body.text = R"({"quantity":3,"sku":["A"]})";
    EXPECT_EQ(body.problem(), at("/sku", Malformed::field_has_the_wrong_type));
    body.given = {{"reservation", "not an id"}};
    EXPECT_EQ(body.problem(), at("/sku", Malformed::field_is_unknown));
    body.text = "{\"quantity\":3}";
    EXPECT_EQ(body.problem(), at("/reservation", Malformed::text_has_a_forbidden_character));
}

TEST(JsonCommand, falls_back_where_the_body_says_nothing) {
    Body body{Stock::number, "SetLocation", R"({"location":"main"})"};
    body.given = {{"priority", "5", true}, {"accepts_orders", "true", true}};
    const auto fallen = message_in<stock::SetLocation>(body.command<Stock>());
    EXPECT_EQ(fallen.priority.raw(), 5);
    EXPECT_TRUE(fallen.accepts_orders);
    body.text = R"({"location":"main","priority":2,"accepts_orders":false})";
    const auto said = message_in<stock::SetLocation>(body.command<Stock>());
    EXPECT_EQ(said.priority.raw(), 2);
    EXPECT_FALSE(said.accepts_orders);
}

TEST(JsonCommand, may_be_what_is_inside_one_of_its_fields) {
    Body body{Cart::number, "SetLine", R"({"sku":"A","quantity":2,"unit_price":995,
                                           "reason":"asked for"})"};
    body.inside = "line";
    body.given = {{"line", "7"}};
    const auto command = body.command<Cart>();
    const auto& line = message_in<cart::SetLine>(command).line;
    EXPECT_EQ(line.line.raw(), "7");
    EXPECT_EQ(line.unit_price.raw(), 995);
    EXPECT_EQ(command.envelope.reason, "asked for");
    body.text = R"({"line":{"sku":"A"}})";
    EXPECT_EQ(body.problem().path, "/line");
}

TEST(JsonCommand, takes_the_envelopes_fields_beside_its_own) {
    const auto command =
        reserve(R"({"reservation":"r","reason":"call","metadata":{"a": [1.50, "x\ty"]},
                    "quantity":1,"reference":"order-1","channel":"phone","actor":null})")
            .command<Stock>();
    EXPECT_EQ(command.envelope.reason, "call");
    EXPECT_EQ(command.envelope.reference, "order-1");
    EXPECT_EQ(command.envelope.channel, "phone");
    EXPECT_EQ(command.envelope.actor, "");
    EXPECT_EQ(command.envelope.metadata, R"({"a":[1.50,"x\ty"]})");
    const auto beside = [](const std::string& member) {
        return reserve(R"({"reservation":"r","quantity":1,)" + member + "}").problem();
    };
    EXPECT_EQ(beside(R"("reason":1)"), at("/reason", Malformed::field_has_the_wrong_type));
    EXPECT_EQ(beside(R"("metadata":[])"), at("/metadata", Malformed::field_has_the_wrong_type));
    EXPECT_EQ(beside("\"actor\":\"" + std::string(65, 'a') + "\""),
              at("/actor", Malformed::text_is_too_long));
    EXPECT_EQ(beside("\"reference\":\"" + std::string(201, 'a') + "\""),
              at("/reference", Malformed::text_is_too_long));
    EXPECT_EQ(beside(R"("reason":"\u0007")"),
              at("/reason", Malformed::text_has_a_forbidden_character));
    EXPECT_EQ(beside(R"("metadata":{"a":")" + std::string(4'089, 'a') + "\"}"),
              at("/metadata", Malformed::text_is_too_long));
    EXPECT_EQ(beside(R"("metadata":{"card":"4111 1111 1111 1111"})"),
              at("/metadata/card", Malformed::card_number_is_not_accepted));
    EXPECT_EQ(beside(R"("metadata":{"a":[1,4111111111111111]})"),
              at("/metadata/a/1", Malformed::card_number_is_not_accepted));
}

TEST(JsonCommand, has_the_fingerprint_of_what_it_asks) {
    const auto print = [](std::string text) {
        return reserve(std::move(text)).command<Stock>().envelope.fingerprint;
    };
    const auto one = print(R"({"reservation":"r","quantity":1})");
    EXPECT_EQ(one, print(R"( {"quantity" : 1, "customer":null, "reservation":"\u0072"})"));
    EXPECT_EQ(one, print(R"({"reservation":"r","quantity":1,"reference":"again"})"));
    EXPECT_EQ(one, fingerprint(stock::Command(stock::Reserve{
                       ReservationId::from("r").value(), known<Quantity>(1), {}, {}, {}, {}})));
    EXPECT_NE(one, print(R"({"reservation":"r","quantity":2})"));
    EXPECT_NE(one, print(R"({"reservation":"s","quantity":1})"));
    const Body extend{Stock::number, "Extend", R"({"reservation":"r"})"};
    const Body release{Stock::number, "Release", R"({"reservation":"r"})"};
    EXPECT_NE(extend.command<Stock>().envelope.fingerprint,
              release.command<Stock>().envelope.fingerprint);
}

TEST(JsonCommand, seals_personal_data_once_all_else_is_right) {
    std::vector<std::string> sealed;
    const Sealer sealer = [&](std::optional<SubjectId> subject, std::string_view text) {
        sealed.push_back((subject ? std::string(subject->raw()) : "nobody") + " " +
                         std::string(text));
        return Sealing{{SubjectId::from("s").value(), {1, 2}}, 99};
    };
    const auto cart = [&](const std::string& rest) {
        auto body = open_cart(R"({"currency":"GBP",)" + rest + "}");
        body.sealer = &sealer;
        return body;
    };
    const auto command = cart(R"("personal":{"subject":"ann", "mail": "a@b", "n": [1, null]})");
    const auto read = command.command<Cart>();
    EXPECT_EQ(sealed.back(), R"(ann {"mail":"a@b","n":[1,null]})");
    EXPECT_EQ(message_in<cart::Open>(read).personal->box, (std::vector<std::uint8_t>{1, 2}));
    EXPECT_EQ(read.envelope.personal_fingerprint, 99U);
    EXPECT_EQ(read.envelope.fingerprint, fingerprint(read.parts[0].command));
    cart(R"("customer":"c1","personal":{})").command<Cart>();
    EXPECT_EQ(sealed.back(), "c1 {}");
    cart(R"("personal":{"a":1})").command<Cart>();
    EXPECT_EQ(sealed.back(), R"(nobody {"a":1})");

    sealed.clear();
    EXPECT_EQ(cart(R"("personal":{"a":1},"what":1)").problem().path, "/what");
    EXPECT_EQ(cart(R"("personal":{"a":1},"reason":1)").problem().path, "/reason");
    EXPECT_EQ(cart(R"("personal":{"a":{"b":4111111111111111}})").problem(),
              at("/personal/a/b", Malformed::card_number_is_not_accepted));
    EXPECT_EQ(cart(R"("personal":"a@b")").problem(),
              at("/personal", Malformed::field_has_the_wrong_type));
    EXPECT_EQ(cart(R"("personal":{"subject":"a b"})").problem(),
              at("/personal/subject", Malformed::text_has_a_forbidden_character));
    EXPECT_EQ(cart(R"("personal":{"a":")" + std::string(sealed_bytes_max, 'a') + "\"}").problem(),
              at("/personal", Malformed::text_is_too_long));
    EXPECT_TRUE(sealed.empty());
    EXPECT_FALSE(message_in<cart::Open>(cart(R"("personal":null)").command<Cart>()).personal);
    EXPECT_EQ(open_cart(R"({"currency":"GBP","personal":{}})").problem(),
              at("/personal", Malformed::field_is_unknown));
}

TEST(JsonCommand, says_when_sealing_fails_that_the_body_is_not_wrong) {
    const Sealer sealer = [](std::optional<SubjectId>, std::string_view) {
        return std::unexpected(Error{Error::unavailable, "no disk"});
    };
    auto body = open_cart(R"({"currency":"GBP","personal":{}})");
    body.sealer = &sealer;
    const auto bytes = body.read();
    ASSERT_FALSE(bytes);
    EXPECT_EQ(std::get<Error>(bytes.error()).detail, "no disk");
}

TEST(JsonCommand, is_known_by_context_and_name) {
    EXPECT_EQ(json_message(Stock::number, "Reserve")->name, "Reserve");
    EXPECT_EQ(json_message(Stock::number, "Authorize"), nullptr);
    EXPECT_EQ(json_message(Stock::number, ""), nullptr);
    EXPECT_EQ(json_message(0, "Reserve"), nullptr);
}

}  // namespace
}  // namespace holdfast::wire
