#include "projections/bookmarks.h"

#include <charconv>
#include <cstring>

#include "engine/wire/batch.h"

namespace holdfast::projections {
namespace {

constexpr std::string_view bookmarks = "projector/bookmark", serves = "projector/serving",
                           has_rows = "projector/built";

std::string key_of(const View& view, PartitionId at) {
    return joined({bookmarks, versioned(view.name, view.version), std::to_string(at.context),
                   std::to_string(at.partition)});
}

}  // namespace

std::string versioned(std::string_view view, std::uint32_t version) {
    return std::string(view).append("@").append(std::to_string(version));
}

Row bookmark_row(const View& view, PartitionId at, const Bookmark& bookmark) {
    std::string bytes = sortable(bookmark.next);
    bytes.append(reinterpret_cast<const char*>(bookmark.batch.data()), bookmark.batch.size());
    return {key_of(view, at), std::move(bytes)};
}
Row serving_row(const View& view) {
    return {joined({serves, view.name}), std::to_string(view.version)};
}
Row built_row(const View& view) {
    return {joined({has_rows, versioned(view.name, view.version)}), ""};
}

std::expected<Bookmark, Error> bookmark(const ViewStore& store, const View& view, PartitionId at) {
    const auto bytes = store.get(key_of(view, at));
    if (!bytes) return std::unexpected(bytes.error());
    Bookmark found;
    if (!*bytes) return found;
    if ((*bytes)->size() != 8 + found.batch.size())
        return std::unexpected(Error{Error::damaged, "a bookmark is damaged: " + key_of(view, at)});
    for (const char c : (*bytes)->substr(0, 8))
        found.next = found.next << 8 | static_cast<unsigned char>(c);
    std::memcpy(found.batch.data(), (*bytes)->data() + 8, found.batch.size());
    return found;
}

std::expected<std::optional<std::uint32_t>, Error> serving(const ViewStore& store,
                                                           const View& view) {
    const auto text = store.get(joined({serves, view.name}));
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::nullopt;
    std::uint32_t version = 0;
    const auto* end = (*text)->data() + (*text)->size();
    if (const auto read = std::from_chars((*text)->data(), end, version);
        read.ec != std::errc() || read.ptr != end)
        return std::unexpected(Error{Error::damaged, "what serves is not a version: " + **text});
    return version;
}

std::expected<std::vector<std::string>, Error> built(const ViewStore& store, const View& view) {
    const auto prefix = joined({has_rows, view.name}) + "@";
    std::vector<std::string> names;
    const auto scanned = store.scan(prefix, behind(prefix), false, [&](auto key, auto) {
        names.emplace_back(key.substr(has_rows.size() + 1));
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return names;
}

std::expected<bool, Error> follows(const EventLog& log, PartitionId at, const Bookmark& bookmark) {
    if (bookmark.next == 0) return true;
    if (log.durable(at) < bookmark.next) return false;
    const auto stored = log.read(at, bookmark.next - 1);
    if (!stored) return std::unexpected(stored.error());
    const auto batch = wire::open(*stored->blob);
    if (!batch) return std::unexpected(batch.error());
    return batch->header().hash == bookmark.batch;
}

std::expected<std::size_t, Error> erase_below(const ViewStore& store, const std::string& prefix,
                                              std::size_t most, std::vector<Row>& rows) {
    const auto before = rows.size();
    const auto scanned = store.scan(prefix, behind(prefix), false, [&](auto key, auto) {
        if (rows.size() - before == most) return false;
        rows.push_back({std::string(key), std::nullopt});
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return rows.size() - before;
}

std::expected<bool, Error> erase(const ViewStore& store, std::string_view versioned_view,
                                 std::size_t most, std::vector<Row>& rows) {
    const auto of_view = std::string(versioned_view) + "/";
    const auto of_bookmarks = joined({bookmarks, versioned_view}) + "/";
    for (const auto& prefix : {of_view, of_bookmarks}) {
        const auto erased = erase_below(store, prefix, most, rows);
        if (!erased) return std::unexpected(erased.error());
        most -= *erased;
    }
    if (most == 0) return false;
    rows.push_back({joined({has_rows, versioned_view}), std::nullopt});
    return true;
}

}  // namespace holdfast::projections
