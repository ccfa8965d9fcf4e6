#include "replay/sending.h"

#include "engine/wire/record.h"
#include "replay/walk.h"

namespace holdfast::replay {
namespace {

constexpr std::size_t unsynced_bytes_max = 4 << 20;

}  // namespace

std::expected<void, Error> Sending::own(std::span<const PartitionId> these) {
    for (auto& owned : to_.own(these))
        if (!owned) return std::move(owned);
    return {};
}

std::expected<void, Error> Sending::append(PartitionId at, const StoredBatch& batch) {
    if (auto taken = to_.append(at, batch.first, batch.count, batch.blob); !taken)
        return fault(at, batch.first, taken.error());
    ends_[at] = batch.first + batch.count;
    bytes_ += batch.blob->size();
    return bytes_ < unsynced_bytes_max ? std::expected<void, Error>() : flush();
}

std::expected<void, Error> Sending::flush() {
    bytes_ = 0;
    while (!ends_.empty()) {
        const auto flushed = to_.flush();
        if (!flushed) return std::unexpected(flushed.error());
        for (auto next = ends_.begin(); next != ends_.end();) {
            const auto& [at, end] = *next;
            const auto there = to_.acknowledged(at);
            if (!there) return fault(at, end, there.error());
            next = *there == end ? ends_.erase(next) : std::next(next);
        }
        if (*flushed == 0 && !ends_.empty())
            return fault(ends_.begin()->first, ends_.begin()->second,
                         {Error::unavailable, "what was sent is not confirmed"});
    }
    return {};
}

std::unexpected<Error> another_history(PartitionId at) {
    return std::unexpected(
        Error{Error::refused, "what is to be copied into has another history in " +
                                  wire::name_of(at) + ", or more of this one: take an empty one"});
}

}  // namespace holdfast::replay
