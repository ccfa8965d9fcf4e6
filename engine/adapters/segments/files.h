// Files: the few things that the log asks of the operating system.
//
// Durability  create_whole() leaves the whole file or none, through a power loss too; pages written
//             by PageWriter are durable after File::sync().
// Threading   a File's reads and writes at distinct places may run at once.
// Errors      unavailable: the system's own words and the path. damaged: a file ends too early.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/ports/error.h"

namespace holdfast::segments {

using Path = std::filesystem::path;

// What is written together begins on a page: bytes that were synced share no page, and so no disk
// sector, with bytes that are written later.
constexpr std::uint64_t page_bytes = 4096;

constexpr std::uint64_t whole_pages(std::uint64_t bytes) {
    return (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

// The last system call's error, as the port says it.
Error system_error(std::string_view doing, const Path& path);

class File {
public:
    enum class Mode : std::uint8_t {
        read,
        write,   // and read; made when missing
        direct,  // writes of whole pages past the page cache, where the file system has that
    };
    static std::expected<File, Error> open(const Path& path, Mode mode);

    File() = default;  // none
    File(File&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
    File& operator=(File&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~File();

    const Path& path() const { return path_; }
    std::expected<std::uint64_t, Error> size() const;
    std::expected<void, Error> reserve(std::uint64_t bytes) const;
    std::expected<void, Error> read(std::span<std::byte> into, std::uint64_t at) const;
    std::expected<void, Error> read_two(std::span<std::byte> first, std::span<std::byte> second,
                                        std::uint64_t at) const;
    std::expected<void, Error> write(std::span<const std::byte> bytes, std::uint64_t at) const;
    std::expected<void, Error> sync() const;  // its bytes; not its time stamps

    enum class Lock : std::uint8_t { shared, exclusive };
    bool lock(Lock how) const;  // false: somebody else holds it

private:
    File(int fd, Path path) : fd_(fd), path_(std::move(path)) {}
    int fd_ = -1;
    Path path_;
};

std::expected<void, Error> sync_folder(const Path& folder);
std::expected<void, Error> name_whole(const Path& unfinished, const Path& path);
std::expected<void, Error> create_whole(const Path& path, std::span<const std::byte> bytes);
std::expected<void, Error> remove_file(const Path& path);

// Writes a run of bytes as few large writes of whole pages; the last page is filled with zeros.
class PageWriter {
public:
    PageWriter();

    void start(const File& file, std::uint64_t at) { file_ = &file, at_ = at, used_ = 0; }
    std::uint64_t at() const { return at_ + used_; }  // where the next byte goes
    std::expected<void, Error> put(std::span<const std::byte> bytes);
    std::expected<void, Error> put_zeros(std::uint64_t count);
    std::expected<void, Error> finish();  // fills the page, writes what is held

private:
    struct Freed {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    std::expected<void, Error> write_held();

    std::unique_ptr<std::byte, Freed> held_;
    std::size_t used_ = 0;
    const File* file_ = nullptr;
    std::uint64_t at_ = 0;
};

}  // namespace holdfast::segments
