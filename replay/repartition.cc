#include "replay/repartition.h"

#include <algorithm>
#include <cstring>

#include "replay/remaking.h"
#include "replay/sending.h"

namespace holdfast::replay {
namespace {

class Repartitioning {
public:
    Repartitioning(const EventLog& from, EventLog& to, std::uint16_t partitions, Watch& watch)
        : from_(from), to_(to), sending_(to), partitions_(partitions), watch_(watch) {}

    std::expected<Copied, Error> run();

private:
    std::expected<void, Error> check();
    std::expected<void, Error> check(PartitionId at, const StoredBatch& batch);
    std::expected<void, Error> own();
    std::expected<void, Error> send(PartitionId at, const StoredBatch& batch);
    std::vector<PartitionId> all() const;
    std::uint64_t durable() const { return records_of(to_, all()); }

    const EventLog& from_;
    EventLog& to_;
    Sending sending_;
    std::uint16_t partitions_;
    Watch& watch_;
    std::map<PartitionId, Sequence> ends_;    // of the new history, once it was looked at
    std::map<PartitionId, Sequence> begins_;  // where what is sent begins
};

std::vector<PartitionId> Repartitioning::all() const {
    std::vector<PartitionId> all;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t p = 0; p < partitions_; ++p) all.push_back({context, p});
    return all;
}

std::expected<Copied, Error> Repartitioning::run() {
    const auto partitions = partitions_of(from_);
    if (!partitions) return std::unexpected(partitions.error());
    watch_.expect(records_of(from_, *partitions));
    const auto looked_at = durable();
    if (auto good = check(); !good) return std::unexpected(good.error());
    if (auto owned = own(); !owned) return std::unexpected(owned.error());
    Copied copied{0, durable()};
    if (copied.found != looked_at)  // what the writer before sent last
        if (auto good = check(); !good) return std::unexpected(good.error());
    for (const auto at : all()) begins_[at] = to_.durable(at);
    auto made = remake(from_, partitions_, watch_, [&](PartitionId at, const StoredBatch& batch) {
        copied.records += batch.count;
        return send(at, batch);
    });
    if (auto flushed = sending_.flush(); !flushed) return std::unexpected(flushed.error());
    if (!made) return std::unexpected(made.error());
    return copied;
}

// Whether what is there is a beginning of the new history: nothing is written before that is known.
std::expected<void, Error> Repartitioning::check() {
    const auto there = partitions_of(to_);
    if (!there) return std::unexpected(there.error());
    const auto known = all();
    for (const auto at : *there)
        if (!std::ranges::binary_search(known, at)) return another_history(at);
    if (durable() == 0) return {};
    ends_.clear();
    auto made = remake(from_, partitions_, watch_,
                       [&](PartitionId at, const StoredBatch& batch) { return check(at, batch); });
    if (!made) return made;
    for (const auto at : known)
        if (to_.durable(at) > ends_[at]) return another_history(at);
    return {};
}

// Batches are chained by hash: with the last one all before it are the same.
std::expected<void, Error> Repartitioning::check(PartitionId at, const StoredBatch& batch) {
    const auto end = ends_[at] = batch.first + batch.count, durable = to_.durable(at);
    if (end < durable || batch.first >= durable) return {};
    const auto stored = to_.read(at, batch.first);
    if (!stored) return fault(at, batch.first, stored.error());
    return *stored->blob == *batch.blob ? std::expected<void, Error>() : another_history(at);
}

// Of what is whole nobody is deposed.
std::expected<void, Error> Repartitioning::own() {
    std::vector<PartitionId> lacking;
    std::ranges::copy_if(all(), std::back_inserter(lacking), [&](PartitionId at) {
        return ends_.empty() || to_.durable(at) < ends_[at];
    });
    return sending_.own(lacking);
}

std::expected<void, Error> Repartitioning::send(PartitionId at, const StoredBatch& batch) {
    if (batch.first < begins_[at]) return {};
    return sending_.append(at, batch);
}

}  // namespace

std::expected<Contents, Error> drained(const EventLog& from, Watch& watch) {
    Contents contents;
    const auto found = verify(from, nullptr, watch, &contents);
    if (!found) return std::unexpected(found.error());
    if (found->unheard.empty()) return contents;
    return std::unexpected(Error{
        Error::refused, found->unheard +
                            ": the history is not drained; start the engine, let it come to rest, "
                            "stop it, and copy then"});
}

std::expected<Copied, Error> repartition(const EventLog& from, EventLog& to,
                                         std::uint16_t partitions, Watch& watch) {
    return Repartitioning(from, to, partitions, watch).run();
}

std::expected<Verified, Error> verify(const EventLog& copy, const Contents& before, Watch& watch) {
    Contents after;
    auto found = verify(copy, nullptr, watch, &after);
    if (!found) return found;
    const auto differs = before.difference_in(after);
    if (!differs) return found;
    return std::unexpected(
        Error{Error::damaged, "the copy is not what it was made of: " + *differs});
}

}  // namespace holdfast::replay
