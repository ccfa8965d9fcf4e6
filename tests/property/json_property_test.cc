// Laws of JSON, over random commands of every context.
#include <gtest/gtest.h>

#include "cart_tables.h"
#include "engine/wire/fingerprint.h"
#include "engine/wire/json_command.h"
#include "engine/wire/json_decision.h"
#include "engine/wire/record.h"
#include "fulfillment_tables.h"
#include "order_tables.h"
#include "payment_tables.h"
#include "stock_tables.h"
#include "tests/support/random_message.h"

namespace holdfast::wire {
namespace {

constexpr int messages_of_a_kind = 60;

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

template <class C> std::string record_of(typename C::Command message) {
    Command<C> command;
    command.envelope.id = {1, 2};
    command.envelope.fingerprint = fingerprint(message);
    command.parts.push_back({"key", std::nullopt, std::move(message)});
    return to_bytes(command);
}

// The command of that text, an object whose "type" is its name.
JsonCommand command_from(std::uint8_t context, const JsonNode& node) {
    const auto name = node.find("type")->text;
    const Sealer sealer = [](std::optional<SubjectId> subject, std::string_view) {
        return Sealing{{subject.value(), {}}};
    };
    const Given given[] = {{"type", name}};
    Envelope envelope;
    envelope.id = {1, 2};
    return json_message(context, name)->command({&node, {}, given, "key", {}, envelope, &sealer});
}

template <class C> class JsonLaws : public testing::Test {};
using AllContexts = testing::Types<Stock, Cart, Order, Payment, Fulfillment>;
TYPED_TEST_SUITE(JsonLaws, AllContexts);

TYPED_TEST(JsonLaws, a_command_comes_back_from_its_json_byte_for_byte) {
    using Union = typename TypeParam::Command;
    Random random(TypeParam::number);
    for (std::size_t kind = 0; kind < std::variant_size_v<Union>; ++kind)
        for (int i = 0; i < messages_of_a_kind; ++i) {
            const auto record = record_of<TypeParam>(random_of<Union>(random, kind));
            const auto text = commands_from(TypeParam::number, bytes_of(record));
            ASSERT_TRUE(text);
            JsonText json;
            const auto list = json.parse(*text);
            ASSERT_TRUE(list) << *text << " at " << list.error().path;
            const auto* message = (*(*list)->begin()).find("command");
            const auto again = command_from(TypeParam::number, *message);
            ASSERT_TRUE(again) << *text << " at " << std::get<JsonProblem>(again.error()).path;
            ASSERT_EQ(*again, record) << *text;
        }
}

TYPED_TEST(JsonLaws, a_command_comes_back_from_its_record_byte_for_byte) {
    using Union = typename TypeParam::Command;
    Random random(TypeParam::number + 10U);
    for (std::size_t kind = 0; kind < std::variant_size_v<Union>; ++kind)
        for (int i = 0; i < messages_of_a_kind; ++i) {
            const auto record = record_of<TypeParam>(random_of<Union>(random, kind));
            const auto read = read_command<TypeParam>(bytes_of(record));
            ASSERT_TRUE(read);
            ASSERT_EQ(to_bytes(*read), record);
        }
}

}  // namespace
}  // namespace holdfast::wire
