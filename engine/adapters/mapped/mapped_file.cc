#include "engine/adapters/mapped/mapped_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace holdfast::mapped {
namespace {

std::unexpected<Error> failed(std::string_view doing, const std::filesystem::path& path,
                              int number) {
    return std::unexpected(Error{Error::unavailable, "cannot " + std::string(doing) + " " +
                                                         path.string() + ": " +
                                                         std::generic_category().message(number)});
}

}  // namespace

std::expected<std::unique_ptr<MappedFile>, Error> MappedFile::open(
    const std::filesystem::path& path, std::size_t bytes) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed("open", path, errno);
    const auto size = static_cast<off_t>(bytes);
    auto error = ::posix_fallocate(file, 0, size);
    if (error == 0 && ::ftruncate(file, size) != 0) error = errno;
    void* memory = MAP_FAILED;
    if (error == 0) {
        memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (memory == MAP_FAILED) error = errno;
    }
    ::close(file);
    if (error != 0) return failed("map", path, error);
    return std::unique_ptr<MappedFile>(new MappedFile({static_cast<std::byte*>(memory), bytes}));
}

MappedFile::~MappedFile() { ::munmap(memory_.data(), memory_.size()); }

}  // namespace holdfast::mapped
