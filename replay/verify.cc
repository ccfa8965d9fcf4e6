#include "replay/verify.h"

#include <algorithm>
#include <cassert>
#include <map>

#include "engine/runtime/rows.h"
#include "engine/wire/hex.h"
#include "engine/wire/record.h"
#include "engine/wire/state.h"
#include "replay/partition.h"

namespace holdfast::replay {
namespace {

struct RowsHash {
    wire::Sha256 hash;
    void add(std::string_view key, std::string_view value) { add_row(hash, key, value); }
    std::string finish() { return wire::hexadecimal(hash.finish()); }
};

// "the stream A-1", out of a row's key.
std::string row_name(std::string_view key) {
    const std::string rest(key.substr(4));
    switch (static_cast<RowKind>(key.at(3))) {
        case RowKind::position: return "its position";
        case RowKind::stream: return "the stream " + rest;
        case RowKind::child: return "a row of the stream " + rest.substr(0, rest.find('\0'));
        case RowKind::timer:
            return "the timer of " + rest.substr(std::min<std::size_t>(8, rest.size()));
        case RowKind::shared: return "what its streams share";
        case RowKind::id: return "the id of a command";
        case RowKind::natural_id: return "an id that was used";
    }
    return "a row of an unknown kind";
}

// Adds the engine's rows; says the first in which they differ from those of the log.
std::expected<std::optional<std::string>, Error> add_live_rows(
    const StateStore& store, PartitionId at, std::span<const CutRows::Row> rebuilt,
    RowsHash& hash) {
    const auto prefix = partition_prefix(at);
    std::optional<std::string> differs;
    const auto differ = [&](const std::string& what) {
        if (!differs) differs = what;
    };
    auto next = rebuilt.begin();
    const auto scanned =
        store.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
            hash.add(key, value);
            if (differs) return true;
            if (next == rebuilt.end() || key < next->key)
                differ("the engine's state has " + row_name(key) + ", the log has not");
            else if (next->key < key)
                differ("the engine's state lacks " + row_name(next->key));
            else if (*next->value != value)
                differ("the engine's state of " + row_name(key) + " is not the log's");
            if (!differs) ++next;
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (!differs && next != rebuilt.end())
        differ("the engine's state lacks " + row_name(next->key));
    return differs;
}

// Where the checkpoint of a partition stands; nothing when it has none.
std::expected<std::optional<Sequence>, Error> cut_of(const StateStore* store, PartitionId at) {
    if (!store) return std::nullopt;
    const std::vector<std::string> keys{row_prefix(at, RowKind::position)};
    const auto rows = store->get(keys);
    if (!rows) return replay::fault(at, 0, rows.error());
    const auto& row = rows->front();
    if (!row) return std::nullopt;
    const auto position = wire::from_state_bytes<Position>(*row);
    if (!position)
        return std::unexpected(
            Error{Error::damaged, "the checkpoint of " + wire::name_of(at) + " cannot be read"});
    return position->next;
}

// The whole log, one partition after the other.
class Verification {
public:
    Verification(const EventLog& log, const StateStore* store, Watch& watch, Contents* contents)
        : log_(log), store_(store), watch_(watch), contents_(contents) {}

    std::expected<Verified, Error> run();

private:
    std::expected<void, Error> verify(PartitionId at);
    std::expected<void, Error> compare(PartitionId at, Partition& partition, bool has_cut);
    void note_conversations(PartitionId at, const Position& position);
    std::expected<void, Error> check_conversations();

    const EventLog& log_;
    const StateStore* store_;
    Watch& watch_;
    Contents* contents_;
    std::uint16_t count_ = 0;  // of each context
    RowsHash rebuilt_, live_;
    // By sender and receiver: the last number that the one said and that the other took.
    struct Conversation {
        std::uint64_t said = 0, heard = 0;
    };
    std::map<std::pair<PartitionId, PartitionId>, Conversation> conversations_;
    Verified verified_;
};

std::expected<Verified, Error> Verification::run() {
    const auto partitions = partitions_of(log_);
    if (!partitions) return std::unexpected(partitions.error());
    watch_.expect(records_of(log_, *partitions));
    count_ = static_cast<std::uint16_t>(partitions->size() / contexts_count);
    for (const auto at : *partitions)
        if (const auto done = verify(at); !done) return std::unexpected(done.error());
    if (const auto good = check_conversations(); !good) return std::unexpected(good.error());
    verified_.state_hash = rebuilt_.finish();
    if (verified_.compared == verified_.partitions) verified_.live_hash = live_.finish();
    return verified_;
}

std::expected<void, Error> Verification::verify(PartitionId at) {
    const auto checkpoint = cut_of(store_, at);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    const auto& cut = *checkpoint;
    const auto end = log_.durable(at);
    if (cut && *cut > end)
        return fault(at, end, "the engine's state is ahead of the log: records are missing");
    const auto until = cut.value_or(end);
    Partition partition(at, count_);
    bool compared = false;
    const auto walked = each_batch(
        log_, at, 0,
        [&](const wire::BatchView& batch, const Bytes& blob) -> std::expected<bool, Error> {
            if (const auto taken = partition.take(batch, blob); !taken)
                return std::unexpected(taken.error());
            const auto next = partition.next();
            if (const auto go_on = watch_.at(wire::name_of(at), verified_.records + next); !go_on)
                return std::unexpected(go_on.error());
            if (next != until) return true;
            compared = true;
            const auto same = compare(at, partition, cut.has_value());
            if (!same) return std::unexpected(same.error());
            return true;
        });
    if (!walked) return std::unexpected(walked.error());
    if (until != 0 && !compared)
        return fault(at, until, "the engine's state ends here, where no batch does");
    if (const auto checked = partition.check_rules(); !checked) return checked;
    note_conversations(at, partition.machine().position());
    verified_.records += end;
    verified_.behind += end - until;
    ++verified_.partitions;
    return {};
}

void Verification::note_conversations(PartitionId at, const Position& position) {
    for (const auto& [to, n] : position.said) conversations_[{at, unpacked(to)}].said = n;
    for (const auto& [from, n] : position.heard) conversations_[{unpacked(from), at}].heard = n;
}

// What was taken was said: else the sender's log lost its end.
std::expected<void, Error> Verification::check_conversations() {
    for (const auto& [between, conversation] : conversations_) {
        const auto& [from, to] = between;
        if (conversation.heard == conversation.said) continue;
        const auto words = " has said " + std::to_string(conversation.said) + " messages to " +
                           wire::name_of(to) + ", which has taken " +
                           std::to_string(conversation.heard);
        if (conversation.heard > conversation.said)
            return fault(from, log_.durable(from), "it" + words + ": records are missing");
        if (verified_.unheard.empty()) verified_.unheard = wire::name_of(from) + words;
    }
    return {};
}

std::expected<void, Error> Verification::compare(PartitionId at, Partition& partition,
                                                 bool has_cut) {
    const auto rows = partition.rows();
    for (const auto& row : rows) {
        assert(row.value);  // rows() leaves the others out
        rebuilt_.add(row.key, *row.value);
    }
    if (contents_ != nullptr)
        if (auto added = contents_->add(at, count_, rows); !added) return added;
    if (!has_cut) return {};
    ++verified_.compared;
    const auto next = partition.next();
    const auto compared = add_live_rows(*store_, at, rows, live_);
    if (!compared) return replay::fault(at, next, compared.error());
    const auto& differs = *compared;
    if (!differs) return {};
    return fault(at, next,
                 "up to here, " + *differs + "; remove the state folder, it is made again");
}

}  // namespace

std::expected<Verified, Error> verify(const EventLog& log, const StateStore* store, Watch& watch,
                                      Contents* contents) {
    return Verification(log, store, watch, contents).run();
}

}  // namespace holdfast::replay
