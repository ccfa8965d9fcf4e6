#include "engine/adapters/segments/segment_log.h"

#include <cassert>

#include <fmt/format.h>

#include "engine/wire/crc32c.h"

namespace holdfast::segments {
namespace {

std::expected<Settings, Error> checked(Settings settings) {
    settings.segment_bytes = whole_pages(settings.segment_bytes);
    if (settings.segment_bytes >= segment_bytes_min && settings.segment_bytes <= segment_bytes_max)
        return settings;
    return std::unexpected(Error{
        Error::refused, fmt::format("a segment of {} bytes is not possible; ask for {} to {}",
                                    settings.segment_bytes, segment_bytes_min, segment_bytes_max)});
}

}  // namespace

std::expected<std::unique_ptr<SegmentLog>, Error> SegmentLog::open(const Path& folder,
                                                                   const Settings& settings) {
    const auto sound = checked(settings);
    if (!sound) return std::unexpected(sound.error());
    auto lock = lock_folder(folder);
    if (!lock) return std::unexpected(lock.error());
    auto mark = Mark::open(folder, File::Mode::write);
    if (!mark) return std::unexpected(mark.error());
    auto catalogue = std::make_unique<Catalogue>(folder);
    Recovery recovery(folder, Access::repair, mark->read().value_or(0), sound->segment_bytes);
    const auto recovered = recovery.run(*catalogue);
    if (!recovered) return std::unexpected(recovered.error());
    std::unique_ptr<SegmentLog> log(
        new SegmentLog(*std::move(lock), *std::move(mark), std::move(catalogue), folder, *sound));
    if (auto started = log->start(*recovered); !started) return std::unexpected(started.error());
    return log;
}

SegmentLog::SegmentLog(File lock, Mark mark, std::unique_ptr<Catalogue> catalogue,
                       const Path& folder, const Settings& settings)
    : lock_(std::move(lock)),
      mark_(std::move(mark)),
      folder_(folder),
      settings_(settings),
      recent_(settings.recent_bytes),
      catalogue_(std::move(catalogue)),
      supply_(folder, settings.segment_bytes) {}

// Not synced, the mark would be true as well, only older.
SegmentLog::~SegmentLog() { static_cast<void>(mark_.sync()); }

std::expected<void, Error> SegmentLog::start(const Recovered& recovered) {
    auto bytes = recovered.bytes;
    auto offset = recovered.end;
    if (bytes == 0) {
        bytes = settings_.segment_bytes;
        offset = frames_begin;
        if (auto made = supply_.take(0); !made) return made;
        if (auto begun = catalogue_->begin(0); !begun) return begun;
    }
    if (auto begun = begin_segment(recovered.base, bytes, offset); !begun) return begun;
    safe_ = base_ + offset_;
    if (auto noted = mark_.note(safe_); !noted) return noted;
    return mark_.sync();
}

std::expected<void, Error> SegmentLog::begin_segment(Position base, std::uint64_t bytes,
                                                     std::uint64_t offset) {
    auto file = File::open(segment_path(folder_, base), File::Mode::direct);
    if (!file) return std::unexpected(file.error());
    file_ = *std::move(file);
    base_ = base;
    bytes_ = bytes;
    offset_ = offset;
    supply_.prepare(base + bytes);
    return {};
}

std::expected<void, Error> SegmentLog::append(PartitionId at, Sequence first, std::uint32_t count,
                                              Blob blob) {
    assert(count != 0 && blob && !blob->empty());
    const auto room = settings_.segment_bytes - frames_begin;
    if (frame_bytes(blob->size()) > room)
        return std::unexpected(Error{
            Error::refused, fmt::format("a batch of {} bytes does not fit a segment with room for "
                                        "{}; send less at once, or set larger segments",
                                        blob->size(), room)});
    {
        const std::lock_guard lock(mutex_);
        if (failed_) return std::unexpected(*failed_);
        auto end = ends_.find(at);
        if (end == ends_.end()) end = ends_.emplace(at, catalogue_->end(at)).first;
        if (end->second != first)
            return std::unexpected(
                Error{Error::conflict, fmt::format("{} came where number {} is next",
                                                   name_of(at, first, count), end->second)});
        end->second += count;
        waiting_.push_back({at, first, count, std::move(blob)});
    }
    on_waiting_();
    return {};
}

Sequence SegmentLog::end(PartitionId at) const {
    const std::lock_guard lock(mutex_);
    const auto end = ends_.find(at);
    return end == ends_.end() ? catalogue_->end(at) : end->second;
}

std::expected<StoredBatch, Error> SegmentLog::read(PartitionId at, Sequence from) const {
    {
        const std::lock_guard lock(mutex_);
        if (auto batch = recent_.find(at, from); batch.blob) return batch;
    }
    return catalogue_->read(at, from);
}

std::expected<std::uint32_t, Error> SegmentLog::flush() {
    {
        const std::lock_guard lock(mutex_);
        if (failed_) return std::unexpected(*failed_);
        if (waiting_.empty()) return 0;
        writing_.swap(waiting_);
    }
    auto written = write_queue();
    if (!written) {
        const std::lock_guard lock(mutex_);
        failed_ = Error{Error::unavailable, written.error().detail};
        return std::unexpected(*failed_);
    }
    const auto count = static_cast<std::uint32_t>(writing_.size());
    writing_.clear();
    on_durable_();
    return count;
}

// A group is what fits the segment: written and synced before the next segment is begun.
std::expected<void, Error> SegmentLog::write_queue() {
    for (std::size_t from = 0; from < writing_.size();) {
        const auto to = write_group(from);
        if (!to) return std::unexpected(to.error());
        publish(from, *to);
        from = *to;
        if (from < writing_.size())
            if (auto begun = next_segment(); !begun) return begun;
    }
    return mark_.note(safe_);
}

std::expected<std::size_t, Error> SegmentLog::write_group(std::size_t from) {
    added_.clear();
    writer_.start(file_, offset_);
    auto to = from;
    for (; to < writing_.size(); ++to) {
        const auto& batch = writing_[to];
        if (writer_.at() + frame_bytes(batch.blob->size()) > bytes_) break;
        if (auto put = put_frame(batch); !put) return std::unexpected(put.error());
    }
    if (to == from) return to;
    if (auto written = writer_.finish(); !written) return std::unexpected(written.error());
    if (auto synced = file_.sync(); !synced) return std::unexpected(synced.error());
    offset_ = writer_.at();
    safe_ = base_ + offset_;
    return to;
}

std::expected<void, Error> SegmentLog::put_frame(const Waiting& batch) {
    const auto length = static_cast<std::uint32_t>(batch.blob->size());
    const auto offset = writer_.at();
    FrameHeader header{};
    header.position = base_ + offset;
    header.synced = safe_;
    header.first = batch.first;
    header.count = batch.count;
    header.length = length;
    header.blob_crc = wire::crc32c(*batch.blob);
    header.partition = batch.at.partition;
    header.context = batch.at.context;
    seal(header);
    added_.push_back(
        {batch.at, {batch.first, batch.count, static_cast<std::uint32_t>(offset), length}});
    if (auto put = writer_.put(std::as_bytes(std::span(&header, 1))); !put) return put;
    if (auto put = writer_.put(*batch.blob); !put) return put;
    return writer_.put_zeros(frame_bytes(length) - sizeof header - length);
}

void SegmentLog::publish(std::size_t from, std::size_t to) {
    const std::lock_guard lock(mutex_);
    const bool follow = catalogue_->add(added_);
    assert(follow);
    for (; from < to; ++from) {
        auto& batch = writing_[from];
        recent_.add(batch.at, {batch.first, batch.count, std::move(batch.blob)});
    }
}

std::expected<void, Error> SegmentLog::next_segment() {
    supply_.keep_index(base_, catalogue_->index_of_last());
    const auto next = base_ + bytes_;
    if (auto made = supply_.take(next); !made) return made;
    if (auto begun = catalogue_->begin(next); !begun) return begun;
    return begin_segment(next, settings_.segment_bytes, frames_begin);
}

}  // namespace holdfast::segments
