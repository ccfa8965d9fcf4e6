#include "engine/wire/personal.h"

#include <gmock/gmock.h>

#include "cart_tables.h"
#include "engine/adapters/simulated/simulated_key_store.h"
#include "engine/wire/record.h"

namespace holdfast::wire {
namespace {

using testing::HasSubstr;
using testing::Not;

SubjectId subject(const char* text) { return SubjectId::from(text).value(); }

const std::vector<std::string> everybody{"ann", "bob", "cart-1"};

Command<Cart> opened_by(KeyStore& keys, std::string_view personal) {
    EXPECT_TRUE(keys.prepare(everybody));
    const auto sealer = sealing_by(keys, subject("cart-1"));
    JsonText json;
    const auto text = R"({"currency":"GBP","personal":)" + std::string(personal) + "}";
    const auto bytes = json_message(Cart::number, "Open")
                           ->command({.body = json.parse(text).value(), .sealer = &sealer});
    return read_command<Cart>(std::as_bytes(std::span(bytes.value()))).value();
}
const Sealed& sealed_in(const Command<Cart>& command) {
    return std::get<cart::Open>(command.parts.at(0).command).personal.value();
}
std::string shown(KeyStore& keys, const Sealed& sealed) {
    const auto opener = opening_by(keys);
    std::string text;
    write_sealed({text, &opener}, sealed);
    return text;
}

TEST(Personal, data_is_shown_as_it_came_until_its_subject_is_forgotten) {
    simulated::SimulatedKeyStore keys{1};
    const auto command = opened_by(keys, R"({"mail": "a@b", "subject": "ann"})");
    const auto& sealed = sealed_in(command);
    EXPECT_EQ(shown(keys, sealed), R"({"subject":"ann","mail":"a@b"})");
    ASSERT_TRUE(keys.forget({"ann"}));
    EXPECT_EQ(shown(keys, sealed), R"({"subject":"ann","forgotten":true})");
}

TEST(Personal, data_of_nobody_in_particular_belongs_to_whom_the_route_says) {
    simulated::SimulatedKeyStore keys{1};
    EXPECT_EQ(sealed_in(opened_by(keys, R"({"mail":"a@b"})")).subject, subject("cart-1"));
}

TEST(Personal, data_tells_a_repeated_request_from_another_one) {
    simulated::SimulatedKeyStore keys{1};
    const auto print = [&](std::string_view personal) {
        return opened_by(keys, personal).envelope.personal_fingerprint;
    };
    const auto first = print(R"({"subject":"ann","mail":"a@b"})");
    EXPECT_EQ(print(R"({ "mail":"a\u0040b", "subject":"ann" })"), first);
    EXPECT_NE(print(R"({"subject":"ann","mail":"a@c"})"), first);
    EXPECT_NE(print(R"({"subject":"bob","mail":"a@b"})"), first);
}

TEST(Personal, data_is_sealed_once_there_is_a_key) {
    simulated::SimulatedKeyStore keys{1};
    const auto sealing = sealing_by(keys, subject("cart-1"))(subject("ann"), "{}");
    ASSERT_FALSE(sealing);
    EXPECT_EQ(std::get<KeyIsMissing>(sealing.error()).subject, subject("ann"));
}

TEST(Personal, data_is_not_in_the_record) {
    simulated::SimulatedKeyStore keys{1};
    const auto bytes = to_bytes(opened_by(keys, R"({"mail":"ann@example.org"})"));
    EXPECT_THAT(bytes, Not(HasSubstr("ann@")));
}

}  // namespace
}  // namespace holdfast::wire
