// ArrivalMap: a map iterated in the order its entries arrived, for streams with very many of them.
//
// Order      iteration is by arrival; number_of() never repeats within a map's life.
// Invariant  what was touched since take_touched() is listed there once, in no order, so that a
//            checkpoint writes only that.
// Limits     2^32 entries; put, find, edit and erase take constant time, amortised.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <ranges>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/domain/block_list.h"
#include "engine/domain/fetch_ahead.h"

namespace holdfast {

// Eight bytes at a time, each mixed into all bits. Never iterated: nobody sees its order.
inline std::uint32_t hash_of(std::string_view text) {
    std::uint64_t hash = text.size();
    while (!text.empty()) {
        std::uint64_t word = 0;
        const auto bytes = std::min(sizeof word, text.size());
        std::memcpy(&word, text.data(), bytes);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 32;
        text.remove_prefix(bytes);
    }
    return static_cast<std::uint32_t>(hash ^ (hash >> 29));
}

template <class Key, class Value> class ArrivalMap {
public:
    using Number = std::uint64_t;
    struct Entry {
        Key key;
        Value value;
        Number number;
        bool here = true;
        bool touched = false;
    };

    const Value* find(const Key& key) const {
        const auto place = place_of(key);
        return place == none ? nullptr : &entries_[place].value;
    }
    // For a find() or put() soon: the keys of a large map lie anywhere.
    void prefetch(const Key& key) const {
        if (index_.empty()) return;
        fetch_ahead(&index_[hash_of(key.raw()) & (index_.size() - 1)]);
        fetch_ahead(touched_.data() + touched_.size());
        entries_.prefetch_end();
    }
    bool contains(const Key& key) const { return find(key) != nullptr; }

    // To change an entry that exists.
    Value& edit(const Key& key) {
        auto* value = edit_if_here(key);
        assert(value);
        return *value;
    }
    Value* edit_if_here(const Key& key) {
        const auto place = place_of(key);
        if (place == none) return nullptr;
        touch(place);
        return &entries_[place].value;
    }
    Value& put(const Key& key, Value value) {
        if (2 * (entries_.size() + 1) > index_.size()) widen_index();
        const auto hash = hash_of(key.raw());
        auto& slot = index_[slot_of(key, hash)];
        assert(slot.place == none);
        slot = {static_cast<std::uint32_t>(entries_.size()), hash};
        auto& entry = entries_.emplace_back(key, std::move(value), next_++, true, true);
        touched_.push_back(slot.place);
        return entry.value;
    }
    void erase(const Key& key) {
        assert(contains(key));
        const auto slot = slot_of(key);
        touch(index_[slot].place);
        entries_[index_[slot].place].here = false;
        close_gap(slot);
        ++holes_;
        if (holes_ > 32 && holes_ > entries_.size() / 2) compact();
    }
    // The number an entry arrived with: lower is older.
    Number number_of(const Key& key) const { return entries_[place_of(key)].number; }
    // The oldest entry whose number is at least `from`, or null.
    const Entry* from_number(Number from) const {
        for (auto place = place_from(from); place != entries_.size(); ++place)
            if (entries_[place].here) return &entries_[place];
        return nullptr;
    }
    // The newest entry whose number is below `end`, or null.
    const Entry* before_number(Number end) const {
        for (auto place = place_from(end); place-- != 0;)
            if (entries_[place].here) return &entries_[place];
        return nullptr;
    }
    // The entry that arrived with that number, or null.
    const Entry* with_number(Number number) const {
        const auto place = place_from(number);
        if (place == entries_.size()) return nullptr;
        const auto& entry = entries_[place];
        return entry.number == number && entry.here ? &entry : nullptr;
    }

    template <class Visit> void each(Visit visit) const {
        for (std::size_t place = 0; place != entries_.size(); ++place)
            if (entries_[place].here) visit(entries_[place]);
    }
    // Newest first; stops when visit returns false.
    template <class Visit> void each_newest_first(Visit visit) const {
        for (auto place = entries_.size(); place-- != 0;)
            if (entries_[place].here && !visit(entries_[place])) return;
    }
    std::size_t size() const { return entries_.size() - holes_; }
    bool empty() const { return size() == 0; }
    Number next_number() const { return next_; }

    // Calls visit(key, entry) for each key put, edited or erased since the last call; the entry is
    // null when it is gone.
    template <class Visit> void take_touched(Visit visit) {
        auto erased = std::exchange(erased_, {});
        for (std::size_t n = 0; n != touched_.size(); ++n) {
            if (n + touched_ahead < touched_.size()) prefetch_at(touched_[n + touched_ahead]);
            auto& entry = entries_[touched_[n]];
            entry.touched = false;
            if (entry.here)
                visit(entry.key, static_cast<const Entry*>(&entry));
            else
                erased.push_back(entry.key);
        }
        touched_.clear();  // keeps its memory for the next as many
        std::ranges::sort(erased);
        const auto twice = std::ranges::unique(erased);
        erased.erase(twice.begin(), twice.end());
        for (const auto& key : erased)
            if (!contains(key)) visit(key, static_cast<const Entry*>(nullptr));
    }
    // For a take_touched() soon: first where they are told, then the first of them.
    void prefetch_touched() const {
        fetch_ahead(touched_.data());
        entries_.prefetch_blocks();
    }
    void prefetch_first_touched() const {
        for (std::size_t n = 0; n < std::min(touched_ahead, touched_.size()); ++n)
            prefetch_at(touched_[n]);
    }
    void forget_touched() {
        take_touched([](const Key&, const Entry*) {});
    }
    std::size_t touched() const { return touched_.size() + erased_.size(); }

    // For a decoder: entries in any order of numbers, then restored() once.
    void restore(const Key& key, Value value, Number number) {
        entries_.emplace_back(key, std::move(value), number);
    }
    void restored(Number next) {
        std::vector<std::pair<Number, std::size_t>> order;
        order.reserve(entries_.size());
        for (std::size_t place = 0; place != entries_.size(); ++place)
            order.emplace_back(entries_[place].number, place);
        std::ranges::sort(order);
        BlockList<Entry> sorted;
        for (const auto& [number, place] : order) sorted.emplace_back(std::move(entries_[place]));
        entries_ = std::move(sorted);
        next_ = next;
        reindex();
    }
    friend bool operator==(const ArrivalMap& a, const ArrivalMap& b) {
        if (a.size() != b.size() || a.next_ != b.next_) return false;
        bool same = true;
        a.each([&](const Entry& entry) {
            const auto* other = b.with_number(entry.number);
            same = same && other && entry.key == other->key && entry.value == other->value;
        });
        return same;
    }

private:
    static constexpr std::uint32_t none = 0xffff'ffff;
    static constexpr std::size_t touched_ahead = 8;
    // Where an entry is, and its key's hash: what is not it is passed without a look at it.
    struct Slot {
        std::uint32_t place = none, hash = 0;
    };

    void prefetch_at(std::uint32_t place) const { fetch_ahead(&entries_[place], sizeof(Entry)); }
    void touch(std::uint32_t place) {
        if (!std::exchange(entries_[place].touched, true)) touched_.push_back(place);
    }
    // Of the oldest entry, here or not, whose number is at least `from`.
    std::size_t place_from(Number from) const {
        const auto places = std::views::iota(std::size_t{0}, entries_.size());
        return *std::ranges::partition_point(
            places, [&](std::size_t place) { return entries_[place].number < from; });
    }
    std::uint32_t place_of(const Key& key) const {
        return index_.empty() ? none : index_[slot_of(key)].place;
    }
    // Where the key is, or the free slot where it would go.
    std::size_t slot_of(const Key& key) const { return slot_of(key, hash_of(key.raw())); }
    std::size_t slot_of(const Key& key, std::uint32_t hash) const {
        const auto mask = index_.size() - 1;
        for (auto slot = hash & mask;; slot = (slot + 1) & mask) {
            const auto& found = index_[slot];
            if (found.place == none) return slot;
            if (found.hash == hash && entries_[found.place].key == key) return slot;
        }
    }
    // Linear probing without tombstones: what follows a freed slot moves up where it may.
    void close_gap(std::size_t gap) {
        const auto mask = index_.size() - 1;
        for (auto slot = (gap + 1) & mask; index_[slot].place != none; slot = (slot + 1) & mask) {
            const auto home = index_[slot].hash & mask;
            if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
            index_[gap] = index_[slot];
            gap = slot;
        }
        index_[gap] = {};
    }
    void compact() {
        for (const auto place : std::exchange(touched_, {}))
            if (const auto& entry = entries_[place]; !entry.here) erased_.push_back(entry.key);
        std::uint32_t kept = 0;
        for (std::uint32_t place = 0; place != entries_.size(); ++place) {
            if (!entries_[place].here) continue;
            if (entries_[place].touched) touched_.push_back(kept);
            if (kept != place) entries_[kept] = std::move(entries_[place]);
            ++kept;
        }
        entries_.shrink(kept);
        holes_ = 0;
        reindex();
    }
    // With room for what is there, and as much again.
    void reindex() {
        index_ = free_slots();
        for (std::uint32_t place = 0; place < entries_.size(); ++place)
            if (entries_[place].here) enter({place, hash_of(entries_[place].key.raw())});
    }
    // The same without a look at the entries, whose places stay.
    void widen_index() {
        for (const auto& slot : std::exchange(index_, free_slots()))
            if (slot.place != none) enter(slot);
    }
    std::vector<Slot> free_slots() const {
        return std::vector<Slot>(std::bit_ceil(std::max<std::size_t>(16, 4 * entries_.size())));
    }
    void enter(const Slot& entered) {
        const auto mask = index_.size() - 1;
        auto slot = entered.hash & mask;
        while (index_[slot].place != none) slot = (slot + 1) & mask;
        index_[slot] = entered;
    }

    BlockList<Entry> entries_;
    std::vector<Slot> index_;
    std::vector<std::uint32_t> touched_;  // places, those of erased entries too
    std::vector<Key> erased_;             // touched, and their entries are no more
    std::size_t holes_ = 0;
    Number next_ = 0;
};

}  // namespace holdfast
