// Bookmarks: what the projector itself keeps in the store: how far each view is in each partition,
// which version of a view serves, and which versions have rows at all.
//
// Order   a bookmark is written with the rows it stands for, never apart from them.
// Limits  keys of its own, apart from every view's (which begin with <name>@<version>/).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/ports/event_log.h"
#include "engine/ports/view_store.h"
#include "engine/wire/hash.h"
#include "projections/view.h"

namespace holdfast::projections {

// Everything below `next` is folded; `batch` is the hash of the batch that holds the last of it.
struct Bookmark {
    Sequence next = 0;
    wire::Hash256 batch = {};
    friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

// A view's version as a name: orders@1.
std::string versioned(std::string_view view, std::uint32_t version);

Row bookmark_row(const View& view, PartitionId at, const Bookmark& bookmark);
Row serving_row(const View& view);  // from now on this version serves
Row built_row(const View& view);    // this version has rows

std::expected<Bookmark, Error> bookmark(const ViewStore& store, const View& view, PartitionId at);
// The version that serves; nothing when none does.
std::expected<std::optional<std::uint32_t>, Error> serving(const ViewStore& store,
                                                           const View& view);
// The versions of the view that have rows, by name.
std::expected<std::vector<std::string>, Error> built(const ViewStore& store, const View& view);

// Whether the log has the batch that the bookmark ends in; else it is another's.
std::expected<bool, Error> follows(const EventLog& log, PartitionId at, const Bookmark& bookmark);

// Adds to `rows` what erases the rows whose keys begin so, `most` at a time; how many those are.
std::expected<std::size_t, Error> erase_below(const ViewStore& store, const std::string& prefix,
                                              std::size_t most, std::vector<Row>& rows);
// Adds to `rows` what erases rows of a versioned view and its bookmarks, `most` at a time; whether
// that is all of them. A view that serves is not asked for.
std::expected<bool, Error> erase(const ViewStore& store, std::string_view versioned_view,
                                 std::size_t most, std::vector<Row>& rows);

}  // namespace holdfast::projections
