#include "engine/runtime/shard.h"

#include "engine/domain/contexts.h"

namespace holdfast {

void Shard::own(std::unique_ptr<Processor> processor) {
    at(processor->at()) = processor.get();
    processors_.push_back(std::move(processor));
}

Processor*& Shard::at(PartitionId place) {
    const auto index = std::size_t{place.partition} * contexts_count + place.context - 1U;
    if (index >= by_place_.size()) by_place_.resize(index + 1);
    return by_place_[index];
}

void Shard::post(PartitionId to, Given given) {
    {
        const std::lock_guard lock(mutex_);
        mail_.emplace_back(to, std::move(given));
    }
    bell_.ring();
}

void Shard::take_mail() {
    {
        const std::lock_guard lock(mutex_);
        taken_.swap(mail_);
    }
    for (auto& [to, given] : taken_) give(to, std::move(given));
    taken_.clear();
}

std::expected<bool, Error> Shard::step(std::int64_t clock_ms, Time timers_until) {
    take_mail();
    bool any = false;
    const bool waits = must_wait_for_the_cut();
    for (const auto& processor : processors_) {
        const auto decided = waits ? false : processor->decide(clock_ms, timers_until);
        if (!decided) return decided;
        const auto settled = processor->settle();
        if (!settled) return settled;
        any |= *decided || *settled;
    }
    mind_the_cut(clock_ms);
    return any;
}

std::expected<void, Error> Shard::replay() {
    const auto records_max = settings_.rows_per_cut_max / 8 + 1;
    for (const auto& processor : processors_)
        for (bool more = true; more;) {
            const auto replayed = processor->replay(records_max);
            if (!replayed) return std::unexpected(replayed.error());
            more = *replayed;
            if (rows_to_cut() < settings_.rows_per_cut_max) continue;
            checkpoint_.begin(processors_);
            const bool durable = checkpoint_.ready();
            assert(durable);  // all of it was in the log
            if (const auto ingested = checkpoint_.ingest(); !ingested) return ingested;
            checkpoint_.end(processors_);
        }
    return {};
}

std::size_t Shard::rows_to_cut() const {
    std::size_t rows = 0;
    for (const auto& processor : processors_) rows += processor->machine().rows_to_cut();
    return rows;
}

bool Shard::must_wait_for_the_cut() const {
    return checkpoint_.in_flight() && !checkpoint_.ended() &&
           rows_to_cut() >= settings_.rows_waiting_max;
}

void Shard::mind_the_cut(std::int64_t clock_ms) {
    if (checkpoint_.ended()) checkpoint_.end(processors_);
    if (checkpoint_.in_flight()) return;
    if (cut_due_ms_ < 0) cut_due_ms_ = clock_ms + settings_.cut_every_ms;
    const auto rows = rows_to_cut();
    if (rows < settings_.rows_per_cut_max && (rows == 0 || clock_ms < cut_due_ms_)) return;
    checkpoint_.begin(processors_);
    cut_due_ms_ = clock_ms + settings_.cut_every_ms;
}

std::optional<Time> Shard::next_due() const {
    std::optional<Time> next;
    for (const auto& processor : processors_)
        if (const auto due = processor->machine().next_due(); due && (!next || *due < *next))
            next = due;
    return next;
}

}  // namespace holdfast
