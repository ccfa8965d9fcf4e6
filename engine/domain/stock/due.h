// Due: which reservations run out next. A heap that forgets late: what was extended, taken over or
// released stays in it, stale, until it comes to the front or its owner fills it anew.
//
// Order   by time, then by arrival; the same whatever is stale in between.
// Limits  push and drop_front take O(log n); what is stale is passed once.
#pragma once

#include <algorithm>
#include <functional>

#include "engine/domain/fetch_ahead.h"
#include "engine/domain/types.h"

namespace holdfast::stock {

class Due {
public:
    struct Entry {
        Time at;
        std::uint64_t number;  // the reservation's arrival
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };

    void push(Entry entry) {
        heap_.push_back(entry);
        std::ranges::push_heap(heap_, std::greater());
    }
    void drop_front() {
        std::ranges::pop_heap(heap_, std::greater());
        heap_.pop_back();
    }
    void replace_all(std::vector<Entry> entries) {
        heap_ = std::move(entries);
        std::ranges::make_heap(heap_, std::greater());
    }
    // For a push() soon: where it goes, its parent, and what is due first.
    void prefetch_end() const {
        fetch_ahead(heap_.data());
        fetch_ahead(heap_.data() + heap_.size());
        fetch_ahead(heap_.data() + heap_.size() / 2);
    }
    const Entry& front() const { return heap_.front(); }
    std::size_t size() const { return heap_.size(); }
    bool empty() const { return heap_.empty(); }

    // Earliest first, the stale ones too, until visit returns false.
    template <class Visit> void each_in_order(Visit visit) const {
        const auto later = [&](std::size_t a, std::size_t b) { return heap_[a] > heap_[b]; };
        std::vector<std::size_t> open;  // a heap of places whose parents were visited
        const auto add = [&](std::size_t place) {
            if (place >= heap_.size()) return;
            open.push_back(place);
            std::ranges::push_heap(open, later);
        };
        for (add(0); !open.empty();) {
            std::ranges::pop_heap(open, later);
            const auto place = open.back();
            open.pop_back();
            if (!visit(heap_[place])) return;
            add(2 * place + 1);
            add(2 * place + 2);
        }
    }

private:
    std::vector<Entry> heap_;
};

}  // namespace holdfast::stock
