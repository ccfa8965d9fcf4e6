#include <fstream>

#include "engine/adapters/rocksdb/state_store.h"
#include "engine/adapters/rocksdb/view_store.h"
#include "tests/contract/state_store_contract.h"
#include "tests/contract/view_store_contract.h"
#include "tests/support/full_disk.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::rocks {
namespace {

using Path = std::filesystem::path;

std::unique_ptr<RocksStateStore> open_state(StateSettings settings) {
    auto store = RocksStateStore::open(std::move(settings));
    EXPECT_TRUE(store) << store.error().detail;
    return store ? *std::move(store) : nullptr;
}
std::unique_ptr<RocksViewStore> open_views(const Path& folder) {
    auto store = RocksViewStore::open({folder});
    EXPECT_TRUE(store) << store.error().detail;
    return store ? *std::move(store) : nullptr;
}

// `FilterBytes`: 1 MiB has room for every key here, 0 for so few that most pass.
template <std::size_t FilterBytes> struct StateFixture {
    StateStore& store() { return *opened; }
    void restart() {
        opened.reset();
        opened = open();
    }
    std::unique_ptr<RocksStateStore> open() const {
        return open_state({.folder = folder.path() / "new" / "state", .filter_bytes = FilterBytes});
    }
    TemporaryFolder folder;
    std::unique_ptr<RocksStateStore> opened = open();
};

struct ViewFixture {
    ViewStore& store() { return *opened; }
    void restart() {
        opened.reset();
        opened = open_views(folder.path() / "views");
    }
    TemporaryFolder folder;
    std::unique_ptr<RocksViewStore> opened = open_views(folder.path() / "views");
};

}  // namespace
}  // namespace holdfast::rocks

namespace holdfast {
using StateFixtures = testing::Types<rocks::StateFixture<1 << 20>, rocks::StateFixture<0>>;
INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, StateStoreContract, StateFixtures);
INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, StateStoreOfThreads, StateFixtures);
INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, ViewStoreContract, rocks::ViewFixture);
}  // namespace holdfast

namespace holdfast::rocks {
namespace {

void wait_for_filter(const RocksStateStore& store) {
    while (!store.filter_is_ready()) std::this_thread::yield();
}

std::string id_key(int id) { return std::string("\1\0\1i", 4) + std::to_string(id); }
std::string id_value(std::int64_t at_ms) {
    std::string value(16, 'v');
    value.append(reinterpret_cast<const char*>(&at_ms), sizeof(at_ms));
    return value;
}
std::size_t rows_in(const StateStore& store) {
    std::size_t rows = 0;
    EXPECT_TRUE(store.scan("", "", [&](auto, auto) { return ++rows, true; }));
    return rows;
}

TEST(RocksStateStore, refuses_a_second_opener) {
    const TemporaryFolder folder;
    const auto first = open_state({.folder = folder.path()});
    const auto second = RocksStateStore::open({.folder = folder.path()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Error::refused);
    EXPECT_NE(second.error().detail.find("another process has it open"), std::string::npos);
}

TEST(RocksViewStore, refuses_a_second_opener) {
    const TemporaryFolder folder;
    const auto first = open_views(folder.path());
    const auto second = RocksViewStore::open({folder.path()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Error::refused);
}

TEST(RocksStateStore, refuses_a_folder_that_cannot_be) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file") << "not a folder";
    const auto opened = RocksStateStore::open({.folder = folder.path() / "file"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Error::refused);
}

TEST(RocksStateStore, removes_the_cuts_that_a_crash_left_behind) {
    const TemporaryFolder folder;
    ASSERT_TRUE(open_state({.folder = folder.path()})->ingest({{"a", "1"}}));
    const auto cuts = folder.path() / "cuts";
    EXPECT_TRUE(std::filesystem::is_empty(cuts));
    std::ofstream(cuts / "7") << "half a cut";
    const auto store = open_state({.folder = folder.path()});
    EXPECT_TRUE(std::filesystem::is_empty(cuts));
    EXPECT_EQ(rows_in(*store), 1U);
}

TEST(RocksStateStore, knows_what_is_not_there_again_some_time_after_it_was_opened) {
    const TemporaryFolder folder;
    CutRows rows;
    for (int id = 10'000; id < 20'000; ++id) rows.add({id_key(id)}, id_value(id));
    ASSERT_TRUE(open_state({.folder = folder.path()})->ingest(rows));
    const auto store = open_state({.folder = folder.path()});
    wait_for_filter(*store);
    for (int id = 10'000; id < 20'000; id += 97)
        ASSERT_TRUE(store->get(std::vector{id_key(id), id_key(-id)}).value()[0]) << id;
}

TEST(RocksStateStore, keeps_every_row_over_many_cuts_and_their_merges) {
    const TemporaryFolder folder;
    const auto store = open_state({.folder = folder.path()});
    for (int cut = 0; cut < 100; ++cut) {
        std::map<std::string, std::optional<std::string>> rows{{"counter", std::to_string(cut)}};
        for (int id = 0; id < 50; ++id) rows[id_key(cut * 7'919 % 100 + id * 100)] = id_value(cut);
        ASSERT_TRUE(store->ingest(rows_of(rows)));
    }
    EXPECT_EQ(rows_in(*store), 5'001U);
    EXPECT_EQ(store->get(std::vector<std::string>{"counter"}).value()[0], "99");
}

// Spoils every file of RocksDB's that holds rows.
void spoil(const Path& folder) {
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() != ".sst") continue;
        std::fstream both(file.path(), std::ios::binary | std::ios::in | std::ios::out);
        both.seekp(30);
        both << "spoiled";
    }
}

TEST(RocksStateStore, says_that_rows_are_damaged_and_never_shows_them) {
    const TemporaryFolder folder;
    ASSERT_TRUE(open_state({.folder = folder.path()})->ingest({{"a", std::string(200, 'x')}}));
    spoil(folder.path() / "rows");
    const auto store = open_state({.folder = folder.path(), .filter_bytes = 0});
    const auto found = store->get(std::vector<std::string>{"a"});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Error::damaged);
    const auto scanned = store->scan("", "", [](auto, auto) { return true; });
    ASSERT_FALSE(scanned);
    EXPECT_EQ(scanned.error().code, Error::damaged);
}

TEST(RocksStateStore, says_that_its_list_of_files_is_missing) {
    const TemporaryFolder folder;
    ASSERT_TRUE(open_state({.folder = folder.path()})->ingest({{"a", "1"}}));
    for (const auto& file : std::filesystem::directory_iterator(folder.path() / "rows"))
        if (file.path().filename().string().starts_with("MANIFEST"))
            std::filesystem::remove(file.path());
    const auto opened = RocksStateStore::open({.folder = folder.path()});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Error::damaged);
}

// The log of a store whose machine lost power: the last writes are torn.
TEST(RocksViewStore, loses_whole_writes_at_the_end_of_a_torn_log) {
    const TemporaryFolder folder;
    for (std::size_t cut = 1; cut < 200; cut += 13) {
        const auto path = folder.path() / std::to_string(cut);
        {
            const auto store = open_views(path);
            for (int write = 1; write <= 10; ++write) {
                const auto text = std::to_string(write);
                ASSERT_TRUE(store->write({{"row", text}, {"bookmark", text}}));
            }
        }
        for (const auto& file : std::filesystem::directory_iterator(path))
            if (file.path().extension() == ".log" && file.file_size() > cut)
                std::filesystem::resize_file(file.path(), file.file_size() - cut);
        const auto store = open_views(path);
        const auto row = store->get("row").value();
        EXPECT_EQ(row, store->get("bookmark").value());
        EXPECT_LT(std::stoi(row.value_or("0")), 10);
    }
}

TEST(RocksViewStore, answers_the_same_error_until_it_is_opened_again_when_the_disk_was_full) {
    const TemporaryFolder folder;
    auto store = open_views(folder.path());
    std::size_t written = 0;
    std::expected<void, Error> last;
    const auto write = [&] {
        const auto number = std::to_string(written + 1);
        last = store->write({{number, std::string(9'000, 'x')}, {"bookmark", number}});
        if (last) ++written;
        return last.has_value();
    };
    {
        const FullDisk full(128 << 10);
        while (write() && written < 100) {
        }
        ASSERT_FALSE(last);
        EXPECT_EQ(last.error().code, Error::unavailable);
        EXPECT_GT(written, 3U);
    }
    const auto first = last.error().detail;
    EXPECT_FALSE(write());
    EXPECT_EQ(last.error().detail, first);
    EXPECT_EQ(store->sync().error().detail, first);
    EXPECT_EQ(store->get("bookmark").value(), std::to_string(written));
    store.reset();
    store = open_views(folder.path());
    EXPECT_EQ(store->get("bookmark").value(), std::to_string(written));
    EXPECT_TRUE(write());
}

TEST(KeyFilter, lets_every_key_pass_that_was_added) {
    KeyFilter filter(1 << 10);
    for (int id = 0; id < 20'000; ++id) filter.add(id_key(id));
    for (int id = 0; id < 20'000; ++id) ASSERT_TRUE(filter.may_have(id_key(id)));
}

TEST(KeyFilter, lets_few_others_pass_while_it_has_room) {
    constexpr int keys = 1 << 16;
    const auto passing = [](std::size_t bytes_a_key) {
        KeyFilter filter(bytes_a_key * keys);
        for (int id = 0; id < keys; ++id) filter.add(id_key(id));
        int passed = 0;
        for (int id = keys; id < 2 * keys; ++id) passed += filter.may_have(id_key(id));
        return passed * 1'000.0 / keys;
    };
    EXPECT_LT(passing(2), 2);
    EXPECT_LT(passing(1), 40);
}

}  // namespace
}  // namespace holdfast::rocks
