#include "replay/verify.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>

#include "engine/runtime/machine.h"
#include "engine/runtime/rows.h"
#include "engine/wire/record.h"
#include "engine/wire/state.h"

namespace holdfast::replay {
namespace {

// What a machine finds in a checkpoint that does not exist.
class NoStore final : public StateStore {
public:
    std::expected<std::vector<std::optional<std::string>>, Error> get(
        std::span<const std::string> keys) const override {
        return std::vector<std::optional<std::string>>(keys.size());
    }
    std::expected<void, Error> scan(
        std::string_view, std::string_view,
        const std::function<bool(std::string_view, std::string_view)>&) const override {
        return {};
    }
    std::expected<void, Error> ingest(std::vector<Row>) override { return {}; }
};

// Command ids leave the checkpoint when they are old enough: they are no part of what is compared.
bool is_compared(std::string_view key) { return key.at(3) != static_cast<char>(RowKind::id); }

struct RowsHash {
    wire::Sha256 hash;
    void add(std::string_view key, std::string_view value) {
        for (const auto text : {key, value}) {
            const std::uint64_t size = text.size();
            hash.add(std::as_bytes(std::span(&size, 1)));
            hash.add(std::as_bytes(std::span(text)));
        }
    }
    std::string finish() {
        std::string text;
        for (const auto byte : hash.finish()) {
            char digits[3];
            std::snprintf(digits, sizeof digits, "%02x", std::to_integer<unsigned>(byte));
            text += digits;
        }
        return text;
    }
};

std::unexpected<Error> fault(PartitionId at, Sequence sequence, const std::string& what) {
    return std::unexpected(
        Error{Error::damaged, name_of(at) + ", record " + std::to_string(sequence) + ": " + what});
}

// One partition from zero: its machine, and the comparison when it stands where the cut was made.
class Partition {
public:
    Partition(PartitionId at, std::uint16_t partitions)
        : at_(at),
          machine_(make_machine({at, partitions, false, std::numeric_limits<std::size_t>::max(),
                                 std::numeric_limits<std::int64_t>::max()},
                                store_)) {}

    std::expected<void, Error> take(const wire::BatchView& batch, const Bytes& blob) {
        const auto& header = batch.header();
        const auto& position = machine_->position();
        if (header.first != position.next)
            return fault(at_, header.first, "follows record " + std::to_string(position.next));
        if (std::memcmp(header.previous.data(), position.hash.data(), header.previous.size()) != 0)
            return fault(at_, header.first, "its batch names another one as the one before it");
        if (!wire::hash_holds(header, blob))
            return fault(at_, header.first, "its batch does not match its hash");
        std::expected<void, Error> taken;
        batch.each([&](Sequence sequence, wire::RecordView record) {
            taken = machine_->take(sequence, record);
            if (!taken) taken = fault(at_, sequence, taken.error().detail);
            return taken.has_value();
        });
        if (taken) machine_->batch_was_taken(header);
        return taken;
    }
    const Machine& machine() const { return *machine_; }
    void add_rows(RowsHash& hash) {
        std::vector<Row> rows;
        machine_->cut(rows);
        std::ranges::sort(rows, {}, &Row::key);
        for (const auto& row : rows)
            if (row.value && is_compared(row.key)) hash.add(row.key, *row.value);
    }

private:
    PartitionId at_;
    NoStore store_;
    std::unique_ptr<Machine> machine_;
};

std::expected<void, Error> add_live_rows(const StateStore& store, PartitionId at, RowsHash& hash) {
    const auto prefix = partition_prefix(at);
    return store.scan(prefix, after_prefix(prefix),
                      [&](std::string_view key, std::string_view value) {
                          if (is_compared(key)) hash.add(key, value);
                          return true;
                      });
}

// Where the checkpoint of a partition stands; nothing when it has none.
std::expected<std::optional<Sequence>, Error> cut_of(const StateStore* store, PartitionId at) {
    if (!store) return std::nullopt;
    const std::vector<std::string> keys{row_prefix(at, RowKind::position)};
    const auto rows = store->get(keys);
    if (!rows) return std::unexpected(rows.error());
    if (!(*rows)[0]) return std::nullopt;
    const auto position = wire::from_state_bytes<Position>(*(*rows)[0]);
    if (!position)
        return std::unexpected(
            Error{Error::damaged, "the checkpoint of " + name_of(at) + " cannot be read"});
    return position->next;
}

}  // namespace

std::expected<Verified, Error> verify(const EventLog& log, const StateStore* store, bool progress) {
    const auto partitions = partitions_of(log);
    if (!partitions) return std::unexpected(partitions.error());
    Verified verified;
    RowsHash rebuilt, live;
    const auto count = static_cast<std::uint16_t>(partitions->size() / contexts_count);
    for (const auto at : *partitions) {
        const auto cut = cut_of(store, at);
        if (!cut) return std::unexpected(cut.error());
        if (*cut && **cut > log.durable(at))
            return fault(at, **cut, "the checkpoint is ahead of the log: records are missing");
        Partition partition(at, count);
        const auto walked = each_batch(
            log, at, 0,
            [&](const wire::BatchView& batch, const Bytes& blob) -> std::expected<bool, Error> {
                if (const auto taken = partition.take(batch, blob); !taken)
                    return std::unexpected(taken.error());
                if (!*cut || partition.machine().position().next != **cut) return true;
                partition.add_rows(rebuilt);
                ++verified.compared;
                const auto added = add_live_rows(*store, at, live);
                if (!added) return std::unexpected(added.error());
                return true;
            });
        if (!walked) return std::unexpected(walked.error());
        if (const auto broken = partition.machine().first_broken_rule())
            return fault(at, partition.machine().position().next, "afterwards, " + *broken);
        verified.records += partition.machine().position().next;
        ++verified.partitions;
        if (progress)
            std::fprintf(stderr, "\rverified %zu of %zu partitions, %llu records ",
                         verified.partitions, partitions->size(),
                         static_cast<unsigned long long>(verified.records));
    }
    if (progress) std::fprintf(stderr, "\n");
    verified.state_hash = rebuilt.finish();
    verified.live_hash = live.finish();
    if (verified.state_hash != verified.live_hash)
        return std::unexpected(
            Error{Error::damaged, "the state made from the log (" + verified.state_hash +
                                      ") is not the checkpoint's (" + verified.live_hash +
                                      "): remove the state folder, it is made again"});
    return verified;
}

}  // namespace holdfast::replay
