#include "engine/adapters/rocksdb/layout.h"

#include <string>
#include <system_error>

#include <rocksdb/env.h>

#include "engine/adapters/rocksdb/library.h"

namespace holdfast::rocks {
namespace {

using Path = std::filesystem::path;

std::string words() { return "holdfast state " + std::to_string(layout_known) + "\n"; }

bool is_there(const Path& path) {
    std::error_code unknown;
    return std::filesystem::exists(path, unknown);
}

// Whole or not at all, and synced with its folder.
std::expected<void, Error> write_format(const Path& folder) {
    auto& system = *::rocksdb::Env::Default();
    const auto file = (folder / "FORMAT").string();
    std::unique_ptr<::rocksdb::Directory> directory;
    auto status = ::rocksdb::WriteStringToFile(&system, words(), file + ".new", true);
    if (status.ok()) status = system.RenameFile(file + ".new", file);
    if (status.ok()) status = system.NewDirectory(folder.string(), &directory);
    if (status.ok()) status = directory->Fsync();
    if (!status.ok()) return std::unexpected(to_error(status, "writing " + file));
    return {};
}

}  // namespace

std::expected<void, Error> check_layout(const Path& folder) {
    const auto file = folder / "FORMAT";
    if (!is_there(file) && !is_there(folder / "rows")) {
        if (const auto made = make_folder(folder); !made) return made;
        return write_format(folder);
    }
    std::string found;
    const auto read = ::rocksdb::ReadFileToString(::rocksdb::Env::Default(), file.string(), &found);
    if (!read.ok() && is_there(file))
        return std::unexpected(to_error(read, "reading " + file.string()));
    if (found == words()) return {};
    return std::unexpected(
        Error{Error::refused, "the checkpoint in " + folder.string() +
                                  " has another layout than this engine's (the file FORMAT has to "
                                  "say \"" +
                                  words().substr(0, words().size() - 1) +
                                  "\"): with no engine running, remove the folder " +
                                  folder.string() + "; it is made again from the log"});
}

}  // namespace holdfast::rocks
