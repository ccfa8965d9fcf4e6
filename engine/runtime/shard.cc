#include "engine/runtime/shard.h"

#include <algorithm>

namespace holdfast {

void Shard::own(std::unique_ptr<Processor> processor) {
    at(processor->at()) = processor.get();
    processors_.push_back(std::move(processor));
}

Processor*& Shard::at(PartitionId place) {
    const auto index = place_of(place);
    if (index >= by_place_.size()) by_place_.resize(index + 1);
    return by_place_[index];
}

void Shard::post(PartitionId to, Given&& given) {
    {
        const std::lock_guard lock(mutex_);
        mail_.emplace_back(to, std::move(given));
    }
    bell_.ring();
}

void Shard::order(PartitionId at, Order what) {
    {
        const std::lock_guard lock(mutex_);
        orders_.emplace_back(at, what);
    }
    bell_.ring();
}

void Shard::relay() {
    relay_due_ = true;
    bell_.ring();
}

// Orders first: what was posted to a partition that is to be led waits there.
std::expected<void, Error> Shard::take_what_came(std::int64_t clock_ms) {
    std::vector<std::pair<PartitionId, Order>> orders;
    {
        const std::lock_guard lock(mutex_);
        orders.swap(orders_);
        taken_.swap(mail_);
    }
    for (const auto& [to, what] : orders) {
        if (what == Order::resign)
            at(to)->resign();
        else if (const auto led = at(to)->lead(clock_ms); !led)
            return led;
    }
    for (auto& [to, given] : taken_) give(to, std::move(given));
    taken_.clear();
    return relay_due_ ? relay_unheard() : std::expected<void, Error>();
}

// When the log does not answer now it is still due.
std::expected<void, Error> Shard::relay_unheard() {
    relay_due_ = false;
    for (const auto& processor : processors_) {
        const auto relayed = processor->relay_unheard();
        if (relayed) continue;
        if (relayed.error().code != Error::unavailable) return relayed;
        relay_due_ = true;
    }
    return {};
}

std::expected<bool, Error> Shard::step(std::int64_t clock_ms, Time timers_until) {
    if (const auto taken = take_what_came(clock_ms); !taken) return std::unexpected(taken.error());
    const Round round{clock_ms, timers_until, must_wait_for_the_cut()};
    bool any = false;
    for (const auto& processor : processors_) {
        const auto stepped = step(*processor, round);
        if (!stepped) return stepped;
        any |= *stepped;
        if (processor->role() == Processor::Role::lost) checkpoint_.drop(processor->at());
    }
    mind_the_cut(clock_ms);
    return any;
}

std::expected<bool, Error> Shard::step(Processor& processor, const Round& round) {
    using enum Processor::Role;
    switch (processor.role()) {
        case follows:
        case claims:
            return round.must_wait_for_the_cut ? false : processor.follow(records_at_once());
        case resigns: return processor.settle();
        case lost: {
            if (checkpoint_.in_flight()) return false;
            const auto begun = processor.begin_again();
            relay_due_ = true;  // what it said before its cut may have been due meanwhile
            return begun ? std::expected<bool, Error>(true) : std::unexpected(begun.error());
        }
        case leads: break;
    }
    bool decided = false;
    if (!round.must_wait_for_the_cut) {
        const auto did = processor.decide(round.clock_ms, round.timers_until, writer_);
        if (!did || !processor.leads()) return did;
        decided = *did;
    }
    const auto settled = processor.settle();
    return settled ? std::expected<bool, Error>(decided || *settled) : settled;
}

std::expected<void, Error> Shard::replay() {
    for (const auto& processor : processors_)
        for (bool more = true; more;) {
            const auto followed = processor->follow(records_at_once());
            if (!followed) return std::unexpected(followed.error());
            more = *followed;
            if (rows_to_cut() < settings_.rows_per_cut_max) continue;
            checkpoint_.begin(processors_);
            const bool durable = checkpoint_.ready();
            assert(durable);  // all of it was in the log
            if (const auto ingested = checkpoint_.ingest(); !ingested) return ingested;
            checkpoint_.end();
            make_room();
        }
    return {};
}

// Of a log that is followed, so that a cut comes in time.
std::size_t Shard::records_at_once() const { return settings_.rows_per_cut_max / 8 + 1; }

std::size_t Shard::rows_to_cut() const {
    std::size_t rows = 0;
    for (const auto& processor : processors_) rows += processor->machine().rows_to_cut();
    return rows;
}

bool Shard::must_wait_for_the_cut() const {
    return checkpoint_.in_flight() && !checkpoint_.ended() &&
           rows_to_cut() >= settings_.rows_waiting_max;
}

// It begins again at the next step, which it could not if there always was a cut under way.
bool Shard::is_lost_somewhere() const {
    return std::ranges::any_of(processors_, [](const auto& processor) {
        return processor->role() == Processor::Role::lost;
    });
}

// What was not used for longest leaves first, whichever partition's it is: the span halves until
// enough is free.
void Shard::make_room() {
    for (auto batches = memory_.now; memory_.is_short() && batches > 1; batches /= 2)
        for (const auto& processor : processors_) processor->machine().drop_unused(batches / 2);
}

void Shard::mind_the_cut(std::int64_t clock_ms) {
    if (checkpoint_.ended()) {
        checkpoint_.end();
        make_room();
    }
    if (checkpoint_.in_flight() || is_lost_somewhere()) return;
    if (cut_due_ms_ < 0) cut_due_ms_ = clock_ms + settings_.cut_every_ms;
    const auto rows = rows_to_cut();
    // What only repeats had loaded leaves without a cut.
    if (rows == 0 && memory_.bytes > memory_.bytes_max + memory_.bytes_max / 8) make_room();
    if (rows < settings_.rows_per_cut_max && (rows == 0 || clock_ms < cut_due_ms_)) return;
    checkpoint_.begin(processors_);
    cut_due_ms_ = clock_ms + settings_.cut_every_ms;
}

std::optional<Time> Shard::next_due() const {
    std::optional<Time> next;
    for (const auto& processor : processors_) {
        const auto due = processor->leads() ? processor->machine().next_due() : std::nullopt;
        if (due && (!next || *due < *next)) next = due;
    }
    return next;
}

}  // namespace holdfast
