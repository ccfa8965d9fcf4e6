#include <fstream>

#include "engine/adapters/simulated/simulated_key_store.h"
#include "engine/adapters/sodium/file_key_store.h"
#include "tests/contract/key_store_contract.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using sodium::FileKeyStore;
using Path = std::filesystem::path;

std::unique_ptr<FileKeyStore> open_keys(const Path& folder, std::size_t keys_max = 10'000) {
    auto keys = FileKeyStore::open(folder, keys_max);
    EXPECT_TRUE(keys) << keys.error().detail;
    return keys ? *std::move(keys) : nullptr;
}

// `KeysMax` in memory: with 0 nearly every call reads a file.
template <std::size_t KeysMax> struct Files {
    KeyStore& keys() { return *opened; }
    void restart() { opened = open_keys(folder.path() / "keys", KeysMax); }
    TemporaryFolder folder;
    std::unique_ptr<FileKeyStore> opened = open_keys(folder.path() / "keys", KeysMax);
};

struct Simulated {
    KeyStore& keys() { return simulated; }
    void restart() {}
    simulated::SimulatedKeyStore simulated{1};
};

}  // namespace

using FileStores = testing::Types<Files<10'000>, Files<0>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Files, KeyStoreContract, FileStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Files, KeyStoreOfThreads, FileStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, KeyStoreContract, Simulated);

namespace {

std::expected<Box, Error> sealed(KeyStore& keys, std::string_view text) {
    if (auto prepared = keys.prepare({"ann"}); !prepared) return std::unexpected(prepared.error());
    auto box = keys.seal("ann", text);
    if (!box) return std::unexpected(box.error());
    return box->value();
}

std::vector<Path> files_in(const Path& folder) {
    std::vector<Path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        files.push_back(entry.path());
    return files;
}

TEST(FileKeyStore, keeps_one_private_file_a_subject_that_does_not_name_it) {
    const TemporaryFolder folder;
    const auto keys = open_keys(folder.path());
    ASSERT_TRUE(sealed(*keys, "Ann"));
    ASSERT_TRUE(sealed(*keys, "1 High Street"));
    const auto files = files_in(folder.path());
    ASSERT_EQ(files.size(), 1U);
    using std::filesystem::perms;
    const auto owner = perms::owner_read | perms::owner_write;
    EXPECT_EQ(std::filesystem::status(files[0]).permissions(), owner);
    EXPECT_EQ(std::filesystem::status(folder.path()).permissions(), perms::owner_all);
    EXPECT_EQ(files[0].filename().string().find("ann"), std::string::npos);
    ASSERT_TRUE(keys->forget({"ann"}));
    EXPECT_TRUE(files_in(folder.path()).empty());
}

TEST(FileKeyStore, makes_no_key_for_one_who_only_looks) {
    const TemporaryFolder folder;
    const auto keys = open_keys(folder.path());
    const auto box = sealed(*keys, "Ann").value();
    EXPECT_EQ(keys->open("bob", box).value(), std::nullopt);
    EXPECT_EQ(files_in(folder.path()).size(), 1U);
}

TEST(FileKeyStore, says_that_a_key_is_damaged_and_never_makes_another) {
    const TemporaryFolder folder;
    auto keys = open_keys(folder.path());
    const auto box = sealed(*keys, "Ann").value();
    const auto file = files_in(folder.path()).at(0);
    {
        std::fstream both(file, std::ios::binary | std::ios::in | std::ios::out);
        both.seekp(5);
        both << 'x';
    }
    keys = open_keys(folder.path());
    for (int i = 0; i < 2; ++i) {
        const auto opened = keys->open("ann", box);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Error::damaged);
        const auto again = sealed(*keys, "Ann");
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code, Error::damaged);
    }
    ASSERT_TRUE(keys->forget({"ann"}));
    EXPECT_TRUE(sealed(*keys, "Ann"));
}

TEST(FileKeyStore, does_not_mind_half_a_key_that_a_crash_left_behind) {
    const TemporaryFolder folder;
    auto keys = open_keys(folder.path());
    ASSERT_TRUE(sealed(*keys, "Ann"));
    const auto file = files_in(folder.path()).at(0);
    std::filesystem::rename(file, file.string() + ".new");
    std::filesystem::resize_file(file.string() + ".new", 20);
    keys = open_keys(folder.path());
    const auto box = sealed(*keys, "Ann").value();
    EXPECT_EQ(open_keys(folder.path())->open("ann", box).value(), "Ann");
    EXPECT_EQ(files_in(folder.path()).size(), 1U);
}

TEST(FileKeyStore, seals_nothing_when_the_key_cannot_be_kept) {
    const TemporaryFolder folder;
    const auto keys = open_keys(folder.path() / "keys");
    std::filesystem::remove(folder.path() / "keys");
    const auto prepared = keys->prepare({"ann"});
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().code, Error::unavailable);
    EXPECT_EQ(keys->seal("ann", "Ann").value(), std::nullopt);
}

TEST(FileKeyStore, refuses_a_folder_that_cannot_be) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file") << "not a folder";
    const auto keys = FileKeyStore::open(folder.path() / "file");
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code, Error::refused);
}

TEST(SimulatedKeyStore, seals_the_same_by_the_same_seed) {
    const auto run = [](std::uint64_t seed) {
        simulated::SimulatedKeyStore keys(seed);
        return sealed(keys, "Ann").value();
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

TEST(SimulatedKeyStore, fails_when_it_is_told_to) {
    simulated::SimulatedKeyStore keys(1, 1'000);
    EXPECT_FALSE(keys.prepare({"ann"}));
    EXPECT_FALSE(keys.seal("ann", "Ann"));
    EXPECT_FALSE(keys.open("ann", Box(box_bytes_more)));
    EXPECT_FALSE(keys.fingerprint("ann", "Ann"));
    EXPECT_FALSE(keys.forget({"ann"}));
}

}  // namespace
}  // namespace holdfast
