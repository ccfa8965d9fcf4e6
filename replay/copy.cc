#include "replay/copy.h"

#include <algorithm>

#include "engine/wire/record.h"
#include "projections/bookmarks.h"
#include "replay/sending.h"

namespace holdfast::replay {
namespace {

class Copying {
public:
    Copying(const EventLog& from, EventLog& to, Watch& watch)
        : from_(from), to_(to), sending_(to), watch_(watch) {}

    std::expected<Copied, Error> run();

private:
    std::expected<void, Error> check(const std::vector<PartitionId>& partitions) const;
    std::expected<void, Error> check(PartitionId at) const;
    std::expected<void, Error> own(const std::vector<PartitionId>& partitions);
    std::expected<void, Error> copy(PartitionId at);

    const EventLog& from_;
    EventLog& to_;
    Sending sending_;
    Watch& watch_;
    Copied copied_;
};

std::expected<Copied, Error> Copying::run() {
    const auto partitions = partitions_of(from_);
    if (!partitions) return std::unexpected(partitions.error());
    if (partitions->empty())
        return std::unexpected(Error{Error::refused, "there is no history to copy"});
    if (auto good = check(*partitions); !good) return std::unexpected(good.error());
    if (auto owned = own(*partitions); !owned) return std::unexpected(owned.error());
    // What the writer before sent last was not there before.
    if (auto good = check(*partitions); !good) return std::unexpected(good.error());
    copied_.records = copied_.found = records_of(to_, *partitions);
    watch_.expect(records_of(from_, *partitions));
    for (const auto at : *partitions)
        if (auto done = copy(at); !done) return std::unexpected(done.error());
    return copied_;
}

std::expected<void, Error> Copying::check(const std::vector<PartitionId>& partitions) const {
    const auto there = partitions_of(to_);
    if (!there) return std::unexpected(there.error());
    for (const auto at : *there)
        if (!std::ranges::binary_search(partitions, at)) return another_history(at);
    for (const auto at : partitions)
        if (auto good = check(at); !good) return good;
    return {};
}

// Batches are chained by hash: with the last one all before it are the same.
std::expected<void, Error> Copying::check(PartitionId at) const {
    const auto end = to_.durable(at);
    if (end == 0) return {};
    const auto last = to_.read(at, end - 1);
    if (!last) return fault(at, end - 1, last.error());
    const auto batch = wire::open(*last->blob);
    if (!batch) return fault(at, last->first, batch.error());
    const auto is_ours = projections::follows(from_, at, {end, batch->header().hash});
    if (!is_ours) return std::unexpected(is_ours.error());
    if (!*is_ours) return another_history(at);
    return {};
}

// Of what is whole nobody is deposed.
std::expected<void, Error> Copying::own(const std::vector<PartitionId>& partitions) {
    std::vector<PartitionId> lacking;
    std::ranges::copy_if(partitions, std::back_inserter(lacking),
                         [&](PartitionId at) { return to_.durable(at) < from_.durable(at); });
    return sending_.own(lacking);
}

std::expected<void, Error> Copying::copy(PartitionId at) {
    const auto end = from_.durable(at);
    for (auto next = to_.durable(at); next < end;) {
        const auto stored = from_.read(at, next);
        if (!stored) return fault(at, next, stored.error());
        if (const auto batch = wire::open(*stored->blob); !batch)
            return fault(at, stored->first, batch.error());
        if (auto sent = sending_.append(at, *stored); !sent) return sent;
        next += stored->count;
        copied_.records += stored->count;
        const auto go_on = watch_.at(wire::name_of(at), copied_.records);
        if (next != end && go_on) continue;
        if (auto flushed = sending_.flush(); !flushed) return flushed;
        if (!go_on) return go_on;
    }
    return {};
}

}  // namespace

std::expected<Copied, Error> copy(const EventLog& from, EventLog& to, Watch& watch) {
    return Copying(from, to, watch).run();
}

}  // namespace holdfast::replay
