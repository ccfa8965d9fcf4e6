#include "engine/runtime/own_times.h"

#include <algorithm>
#include <cassert>

namespace holdfast {

OwnTimes::OwnTimes(std::uint16_t partitions)
    : all_(std::size_t{contexts_count} * partitions), pairs_(all_.size() * all_.size()) {}

OwnTimes::Pair& OwnTimes::between(std::size_t from, std::size_t to) {
    return pairs_[from * all_.size() + to];
}

void OwnTimes::set(std::uint64_t& number, std::uint64_t to, const Pair& of) {
    const auto differs = [&] { return of.said == of.heard ? std::size_t{0} : 1; };
    not_ended_ -= differs();
    number = to;
    not_ended_ += differs();
}

// Less than before, too: a partition that was lost begins again at its cut.
void OwnTimes::note(PartitionId at, const Position& position, std::int64_t gateways_until_ms) {
    const auto self = place_of(at);
    const std::lock_guard lock(mutex_);
    all_[self].next = position.next;
    all_[self].gateways_until_ms = gateways_until_ms;
    for (std::size_t other = 0; other < all_.size(); ++other) {
        const auto peer = partition_at(other);
        const auto* said = position.said.find(packed(peer));
        const auto* heard = position.heard.find(packed(peer));
        auto &from = between(self, other), &to = between(other, self);
        set(from.said, said ? *said : 0, from);
        set(to.heard, heard ? *heard : 0, to);
    }
}

void OwnTimes::confirm(std::int64_t time_ms, const std::vector<Sequence>& ends) {
    assert(ends.size() == all_.size());
    const std::lock_guard lock(mutex_);
    confirmed_ms_ = time_ms;
    for (std::size_t i = 0; i < ends.size(); ++i) all_[i].confirmed = ends[i];
}

std::int64_t OwnTimes::confirmed_ms() const {
    const std::lock_guard lock(mutex_);
    return confirmed_ms_;
}

std::int64_t OwnTimes::until(std::int64_t clock_ms) const {
    const std::lock_guard lock(mutex_);
    const bool ended = not_ended_ == 0 && std::ranges::all_of(all_, [&](const auto& one) {
                           return one.next >= one.confirmed && one.gateways_until_ms <= clock_ms;
                       });
    return ended ? confirmed_ms_ : 0;
}

}  // namespace holdfast
