// Watchers: who wants to know that a row was written, or that any view moved on.
//
// Order      told after what they are told of can be read: who watches, then reads, then waits for
//            the call misses nothing.
// Lifetime   one that is being told while it is forgotten may be told once more: a callback owns
//            what it touches.
// Threading  by any thread. A callback runs on the projector's and must not block; it may watch and
//            forget.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/ports/view_store.h"

namespace holdfast::projections {

class Watchers {
public:
    using Call = std::function<void()>;
    using Number = std::uint64_t;

    // Called after every write of rows or bookmarks.
    Number on_progress(Call call);
    // Called after every write of the row with that key in the store.
    Number watch(std::string key, Call call);
    void forget(Number number);

    // The projector's: these rows were written.
    void tell(const std::vector<Row>& written);

private:
    using Shared = std::shared_ptr<const Call>;
    struct Watch {
        Number number;
        Shared call;
    };

    std::mutex mutex_;
    Number next_ = 1;
    std::map<Number, Shared> on_progress_;
    std::unordered_multimap<std::string, Watch> by_row_;
    std::unordered_map<Number, std::string> keys_;
};

}  // namespace holdfast::projections
