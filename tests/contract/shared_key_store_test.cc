// Keys in a table that several engines have. The table is in memory here, and tells an engine of
// what the others wrote when that engine writes or catches up: so it may be behind on purpose.
#include "engine/adapters/sodium/shared_key_store.h"

#include <fstream>

#include "engine/adapters/simulated/simulated_table.h"
#include "engine/wire/hex.h"
#include "tests/contract/key_store_contract.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using simulated::SharedRows;
using simulated::SimulatedTable;
using sodium::Key;
using sodium::SharedKeyStore;

const Key& secret() {
    static const Key made = Key::made();
    return made;
}

std::expected<std::unique_ptr<SharedKeyStore>, Error> opened_with(const Key& with,
                                                                  SharedRows& rows) {
    return SharedKeyStore::open(std::make_unique<SimulatedTable>(rows), with);
}
std::unique_ptr<SharedKeyStore> open_keys(SharedRows& rows) {
    auto keys = opened_with(secret(), rows);
    EXPECT_TRUE(keys) << keys.error().detail;
    return keys ? *std::move(keys) : nullptr;
}

// Its past is compacted at a restart, or not.
template <bool IsCompacted> struct Shared {
    KeyStore& keys() { return *opened; }
    void restart() {
        opened.reset();
        if (IsCompacted) rows.compact();
        opened = open_keys(rows);
    }
    SharedRows rows;
    std::unique_ptr<SharedKeyStore> opened = open_keys(rows);
};

}  // namespace

using SharedStores = testing::Types<Shared<false>, Shared<true>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Shared, KeyStoreContract, SharedStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Shared, KeyStoreOfThreads, SharedStores);

namespace {

Box seal(KeyStore& keys, const std::string& subject, std::string_view text) {
    const auto prepared = keys.prepare({subject});
    EXPECT_TRUE(prepared) << prepared.error().detail;
    return keys.seal(subject, text).value().value_or(Box());
}

// Both make one; who was told of less follows who was told of more.
TEST(SharedKeys, are_the_same_when_two_make_one_for_the_same_subject) {
    SharedRows rows;
    const auto one = open_keys(rows), other = open_keys(rows);
    const auto first = seal(*one, "ann", "Ann"), second = seal(*other, "ann", "Ann");
    EXPECT_EQ(first, second);
    EXPECT_EQ(one->fingerprint("ann", "Ann").value(), other->fingerprint("ann", "Ann").value());
    EXPECT_EQ(other->size(), 2U);  // one of them seals nothing
    rows.compact();
    EXPECT_EQ(seal(*open_keys(rows), "ann", "Ann"), first);
}

TEST(SharedKeys, are_gone_everywhere_when_one_engine_has_forgotten) {
    SharedRows rows;
    const auto one = open_keys(rows), other = open_keys(rows), late = open_keys(rows);
    const auto box = seal(*one, "ann", "Ann");
    seal(*other, "ann", "Ann");
    const auto before = rows.size();
    ASSERT_TRUE(late->forget({"ann"}));  // which had not been told of either key
    EXPECT_EQ(rows.size(), before + 2);
    for (const auto* keys : {&one, &other}) seal(**keys, "somebody", "else");  // so they are told
    for (const auto* keys : {&one, &other, &late})
        EXPECT_EQ((*keys)->open("ann", box).value(), std::nullopt);
    EXPECT_NE(seal(*other, "ann", "Ann"), box);
    rows.compact();
    EXPECT_EQ(open_keys(rows)->open("ann", box).value(), std::nullopt);
}

// What was written unheard may be the first of its name later on: so no key is ever written again.
TEST(SharedKeys, agree_after_writes_whose_fate_nobody_knew) {
    SharedRows rows;
    const auto one = open_keys(rows), other = open_keys(rows);
    const auto box = seal(*one, "bob", "Bob");
    rows.answers = false;
    for (int time = 0; time < 4; ++time) {
        const auto failed = one->prepare({"ann"});
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().code, Error::unavailable);
        EXPECT_EQ(one->seal("ann", "Ann").value(), std::nullopt);
        EXPECT_FALSE(one->forget({"bob"}));
        EXPECT_EQ(one->open("bob", box).value(), "Bob");
    }
    rows.answers = true;
    const auto sealed = seal(*other, "ann", "Ann");
    EXPECT_EQ(seal(*one, "ann", "Ann"), sealed);
    rows.compact();
    EXPECT_EQ(seal(*open_keys(rows), "ann", "Ann"), sealed);
}

TEST(SharedKeys, are_refused_to_who_has_another_secret) {
    SharedRows rows, empty;
    const auto keys = open_keys(rows);
    const auto refused = [&] {
        const auto opened = opened_with(Key::made(), rows);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Error::refused);
        EXPECT_NE(opened.error().detail.find("sealed under another secret"), std::string::npos)
            << opened.error().detail;
    };
    refused();  // although there is no key yet
    seal(*keys, "ann", "Ann");
    refused();
}

// Two begin at once, with different files: one of them is refused.
TEST(SharedKeys, have_the_secret_of_who_was_first) {
    SharedRows rows;
    const auto write_secret = [&](const Key& key) {
        SimulatedTable table(rows);
        ASSERT_TRUE(table.follow([](auto, auto) { return std::expected<void, Error>(); }));
        const auto row = "secret/" + wire::hexadecimal(std::as_bytes(std::span(key.id())));
        ASSERT_TRUE(table.write({{row, sodium::seal(key, row, "")}}));
    };
    const auto theirs = Key::made();
    write_secret(secret());
    write_secret(theirs);
    EXPECT_TRUE(opened_with(secret(), rows));
    EXPECT_FALSE(opened_with(theirs, rows));
}

TEST(SharedKeys, are_refused_when_they_are_not_what_was_written) {
    SharedRows rows;
    std::string name;
    std::vector<std::uint8_t> value;
    seal(*open_keys(rows), "ann", "Ann");
    SimulatedTable table(rows);
    ASSERT_TRUE(table.follow([&](auto row, auto bytes) {
        name = row;
        if (bytes) value.assign(bytes->begin(), bytes->end());
        return std::expected<void, Error>();
    }));
    EXPECT_EQ(name.find("ann"), std::string::npos);
    value.back() ^= 1;
    ASSERT_TRUE(table.write({{name, value}}));
    const auto opened = opened_with(secret(), rows);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Error::damaged);
    EXPECT_NE(opened.error().detail.find(name), std::string::npos);
    ASSERT_TRUE(table.write({{name, std::nullopt}, {"a foreign row", value}}));
    rows.compact();
    EXPECT_TRUE(opened_with(secret(), rows));
}

TEST(SharedKeys, have_their_secret_in_a_file_of_hexadecimal_digits) {
    const TemporaryFolder folder;
    const auto read = [&](const std::string& text) {
        std::ofstream(folder.path() / "secret") << text;
        return sodium::secret_in(folder.path() / "secret");
    };
    const std::string digits(64, 'a');
    EXPECT_EQ(read(digits).value().raw(), read(digits + "\n").value().raw());
    for (const auto& text : {std::string(), digits.substr(2), digits + "aa", digits + "a",
                             std::string(64, 'g'), std::string(32, '\x01')}) {
        const auto refused = read(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Error::refused);
    }
    EXPECT_FALSE(sodium::secret_in(folder.path() / "none"));
}

}  // namespace
}  // namespace holdfast
