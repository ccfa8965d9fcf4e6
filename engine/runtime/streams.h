// Streams: the streams of one context in one partition, decoded in memory while they are hot.
//
// Invariant  a stream in memory was loaded whole, or never was written; one that changed since the
//            last ingested cut stays.
// Limits     which streams leave memory, and when, is the shard's to say: see Memory.
// Errors     an error of the store is final: the shard stops.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include <boost/unordered/unordered_flat_map.hpp>

#include "engine/domain/contexts.h"
#include "engine/domain/fetch_ahead.h"
#include "engine/ports/key_order.h"
#include "engine/ports/state_store.h"
#include "engine/runtime/footprint.h"
#include "engine/runtime/memory.h"
#include "engine/runtime/rows.h"
#include "engine/wire/state.h"

namespace holdfast {

template <class State>
concept HasChildren = requires(State state) { state.children(); };
// A child in memory: its entry, its place in the index, and what it holds elsewhere.
constexpr std::size_t child_bytes = 320;

template <class State>
concept HasDeadline = requires(const State& state) { deadline(state); };

template <Context C> class Streams {
public:
    using State = typename C::State;
    struct Stream {
        std::string key;
        State state;
        Version version = 0;
        std::optional<Time> due;         // when the timer is to call
        std::optional<Time> stored_due;  // the timer's row, if a cut wrote one
        std::uint64_t changed = 0;       // the cut it has to be in
        std::uint64_t used = 0;          // the last time, by Memory::now
        std::size_t bytes = sizeof(Stream);
        bool dirty = false;
    };

    Streams(PartitionId at, const StateStore& store, Memory& memory)
        : at_(at), store_(store), memory_(memory) {}
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    ~Streams() { memory_.bytes -= bytes_; }

    // The streams of `keys`, those that are not in memory in one look at the store; one that never
    // was written is new. They stay until drop_unused().
    template <class Keys> std::expected<std::vector<Stream*>, Error> load(const Keys& keys);
    void changed(Stream& stream) {
        stream.changed = cut_;
        if (std::exchange(stream.dirty, true)) return;
        dirty_.push_back(&stream);
    }
    std::size_t dirty() const { return dirty_.size(); }
    std::size_t bytes() const { return bytes_; }

    // The rows of all that changed since the last cut: first the children's, then their streams'
    // and timers'.
    void cut_children(CutRows& rows);
    void cut(CutRows& rows);
    // The last cut is in the store: what did not change since may leave memory.
    void ingested() { ingested_ = cut_ - 1; }
    void next_batch() { ++memory_.now; }
    // What may leave and was not used in so many batches leaves.
    void drop_unused(std::uint64_t batches);

    template <class Visit> void each(Visit visit) const {
        for (const auto& [key, stream] : streams_) visit(*stream);
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const {
            return std::hash<std::string_view>()(key);
        }
    };
    Stream& add(std::string_view key);
    void remove(const Stream& stream);
    std::expected<void, Error> fill(std::span<Stream* const> missing,
                                    std::span<const std::string> rows);
    std::expected<void, Error> decode(Stream& stream, std::string_view row);
    std::expected<void, Error> load_children(Stream& stream);
    void prefetch_children(std::size_t dirty) const;
    void cut_children(CutRows& rows, Stream& stream);
    void cut_timer(Stream& stream, std::vector<std::pair<std::string, bool>>& timers);
    // Less, by as much as it wraps around.
    void count(std::size_t more) { bytes_ += more, memory_.bytes += more; }
    void measure(Stream& stream) {
        auto bytes = sizeof(Stream) + 2 * stream.key.size() + footprint_beside(stream.state);
        if constexpr (HasChildren<State>) bytes += stream.state.children().size() * child_bytes;
        count(bytes - stream.bytes);
        stream.bytes = bytes;
    }

    PartitionId at_;
    const StateStore& store_;
    Memory& memory_;
    // Keys of its own: a look at it needs no look at a stream, which is not in the cache.
    boost::unordered_flat_map<std::string, std::unique_ptr<Stream>, Hash, std::equal_to<>> streams_;
    std::vector<Stream*> dirty_;
    std::size_t bytes_ = 0;
    std::uint64_t cut_ = 1, ingested_ = 0;
};

template <Context C>
template <class Keys>
auto Streams<C>::load(const Keys& keys) -> std::expected<std::vector<Stream*>, Error> {
    std::vector<Stream*> loaded, missing;
    loaded.reserve(keys.size());
    std::vector<std::string> rows;
    for (const std::string_view key : keys) {
        const auto found = streams_.find(key);
        auto* stream = found != streams_.end() ? found->second.get() : nullptr;
        if (!stream) {
            stream = missing.emplace_back(&add(key));
            rows.push_back(stream_row(at_, key));
        }
        stream->used = memory_.now;
        fetch_ahead(stream, sizeof(Stream));
        loaded.push_back(stream);
    }
    if (missing.empty()) return loaded;
    if (const auto filled = fill(missing, rows); !filled) {
        for (const auto* stream : missing) remove(*stream);
        return std::unexpected(filled.error());
    }
    return loaded;
}

template <Context C>
std::expected<void, Error> Streams<C>::fill(std::span<Stream* const> missing,
                                            std::span<const std::string> rows) {
    const auto found = store_.get(rows);
    if (!found) return std::unexpected(found.error());
    for (std::size_t i = 0; i < missing.size(); ++i)
        if (const auto& row = (*found)[i])
            if (const auto decoded = decode(*missing[i], *row); !decoded) return decoded;
    return {};
}

template <Context C> auto Streams<C>::add(std::string_view key) -> Stream& {
    auto stream = std::make_unique<Stream>();
    stream->key = key;
    count(stream->bytes);
    return *streams_.emplace(stream->key, std::move(stream)).first->second;
}

template <Context C> void Streams<C>::remove(const Stream& stream) {
    count(-stream.bytes);
    streams_.erase(streams_.find(stream.key));
}

template <Context C>
std::expected<void, Error> Streams<C>::decode(Stream& stream, std::string_view row) {
    const auto version = wire::decode<Version>(row);
    auto due = wire::decode<std::optional<Time>>(row);
    auto state = wire::from_state_bytes<State>(row);
    if (!version || !due || !state)
        return std::unexpected(unreadable_row(std::string(C::name) + " " + stream.key));
    stream.version = *version;
    stream.due = stream.stored_due = *due;
    stream.state = *std::move(state);
    if constexpr (HasChildren<State>)
        if (const auto loaded = load_children(stream); !loaded) return loaded;
    measure(stream);
    return {};
}

template <Context C> std::expected<void, Error> Streams<C>::load_children(Stream& stream) {
    auto& children = stream.state.children();
    using Key = typename std::remove_cvref_t<decltype(children)>::Entry;
    const auto prefix = children_of(at_, stream.key);
    std::uint64_t next = 0;
    bool readable = true;
    const auto scanned =
        store_.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view row) {
            if (key.size() == prefix.size()) {  // the children's own row: the next number
                const auto stored = wire::from_state_bytes<std::uint64_t>(row);
                readable = stored.has_value();
                next = stored.value_or(0);
                return readable;
            }
            const auto id = decltype(Key::key)::from(key.substr(prefix.size()));
            const auto number = wire::decode<std::uint64_t>(row);
            auto value = wire::from_state_bytes<decltype(Key::value)>(row);
            readable = id && number && value;
            if (readable) children.restore(*id, *std::move(value), *number);
            return readable;
        });
    if (!scanned) return scanned;
    if (!readable) return std::unexpected(unreadable_row("a child of " + stream.key));
    children.restored(next);
    if constexpr (requires { restored(stream.state); }) restored(stream.state);
    return {};
}

template <Context C> void Streams<C>::cut_children(CutRows& rows) {
    put_in_key_order(std::span(dirty_), 0,
                     [](const auto* stream) { return std::string_view(stream->key); });
    if constexpr (HasChildren<State>)
        for (std::size_t i = 0; i < dirty_.size(); ++i) {
            prefetch_children(i + 1);
            cut_children(rows, *dirty_[i]);
        }
}

// Of the streams that are cut soon, what leads to their children.
template <Context C> void Streams<C>::prefetch_children(std::size_t dirty) const {
    constexpr std::size_t ahead = 4;
    if (dirty + ahead < dirty_.size()) fetch_ahead(&dirty_[dirty + ahead]->state, sizeof(State));
    if (dirty + 1 < dirty_.size()) dirty_[dirty + 1]->state.children().prefetch_touched();
    if (dirty < dirty_.size()) dirty_[dirty]->state.children().prefetch_first_touched();
}

template <Context C> void Streams<C>::cut_children(CutRows& rows, Stream& stream) {
    auto& children = stream.state.children();
    if (children.touched() == 0) return;
    const auto prefix = children_of(at_, stream.key);
    rows.section(prefix.size());
    rows.add({prefix}, wire::to_state_bytes(children.next_number()));
    std::string value;
    children.take_touched([&](const auto& key, const auto* entry) {
        if (!entry) return rows.add({prefix, key.raw()}, std::nullopt);
        value.clear();
        wire::encode(value, entry->number);
        wire::encode(value, entry->value);
        rows.add({prefix, key.raw()}, value);
    });
}

template <Context C> void Streams<C>::cut(CutRows& rows) {
    std::vector<std::pair<std::string, bool>> timers;
    std::string value;
    rows.section(row_prefix(at_, RowKind::stream).size());
    for (auto* stream : dirty_) {
        value.clear();
        wire::encode(value, stream->version);
        wire::encode(value, stream->due);
        wire::encode(value, stream->state);
        measure(*stream);
        rows.add({stream_row(at_, stream->key)}, value);
        cut_timer(*stream, timers);
        stream->dirty = false;
    }
    rows.section(row_prefix(at_, RowKind::timer).size());
    for (const auto& [row, is_set] : timers)
        rows.add({row}, is_set ? std::optional(std::string_view()) : std::nullopt);
    dirty_.clear();
    ++cut_;
}

// The stream's timer rows that change, and whether each is there from now on.
template <Context C>
void Streams<C>::cut_timer(Stream& stream, std::vector<std::pair<std::string, bool>>& timers) {
    if (stream.stored_due == stream.due) return;
    if (stream.stored_due)
        timers.emplace_back(timer_row(at_, *stream.stored_due, stream.key), false);
    if (stream.due) timers.emplace_back(timer_row(at_, *stream.due, stream.key), true);
    stream.stored_due = stream.due;
}

template <Context C> void Streams<C>::drop_unused(std::uint64_t batches) {
    erase_if(streams_, [&](const auto& entry) {
        const auto& stream = *entry.second;
        const bool clean = !stream.dirty && stream.changed <= ingested_;
        const bool leaves = clean && memory_.now - stream.used >= batches;
        if (leaves) count(-stream.bytes);
        return leaves;
    });
}

}  // namespace holdfast
