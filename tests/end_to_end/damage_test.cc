// What a client is told when what was stored is not what it should be, though the disk gives it
// back as it was written: a row of a view, a record of the log.
#include <cstring>
#include <fstream>
#include <iterator>

#include "engine/adapters/rocksdb/view_store.h"
#include "engine/adapters/segments/frame.h"
#include "engine/domain/contexts.h"
#include "engine/wire/batch.h"
#include "engine/wire/crc32c.h"
#include "tests/support/engine_process.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

const std::string currency = R"({"currency":"GBP"})";

// The rows that have the key behind their family's name.
void spoil_row(const std::filesystem::path& data, const std::string& key) {
    const auto views = rocks::RocksViewStore::open({data / "views"}).value();
    std::vector<Row> rows;
    const auto scanned = views->scan("", "\xff", false, [&](auto at, auto) {
        if (at.ends_with("/" + key)) rows.push_back({std::string(at), "?"});
        return true;
    });
    ASSERT_TRUE(scanned);
    ASSERT_EQ(rows.size(), 1U);
    ASSERT_TRUE(views->write(rows));
    ASSERT_TRUE(views->sync());
}

bool holds(std::span<const std::byte> bytes, std::string_view text) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())
        .contains(text);
}

// The first batch of carts that names the stream becomes another, under checksums that say it was
// written so.
template <class Spoil>
void spoil_batch(const std::filesystem::path& data, std::string_view stream, Spoil spoil) {
    const auto path = data / "log" / "00000000000000000000.segment";
    std::ifstream from(path, std::ios::binary);
    std::string file{std::istreambuf_iterator<char>(from), {}};
    const std::span bytes(reinterpret_cast<std::byte*>(file.data()), file.size());
    for (auto [header, offset] : segments::scan(bytes, 0).frames) {
        const auto blob = bytes.subspan(offset + sizeof header, header.length);
        if (header.context != Cart::number || !holds(blob, stream)) continue;
        spoil(blob);
        const auto checksum_at = offsetof(wire::BatchHeader, checksum);
        const auto checksum = wire::crc32c(blob.subspan(sizeof(wire::BatchHeader)),
                                           wire::crc32c(blob.first(checksum_at)));
        std::memcpy(blob.data() + checksum_at, &checksum, sizeof checksum);
        header.blob_crc = wire::crc32c(blob);
        segments::seal(header);
        std::memcpy(bytes.data() + offset, &header, sizeof header);
        std::ofstream(path, std::ios::binary) << file;
        return;
    }
    FAIL() << "no record names " << stream;
}
void spoil_record(const std::filesystem::path& data, std::string_view stream) {
    spoil_batch(data, stream, [&](std::span<std::byte> blob) {
        for (const auto& record : wire::open(blob).value().records())
            if (holds(record.bytes, stream))
                std::memset(const_cast<std::byte*>(record.bytes.data()), 0xff, 4);
    });
}

TEST(Damage, of_a_row_is_named_and_leaves_other_rows_alone) {
    const TemporaryFolder folder;
    {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        for (const std::string cart : {"bad-cart", "good-cart"})
            shop.get("/v1/carts/" + cart, shop.ask("PUT /v1/carts/" + cart, currency));
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    spoil_row(folder.path(), "bad-cart");
    const EngineProcess again(folder.path());
    Shop shop(again.port());
    const auto damaged = shop.ask("GET /v1/carts/bad-cart");
    EXPECT_EQ(damaged.result_int(), 500U) << damaged.body();
    EXPECT_EQ(problem_in(damaged), "row_is_damaged");
    EXPECT_EQ(shop.ask("GET /v1/carts/good-cart").result_int(), 200U);
    const auto state = shop.ask("PUT /v1/carts/bad-cart", currency);
    EXPECT_EQ(state.result_int(), 201U) << "what decides has no part in it: " << state.body();
}

TEST(Damage, of_a_record_is_named_to_whoever_asks_for_its_answer) {
    const TemporaryFolder folder;
    const std::string key = "Idempotency-Key: mine\r\n";
    {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        EXPECT_EQ(shop.ask("PUT /v1/carts/bad-cart", currency, key).result_int(), 201U);
        EXPECT_EQ(shop.ask("PATCH /v1/carts/bad-cart", R"({"country":"UK"})").result_int(), 200U);
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    spoil_record(folder.path(), "bad-cart");
    const EngineProcess again(folder.path());
    ASSERT_NE(again.port(), 0) << again.words();
    Shop shop(again.port());
    const auto repeated = shop.ask("PUT /v1/carts/bad-cart", currency, key);
    EXPECT_EQ(repeated.result_int(), 500U) << repeated.body();
    EXPECT_EQ(problem_in(repeated), "record_is_damaged");
    const auto asked = shop.ask("GET /v1/commands?key=mine&path=/v1/carts/bad-cart");
    EXPECT_EQ(asked.result_int(), 500U) << asked.body();
    EXPECT_EQ(problem_in(asked), "record_is_damaged");
    const auto next = shop.ask("PATCH /v1/carts/bad-cart", R"({"country":"IE"})");
    EXPECT_EQ(next.result_int(), 200U) << next.body();
}

// A view that is built anew stops where it cannot go on; others do not wait for it.
TEST(Damage, of_a_record_keeps_a_view_from_being_built_and_says_so) {
    const TemporaryFolder folder;
    {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        shop.open_with("cup", 1);
        EXPECT_EQ(shop.ask("PUT /v1/carts/bad-cart", currency).result_int(), 201U);
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    spoil_record(folder.path(), "bad-cart");
    std::filesystem::remove_all(folder.path() / "views");
    const EngineProcess again(folder.path());
    ASSERT_NE(again.port(), 0) << again.words();
    Shop shop(again.port());
    const auto stock = shop.get_until("/v1/availability?sku=cup",
                                      [](const auto& said) { return said.result_int() == 200U; });
    EXPECT_EQ(Body(stock).at({"items", "0", "available"}), "1");
    const auto cart = shop.ask("GET /v1/carts/bad-cart");
    EXPECT_EQ(cart.result_int(), 503U) << cart.body();
    EXPECT_EQ(problem_in(cart), "view_is_being_built");
    EXPECT_EQ(cart["Retry-After"], "1");
    const auto ready = shop.ask("GET /readyz");
    EXPECT_EQ(ready.result_int(), 503U);
    EXPECT_EQ(problem_in(ready), "engine_is_not_ready");
}

// What a newer engine may write behind what this one knows.
TEST(Damage, is_not_what_a_batch_of_a_newer_format_is_called) {
    const TemporaryFolder folder;
    {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        EXPECT_EQ(shop.ask("PUT /v1/carts/new-cart", currency).result_int(), 201U);
        EXPECT_EQ(engine.end(SIGKILL), -SIGKILL);
    }
    std::filesystem::remove_all(folder.path() / "state");  // so that all of the log is read again
    spoil_batch(folder.path(), "new-cart", [](std::span<std::byte> blob) {
        const std::uint16_t level = wire::format_level + 1;
        std::memcpy(blob.data() + offsetof(wire::BatchHeader, level), &level, sizeof level);
    });
    EngineProcess older(folder.path());
    EXPECT_EQ(older.port(), 0);
    EXPECT_EQ(older.wait(), 1);
    EXPECT_NE(older.words().find("a batch is of format level 2; this engine reads up to 1: use a "
                                 "newer engine"),
              std::string::npos)
        << older.words();
}

}  // namespace
}  // namespace holdfast
