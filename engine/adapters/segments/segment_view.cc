#include "engine/adapters/segments/segment_view.h"

#include "engine/adapters/segments/folder.h"
#include "engine/adapters/segments/recovery.h"

namespace holdfast::segments {
namespace {

std::unexpected<Error> read_only() {
    return std::unexpected(Error{Error::refused, "this log was opened to be read"});
}

// What MARK says; a folder without one was never written.
std::expected<Position, Error> noted_in(const Path& folder) {
    if (!std::filesystem::exists(folder / "MARK")) return 0;
    const auto mark = Mark::open(folder, File::Mode::read);
    if (!mark) return std::unexpected(mark.error());
    return mark->read().value_or(0);
}

}  // namespace

std::expected<std::unique_ptr<SegmentView>, Error> SegmentView::open(const Path& folder) {
    if (auto known = check_format(folder); !known) return std::unexpected(known.error());
    const auto runs = is_locked(folder);
    if (!runs) return std::unexpected(runs.error());
    const auto noted = noted_in(folder);
    if (!noted) return std::unexpected(noted.error());
    auto catalogue = std::make_unique<Catalogue>(folder);
    Recovery recovery(folder, *runs ? Access::look_at_safe : Access::look, *noted, 0);
    if (const auto seen = recovery.run(*catalogue); !seen) return std::unexpected(seen.error());
    return std::unique_ptr<SegmentView>(new SegmentView(std::move(catalogue)));
}

std::vector<std::expected<void, Error>> SegmentView::own(std::span<const PartitionId> these) {
    return std::vector<std::expected<void, Error>>(these.size(), read_only());
}

std::expected<Sequence, Error> SegmentView::acknowledged(PartitionId) const { return read_only(); }

std::expected<void, Error> SegmentView::append(PartitionId, Sequence, std::uint32_t, Blob) {
    return read_only();
}

std::expected<std::uint32_t, Error> SegmentView::flush() { return read_only(); }

}  // namespace holdfast::segments
