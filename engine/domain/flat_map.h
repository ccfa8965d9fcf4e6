// FlatMap: a map in one block of memory, in key order. (GCC 12 has no std::flat_map.)
//
// Order   iteration is by key, on every machine.
// Limits  inserting moves what lies behind: for hundreds of entries a stream, not for millions.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace holdfast {

template <class Key, class Value> class FlatMap {
public:
    using value_type = std::pair<Key, Value>;

    const Value* find(const Key& key) const {
        const auto at = place_of(key);
        return at != entries_.end() && at->first == key ? &at->second : nullptr;
    }
    Value* find(const Key& key) {
        return const_cast<Value*>(std::as_const(*this).find(key));  // the map itself is not const
    }
    bool contains(const Key& key) const { return find(key) != nullptr; }
    Value& put(const Key& key, Value value) {
        const auto at = entries_.begin() + (place_of(key) - entries_.cbegin());
        if (at != entries_.end() && at->first == key) {
            at->second = std::move(value);
            return at->second;
        }
        return entries_.insert(at, {key, std::move(value)})->second;
    }
    void erase(const Key& key) {
        if (contains(key)) entries_.erase(place_of(key));
    }
    // In key order already: for a decoder.
    void push_back(value_type entry) { put(entry.first, std::move(entry.second)); }
    auto begin() { return entries_.begin(); }
    auto end() { return entries_.end(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    friend bool operator==(const FlatMap&, const FlatMap&) = default;

private:
    auto place_of(const Key& key) const {
        return std::ranges::lower_bound(entries_, key, {}, &value_type::first);
    }
    std::vector<value_type> entries_;
};

}  // namespace holdfast
