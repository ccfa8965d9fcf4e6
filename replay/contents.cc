#include "replay/contents.h"

#include <algorithm>
#include <functional>

#include "engine/domain/contexts.h"
#include "engine/domain/partition.h"
#include "engine/runtime/ids.h"
#include "engine/wire/record.h"

namespace holdfast::replay {
namespace {

constexpr std::size_t due_bytes = 8;

// The stream that a row is of, out of what stands behind the kind in its key.
std::string_view stream_of(RowKind kind, std::string_view rest) {
    if (kind == RowKind::timer) return rest.substr(std::min(due_bytes, rest.size()));
    return kind == RowKind::child ? rest.substr(0, rest.find('\0')) : rest;
}

// A stream's rows one after the other: each hash covers the one before.
void add(wire::Hash256& hash, std::string_view key, std::string_view value) {
    thread_local wire::Sha256 sha;
    sha.add(hash);
    add_row(sha, key, value);
    hash = sha.finish();
}

// Of a row that stands: one that a first cut writes.
std::string_view value_of(const CutRows::Row& row) { return row.value.value_or(""); }

std::string name_of(std::uint8_t context, std::string_view stream) {
    return std::string(context_name(context)).append(" ").append(stream);
}

}  // namespace

void add_row(wire::Sha256& hash, std::string_view key, std::string_view value) {
    for (const auto text : {key, value}) {
        const std::uint64_t size = text.size();
        hash.add(std::as_bytes(std::span(&size, 1)));
        hash.add(std::as_bytes(std::span(text)));
    }
}

std::expected<void, Error> Contents::add(PartitionId at, std::uint16_t partitions,
                                         std::span<const CutRows::Row> rows) {
    std::map<Stream, wire::Hash256> here;
    const auto prefix = partition_prefix(at).size();
    for (const auto& row : rows) {
        const auto kind = static_cast<RowKind>(row.key.at(prefix));
        const auto of_kind = row.key.substr(prefix);
        switch (kind) {
            case RowKind::position:
            case RowKind::shared: break;
            case RowKind::id:
            case RowKind::natural_id:
                if (auto added = add_id(at, row); !added) return added;
                break;
            case RowKind::stream:
            case RowKind::child:
            case RowKind::timer: {
                const auto stream = stream_of(kind, of_kind.substr(1));
                replay::add(here[{at.context, std::string(stream)}], of_kind, value_of(row));
            }
        }
    }
    for (auto& [stream, hash] : here)
        if (partition_of(stream.second, partitions) == at.partition)
            streams_.emplace(stream, hash);
        else
            elsewhere_.emplace_back(stream, hash);
    return {};
}

std::expected<void, Error> Contents::add_id(PartitionId at, const CutRows::Row& row) {
    const auto known = wire::from_state_bytes<KnownCommand>(value_of(row));
    const auto kind_at = partition_prefix(at).size();
    const auto id = row.key.substr(kind_at + 1);
    if (!known || id.size() != 2 * sizeof(std::uint64_t))
        return std::unexpected(unreadable_row("an id of " + wire::name_of(at)));
    ids_.push_back({.context = at.context,
                    .kind = static_cast<RowKind>(row.key.at(kind_at)),
                    .id = {big_endian(id.substr(0, 8)), big_endian(id.substr(8))},
                    .at_ms = known->at_ms,
                    .fingerprint = known->fingerprint});
    return {};
}

std::optional<std::string> Contents::difference_in(const Contents& copy) const {
    if (auto stream = stream_in(copy)) return stream;
    return id_in(copy);
}

std::optional<std::string> Contents::stream_in(const Contents& copy) const {
    auto one = streams_.begin();
    auto other = copy.streams_.begin();
    while (one != streams_.end() || other != copy.streams_.end()) {
        const auto name = [](const auto& of) { return name_of(of->first.first, of->first.second); };
        if (other == copy.streams_.end() || (one != streams_.end() && one->first < other->first))
            return name(one) + " is missing";
        if (one == streams_.end() || other->first < one->first)
            return name(other) + " was not there";
        if (one->second != other->second) return name(one) + " has another state";
        ++one, ++other;
    }
    for (const auto& [stream, hash] : copy.elsewhere_)
        if (const auto known = streams_.find(stream);
            known == streams_.end() || known->second != hash)
            return name_of(stream.first, stream.second) + " is another in other partitions";
    return {};
}

// Of each id what is known last of it; more than one when that was at the same time.
std::vector<Contents::Id> Contents::latest_ids() const {
    auto ids = ids_;
    std::ranges::sort(ids, std::greater());
    std::optional<Id> last;
    std::erase_if(ids, [&](const Id& id) {
        if (!last || !last->is_same_as(id)) last = id;
        return last->at_ms != id.at_ms;
    });
    const auto twice = std::ranges::unique(ids);
    ids.erase(twice.begin(), twice.end());
    return ids;
}

// What the copy knows was known, and each id is there.
std::optional<std::string> Contents::id_in(const Contents& copy) const {
    const auto known = latest_ids(), copied = copy.latest_ids();
    const auto words = [](const Id& id, std::string_view what) {
        return "the id of a command of " + std::string(context_name(id.context)) +
               std::string(what);
    };
    auto next = copied.begin();
    for (auto id = known.begin(); id != known.end();) {
        bool is_there = false;
        const auto same = id;
        for (; id != known.end() && id->is_same_as(*same); ++id)
            if (next != copied.end() && *next == *id) is_there = true, ++next;
        if (!is_there) return words(*same, " is missing, or of another command");
    }
    return next == copied.end() ? std::nullopt : std::optional(words(*next, " was not there"));
}

}  // namespace holdfast::replay
