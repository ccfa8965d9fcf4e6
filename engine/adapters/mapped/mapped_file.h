// MappedFile: a few pages of memory that outlive the process, as a file.
//
// Durability  what was stored is there for the next process, however this one ended; a power loss
//             may take it.
// Lifetime    the memory goes with this object.
// Threading   as memory.
// Errors      unavailable: the system's own words and the path. The whole file is allocated by
//             open(), so that no store meets a full disk.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>

#include "engine/ports/error.h"

namespace holdfast::mapped {

class MappedFile {
public:
    // A file that is not there, or of another size, begins as zeros where it is new.
    static std::expected<std::unique_ptr<MappedFile>, Error> open(const std::filesystem::path& path,
                                                                  std::size_t bytes);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<std::byte> memory() const { return memory_; }

private:
    explicit MappedFile(std::span<std::byte> memory) : memory_(memory) {}
    std::span<std::byte> memory_;
};

}  // namespace holdfast::mapped
