// TemporaryFolder: an empty folder of one test.
//
// Lifetime  it goes, with all that is in it, with this object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace holdfast {

// In memory where there is such a folder: a sync costs nothing there.
inline std::filesystem::path memory_folder() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

class TemporaryFolder {
public:
    explicit TemporaryFolder(const std::filesystem::path& parent = memory_folder()) {
        auto name = (parent / "holdfast_").string() + std::string(6, 'X');  // mkdtemp's to choose
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        path_ = name;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace holdfast
