#include "engine/adapters/segments/folder.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "engine/wire/crc32c.h"

namespace holdfast::segments {
namespace {

constexpr std::string_view format_words = "holdfast log ";
constexpr std::uint32_t format_known = 1;

struct StoredMark {
    Position synced;
    std::uint32_t crc;
    std::uint32_t unused;
};
static_assert(sizeof(StoredMark) == 16);

Error refused(std::string detail) { return Error{Error::refused, std::move(detail)}; }

std::expected<std::string, Error> text_of(const Path& path) {
    const auto file = File::open(path, File::Mode::read);
    if (!file) return std::unexpected(file.error());
    const auto size = file->size();
    if (!size) return std::unexpected(size.error());
    std::string text(std::min<std::uint64_t>(*size, 64), '\0');
    if (auto read = file->read(std::as_writable_bytes(std::span(text)), 0); !read)
        return std::unexpected(read.error());
    return text;
}

bool has_segments(const Path& folder) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
        if (base_of(entry.path())) return true;
    return false;
}

std::uint32_t crc_of(Position synced) { return wire::crc32c(std::as_bytes(std::span(&synced, 1))); }

}  // namespace

std::expected<void, Error> check_format(const Path& folder) {
    const auto path = folder / "FORMAT";
    if (!std::filesystem::exists(path))
        return std::unexpected(refused(fmt::format(
            "{} is not a Holdfast log: it has no file FORMAT; name the folder of a log, or put "
            "the file back from a copy",
            folder.string())));
    const auto text = text_of(path);
    if (!text) return std::unexpected(text.error());
    std::uint32_t version = 0;
    if (text->starts_with(format_words))
        std::from_chars(text->data() + format_words.size(), text->data() + text->size(), version);
    if (version == format_known) return {};
    if (version > format_known)
        return std::unexpected(refused(fmt::format(
            "{} was written in format {} and this engine reads up to {}; start the engine that "
            "wrote it, or a newer one",
            folder.string(), version, format_known)));
    return std::unexpected(
        Error{Error::damaged, fmt::format("{} does not name a format; put back the words \"{}{}\"",
                                          path.string(), format_words, format_known)});
}

std::expected<File, Error> lock_folder(const Path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return std::unexpected(
            Error{Error::refused,
                  fmt::format("cannot make the folder {}: {}; name one that can be written",
                              folder.string(), failed.message())});
    auto lock = File::open(folder / "LOCK", File::Mode::write);
    if (!lock) return std::unexpected(lock.error());
    if (!lock->lock(File::Lock::exclusive))
        return std::unexpected(refused(fmt::format(
            "another engine uses {}; stop it first, or name another folder", folder.string())));
    if (!std::filesystem::exists(folder / "FORMAT") && !has_segments(folder)) {
        const auto words = fmt::format("{}{}\n", format_words, format_known);
        auto created = create_whole(folder / "FORMAT", std::as_bytes(std::span(words)));
        if (!created) return std::unexpected(created.error());
        if (auto synced = sync_folder(folder / ".."); !synced)
            return std::unexpected(synced.error());
    }
    if (auto known = check_format(folder); !known) return std::unexpected(known.error());
    return lock;
}

std::expected<bool, Error> is_locked(const Path& folder) {
    const auto path = folder / "LOCK";
    if (!std::filesystem::exists(path)) return false;
    const auto lock = File::open(path, File::Mode::read);
    if (!lock) return std::unexpected(lock.error());
    return !lock->lock(File::Lock::shared);
}

std::expected<Mark, Error> Mark::open(const Path& folder, File::Mode mode) {
    auto file = File::open(folder / "MARK", mode);
    if (!file) return std::unexpected(file.error());
    return Mark(*std::move(file));
}

std::optional<Position> Mark::read() const {
    // A reader beside the engine may meet a mark that is half written; the next look sees it whole.
    for (int look = 0; look < 8; ++look) {
        StoredMark mark{};
        if (!file_.read(std::as_writable_bytes(std::span(&mark, 1)), 0)) return std::nullopt;
        if (mark.crc == crc_of(mark.synced)) return mark.synced;
    }
    return std::nullopt;
}

std::expected<void, Error> Mark::note(Position synced) const {
    const StoredMark mark{synced, crc_of(synced), 0};
    return file_.write(std::as_bytes(std::span(&mark, 1)), 0);
}

}  // namespace holdfast::segments
