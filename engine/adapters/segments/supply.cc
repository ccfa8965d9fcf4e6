#include "engine/adapters/segments/supply.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "engine/adapters/segments/index.h"

namespace holdfast::segments {
namespace {

constexpr std::uint64_t step_bytes = 4 << 20;  // between two looks at whether to stop

std::expected<void, Error> fill(const File& file, Position base, std::uint64_t bytes,
                                const std::stop_token& stop) {
    if (auto reserved = file.reserve(bytes); !reserved) return reserved;
    PageWriter writer;
    writer.start(file, 0);
    const auto header = segment_header(base, bytes);
    auto written = writer.put(std::as_bytes(std::span(&header, 1)));
    while (written && writer.at() < bytes && !stop.stop_requested())
        written = writer.put_zeros(std::min(step_bytes, bytes - writer.at()));
    if (!written || stop.stop_requested()) return written;
    if (auto finished = writer.finish(); !finished) return finished;
    return file.sync();
}

}  // namespace

std::expected<void, Error> make_segment(const Path& folder, Position base, std::uint64_t bytes,
                                        const std::stop_token& stop) {
    const auto path = segment_path(folder, base);
    const Path unfinished = path.string() + ".unfinished";
    if (auto removed = remove_file(unfinished); !removed) return removed;
    std::expected<void, Error> made;
    {
        const auto file = File::open(unfinished, File::Mode::direct);
        if (!file) return std::unexpected(file.error());
        made = fill(*file, base, bytes, stop);
    }
    if (!made || stop.stop_requested()) {
        const auto removed = remove_file(unfinished);
        return made ? removed : made;
    }
    return name_whole(unfinished, path);
}

Supply::Supply(Path folder, std::uint64_t segment_bytes)
    : folder_(std::move(folder)),
      segment_bytes_(segment_bytes),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

void Supply::prepare(Position base) {
    const std::lock_guard lock(mutex_);
    wanted_ = base;
    changed_.notify_all();
}

std::expected<void, Error> Supply::take(Position base) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !wanted_; });
    }
    return make_unless_there(base, {});
}

void Supply::keep_index(Position base, std::vector<std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    indexes_.push_back({base, std::move(bytes)});
    changed_.notify_all();
}

std::expected<void, Error> Supply::room() const {
    const std::lock_guard lock(mutex_);
    return made_;
}

void Supply::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return wanted_ || !indexes_.empty(); })) {
        if (wanted_) {
            const auto base = *wanted_;
            lock.unlock();
            auto made = make_unless_there(base, stop);
            if (!made) spdlog::warn("log segment=missing error=\"{}\"", made.error().detail);
            lock.lock();
            made_ = std::move(made);
            wanted_.reset();
            changed_.notify_all();
        } else {
            const auto index = std::move(indexes_.front());
            indexes_.pop_front();
            lock.unlock();
            const auto kept = create_whole(index_path(folder_, index.base), index.bytes);
            if (!kept) spdlog::warn("log index=missing error=\"{}\"", kept.error().detail);
            lock.lock();
        }
    }
}

std::expected<void, Error> Supply::make_unless_there(Position base,
                                                     const std::stop_token& stop) const {
    if (std::filesystem::exists(segment_path(folder_, base))) return {};
    return make_segment(folder_, base, segment_bytes_, stop);
}

}  // namespace holdfast::segments
