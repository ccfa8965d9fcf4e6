// What a process stored in a mapped file is there for the next, however it ended.
#include "engine/adapters/mapped/mapped_file.h"

#include <csignal>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temporary_folder.h"

namespace holdfast::mapped {
namespace {

TEST(MappedFile, keeps_what_was_stored_before_its_process_was_killed) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "page";
    const pid_t child = ::fork();
    if (child == 0) {
        const auto file = MappedFile::open(path, 5'000);
        std::memcpy((*file)->memory().data() + 4'990, "last words", 10);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto file = MappedFile::open(path, 5'000);
    ASSERT_TRUE(file);
    ASSERT_EQ((*file)->memory().size(), 5'000U);
    EXPECT_EQ(std::memcmp((*file)->memory().data() + 4'990, "last words", 10), 0);
    EXPECT_EQ((*file)->memory()[0], std::byte{0});
}

TEST(MappedFile, grows_with_zeros_and_loses_what_is_behind_its_new_end) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "page";
    MappedFile::open(path, 100).value()->memory()[99] = std::byte{7};
    EXPECT_EQ(MappedFile::open(path, 200).value()->memory()[99], std::byte{7});
    EXPECT_EQ(MappedFile::open(path, 200).value()->memory()[199], std::byte{0});
    EXPECT_EQ(MappedFile::open(path, 50).value()->memory().size(), 50U);
    EXPECT_EQ(MappedFile::open(path, 100).value()->memory()[99], std::byte{0});
}

TEST(MappedFile, says_where_it_cannot_be) {
    const auto file = MappedFile::open("/nowhere/page", 100);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Error::unavailable);
    EXPECT_NE(file.error().detail.find("/nowhere/page"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::mapped
