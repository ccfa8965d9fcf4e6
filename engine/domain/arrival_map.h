// ArrivalMap: a map iterated in the order its entries arrived, for streams with very many of them.
//
// Order      iteration is by arrival; number_of() never repeats within a map's life.
// Invariant  what was touched since take_touched() is listed there once, so that a checkpoint
//            writes only that.
// Limits     2^32 entries; put, find, edit and erase take constant time, amortised.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

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
        touch(entries_[place]);
        return &entries_[place].value;
    }
    Value& put(const Key& key, Value value) {
        if (2 * (entries_.size() + 1) > index_.size()) reindex(entries_.size() + 1);
        auto& slot = index_[slot_of(key)];
        assert(slot.place == none);
        slot = {static_cast<std::uint32_t>(entries_.size()), hash_of(key.raw())};
        entries_.push_back(Entry{key, std::move(value), next_++});
        touch(entries_.back());
        return entries_.back().value;
    }
    void erase(const Key& key) {
        assert(contains(key));
        const auto slot = slot_of(key);
        auto& entry = entries_[index_[slot].place];
        touch(entry);
        entry.here = false;
        close_gap(slot);
        ++holes_;
        if (holes_ > 32 && holes_ > entries_.size() / 2) compact();
    }
    // The number an entry arrived with: lower is older.
    Number number_of(const Key& key) const { return entries_[place_of(key)].number; }
    // The oldest entry whose number is at least `from`, or null.
    const Entry* from_number(Number from) const {
        auto at = std::ranges::lower_bound(entries_, from, {}, &Entry::number);
        while (at != entries_.end() && !at->here) ++at;
        return at == entries_.end() ? nullptr : &*at;
    }
    // The newest entry whose number is below `end`, or null.
    const Entry* before_number(Number end) const {
        auto at = std::ranges::lower_bound(entries_, end, {}, &Entry::number);
        while (at != entries_.begin())
            if ((--at)->here) return &*at;
        return nullptr;
    }
    // The entry that arrived with that number, or null.
    const Entry* with_number(Number number) const {
        const auto at = std::ranges::lower_bound(entries_, number, {}, &Entry::number);
        return at != entries_.end() && at->number == number && at->here ? &*at : nullptr;
    }

    template <class Visit> void each(Visit visit) const {
        for (const auto& entry : entries_)
            if (entry.here) visit(entry);
    }
    // Newest first; stops when visit returns false.
    template <class Visit> void each_newest_first(Visit visit) const {
        for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
            if (entry->here && !visit(*entry)) return;
    }
    std::size_t size() const { return entries_.size() - holes_; }
    bool empty() const { return size() == 0; }
    Number next_number() const { return next_; }

    // Calls visit(key, entry) for each key put, edited or erased since the last call, in the keys'
    // order; the entry is null when it is gone.
    template <class Visit> void take_touched(Visit visit) {
        const auto touched = std::exchange(touched_, {});
        const Key* before = nullptr;
        for (const auto* key : in_order(touched)) {
            if (before && *before == *key) continue;  // erased and put again: it stands there twice
            before = key;
            const auto place = place_of(*key);
            auto* entry = place == none ? nullptr : &entries_[place];
            if (entry) entry->touched = false;
            visit(*key, static_cast<const Entry*>(entry));
        }
    }
    void forget_touched() {
        take_touched([](const Key&, const Entry*) {});
    }
    std::size_t touched() const { return touched_.size(); }

    // For a decoder: entries in any order of numbers, then restored() once.
    void restore(const Key& key, Value value, Number number) {
        entries_.push_back(Entry{key, std::move(value), number});
    }
    void restored(Number next) {
        std::ranges::sort(entries_, {}, &Entry::number);
        next_ = next;
        reindex(entries_.size());
    }
    friend bool operator==(const ArrivalMap& a, const ArrivalMap& b) {
        if (a.size() != b.size() || a.next_ != b.next_) return false;
        auto at = b.entries_.begin();
        for (const auto& entry : a.entries_) {
            if (!entry.here) continue;
            while (!at->here) ++at;
            if (!(entry.key == at->key && entry.value == at->value && entry.number == at->number))
                return false;
            ++at;
        }
        return true;
    }

private:
    static constexpr std::uint32_t none = 0xffff'ffff;
    // Where an entry is, and its key's hash: what is not it is passed without a look at it.
    struct Slot {
        std::uint32_t place = none, hash = 0;
    };

    // By the first eight bytes, which are at hand, and only then by what is behind them.
    static std::vector<const Key*> in_order(const std::vector<Key>& keys) {
        struct Placed {
            std::uint64_t head;
            const Key* key;
        };
        std::vector<Placed> placed;
        placed.reserve(keys.size());
        for (const auto& key : keys) {
            std::uint64_t head = 0;
            const std::string_view raw = key.raw();
            for (std::size_t i = 0; i < sizeof head; ++i)
                head = head << 8 | (i < raw.size() ? static_cast<unsigned char>(raw[i]) : 0U);
            placed.push_back({head, &key});
        }
        std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
            return a.head != b.head ? a.head < b.head : *a.key < *b.key;
        });
        std::vector<const Key*> sorted;
        sorted.reserve(placed.size());
        for (const auto& one : placed) sorted.push_back(one.key);
        return sorted;
    }
    void touch(Entry& entry) {
        if (entry.touched) return;
        entry.touched = true;
        touched_.push_back(entry.key);
    }
    std::uint32_t place_of(const Key& key) const {
        return index_.empty() ? none : index_[slot_of(key)].place;
    }
    // Where the key is, or the free slot where it would go.
    std::size_t slot_of(const Key& key) const {
        const auto hash = hash_of(key.raw());
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
        std::erase_if(entries_, [](const Entry& entry) { return !entry.here; });
        holes_ = 0;
        reindex(entries_.size());
    }
    // With room for that many entries, and as many again before it is due once more.
    void reindex(std::size_t count) {
        index_.assign(std::bit_ceil(std::max<std::size_t>(16, 4 * count)), {});
        for (std::uint32_t place = 0; place < entries_.size(); ++place)
            if (entries_[place].here)
                index_[slot_of(entries_[place].key)] = {place, hash_of(entries_[place].key.raw())};
    }

    std::vector<Entry> entries_;
    std::vector<Slot> index_;
    std::vector<Key> touched_;
    std::size_t holes_ = 0;
    Number next_ = 0;
};

}  // namespace holdfast
