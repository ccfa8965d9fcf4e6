// OwnTimes: the clock of a history that several engines load (--own-times): how far its timers may
// fire in this one.
//
// A request says what time it is, and may be sent ahead of an earlier one: timers up to its time
// fire when every conversation that began before it came has ended, wherever it is led.
//
// Invariant  that is known from records alone. Of each partition this engine has taken the records
//            up to some one: together a cut of the history. When in it all that was said was heard,
//            and no gateway is waited for, no conversation is under way in it; and when it holds
//            all that was durable after the request had come, none that was answered before is
//            outside of it. What began since has not come to a partition that is led here.
// Threading  any thread.
#pragma once

#include <mutex>
#include <vector>

#include "engine/runtime/position.h"

namespace holdfast {

class OwnTimes {
public:
    // So many of each context; none where it is not used.
    explicit OwnTimes(std::uint16_t partitions);

    // Where a partition is; and until when, by the machine's clock, the gateways that another
    // engine asked there are waited for.
    void note(PartitionId at, const Position& position, std::int64_t gateways_until_ms);
    // All that was durable, by a look that began when a request of that time had come: where each
    // partition ended, in the order of place_of().
    void confirm(std::int64_t time_ms, const std::vector<Sequence>& ends);
    std::int64_t confirmed_ms() const;

    // The time up to which timers may fire; 0 while a conversation is under way.
    std::int64_t until(std::int64_t clock_ms) const;

private:
    struct Partition {
        Sequence next = 0, confirmed = 0;
        std::int64_t gateways_until_ms = 0;
    };
    struct Pair {
        std::uint64_t said = 0, heard = 0;
    };
    Pair& between(std::size_t from, std::size_t to);
    void set(std::uint64_t& number, std::uint64_t to, const Pair& of);

    mutable std::mutex mutex_;
    std::vector<Partition> all_;
    std::vector<Pair> pairs_;    // [from][to]
    std::size_t not_ended_ = 0;  // pairs of which more was said than heard, or less
    std::int64_t confirmed_ms_ = 0;
};

}  // namespace holdfast
