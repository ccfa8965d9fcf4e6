#include "engine/adapters/segments/files.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace holdfast::segments {
namespace {

constexpr std::size_t held_bytes_max = 4 << 20;

bool has_no_room(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

}  // namespace

Error system_error(std::string_view doing, const Path& path) {
    const int error = errno;
    auto said = fmt::format("cannot {} {}: {}", doing, path.string(),
                            std::system_category().message(error));
    if (has_no_room(error)) said += "; free some room on this disk and start again";
    return Error{Error::unavailable, std::move(said)};
}

std::expected<File, Error> File::open(const Path& path, Mode mode) {
    const int flags = O_CLOEXEC | (mode == Mode::read ? O_RDONLY : O_RDWR | O_CREAT);
    int fd = ::open(path.c_str(), flags | (mode == Mode::direct ? O_DIRECT : 0), 0644);
    if (fd < 0 && errno == EINVAL) fd = ::open(path.c_str(), flags, 0644);
    if (fd < 0) return std::unexpected(system_error("open", path));
    return File(fd, path);
}

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

std::expected<std::uint64_t, Error> File::size() const {
    struct stat status{};
    if (::fstat(fd_, &status) != 0) return std::unexpected(system_error("look at", path_));
    return static_cast<std::uint64_t>(status.st_size);
}

std::expected<void, Error> File::reserve(std::uint64_t bytes) const {
    errno = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes));
    if (errno != 0) return std::unexpected(system_error("make room for", path_));
    return {};
}

std::expected<void, Error> File::read(std::span<std::byte> into, std::uint64_t at) const {
    return read_two(into, {}, at);
}

std::expected<void, Error> File::read_two(std::span<std::byte> first, std::span<std::byte> second,
                                          std::uint64_t at) const {
    while (!first.empty() || !second.empty()) {
        const std::array<iovec, 2> parts{iovec{first.data(), first.size()},
                                         iovec{second.data(), second.size()}};
        const auto got = ::preadv(fd_, parts.data(), parts.size(), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(system_error("read", path_));
        if (got == 0)
            return std::unexpected(Error{
                Error::damaged, fmt::format("{} ends at byte {}, too early", path_.string(), at)});
        const auto taken = static_cast<std::size_t>(got);
        const auto of_first = std::min(taken, first.size());
        first = first.subspan(of_first);
        second = second.subspan(taken - of_first);
        at += taken;
    }
    return {};
}

std::expected<void, Error> File::write(std::span<const std::byte> bytes, std::uint64_t at) const {
    while (!bytes.empty()) {
        const auto put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return std::unexpected(system_error("write", path_));
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        at += static_cast<std::uint64_t>(put);
    }
    return {};
}

std::expected<void, Error> File::sync() const {
    if (::fdatasync(fd_) != 0) return std::unexpected(system_error("sync", path_));
    return {};
}

bool File::lock(Lock how) const {
    return ::flock(fd_, (how == Lock::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0;
}

std::expected<void, Error> sync_folder(const Path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return std::unexpected(system_error("open", folder));
    const bool synced = ::fsync(fd) == 0;
    auto error = synced ? Error{} : system_error("sync", folder);
    ::close(fd);
    if (!synced) return std::unexpected(std::move(error));
    return {};
}

std::expected<void, Error> create_whole(const Path& path, std::span<const std::byte> bytes) {
    const Path unfinished = path.string() + ".unfinished";
    {
        const auto file = File::open(unfinished, File::Mode::write);
        if (!file) return std::unexpected(file.error());
        if (auto written = file->write(bytes, 0); !written) return written;
        if (auto synced = file->sync(); !synced) return synced;
    }
    return name_whole(unfinished, path);
}

std::expected<void, Error> name_whole(const Path& unfinished, const Path& path) {
    if (::rename(unfinished.c_str(), path.c_str()) != 0)
        return std::unexpected(system_error("name", path));
    return sync_folder(path.parent_path());
}

std::expected<void, Error> remove_file(const Path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return std::unexpected(system_error("remove", path));
    return {};
}

PageWriter::PageWriter()
    : held_(static_cast<std::byte*>(std::aligned_alloc(page_bytes, held_bytes_max))) {
    assert(held_);
}

std::expected<void, Error> PageWriter::put(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto fits = std::min(bytes.size(), held_bytes_max - used_);
        std::memcpy(held_.get() + used_, bytes.data(), fits);
        used_ += fits;
        bytes = bytes.subspan(fits);
        if (used_ == held_bytes_max)
            if (auto written = write_held(); !written) return written;
    }
    return {};
}

std::expected<void, Error> PageWriter::put_zeros(std::uint64_t count) {
    while (count != 0) {
        const auto fits = std::min<std::size_t>(count, held_bytes_max - used_);
        std::memset(held_.get() + used_, 0, fits);
        used_ += fits;
        count -= fits;
        if (used_ == held_bytes_max)
            if (auto written = write_held(); !written) return written;
    }
    return {};
}

std::expected<void, Error> PageWriter::finish() {
    if (auto filled = put_zeros(whole_pages(at()) - at()); !filled) return filled;
    return used_ == 0 ? std::expected<void, Error>{} : write_held();
}

std::expected<void, Error> PageWriter::write_held() {
    auto written = file_->write({held_.get(), used_}, at_);
    at_ += used_;
    used_ = 0;
    return written;
}

}  // namespace holdfast::segments
