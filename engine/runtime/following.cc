// A processor that follows, and how it comes to lead and back.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <sstream>

#include "engine/runtime/processor.h"

namespace holdfast {
namespace {

// What a log began with, and what it is to be used with: each setting that differs.
std::string difference(const wire::Genesis& found, const wire::Genesis& asked) {
    std::string words;
    const auto compare = [&](std::string_view what, const auto& there, const auto& here) {
        if (there == here) return;
        std::ostringstream one;
        one << "; " << what << ": " << there << " in the log, " << here << " asked for";
        words += one.str();
    };
    compare("namespace", found.namespace_name, asked.namespace_name);
    compare("partitions", found.partitions, asked.partitions);
    compare("generation", found.generation, asked.generation);
    compare("hash", found.hash, asked.hash);
    compare("level", found.level, asked.level);
    compare("own times", found.own_times ? "yes" : "no", asked.own_times ? "yes" : "no");
    return words;
}

}  // namespace

// ---- following ----

std::expected<void, Error> Processor::restore() {
    if (const auto restored = machine_->restore(); !restored) return restored;
    if (machine_->position().next > log_.end(at()))
        return std::unexpected(Error{
            Error::damaged, "the checkpoint of " + wire::name_of(at()) +
                                " is ahead of its log: records are missing; restore the log, or "
                                "remove the state folder to accept what is there"});
    tell_heard();
    listener_.moved(at(), *machine_);
    return check_genesis();
}

std::expected<void, Error> Processor::check_genesis() {
    if (genesis_is_checked_ || log_.durable(at()) == 0) return {};
    const auto stored = log_.read(at(), 0);
    const bool is_silent = !stored && stored.error().code == Error::unavailable;
    if (is_silent && !settings_.alone) return {};  // it is looked at later
    if (!stored) return std::unexpected(stored.error());
    const auto batch = wire::open(*stored->blob);
    if (!batch) return std::unexpected(batch.error());
    const auto found = wire::read_genesis(batch->record(0).bytes);
    if (found) {
        settings_.genesis.generation = listener_.agree_on(found->generation);
        // What an earlier engine began is gone on with; what a later one did cannot be.
        settings_.genesis.level = std::min(settings_.genesis.level, found->level);
    }
    genesis_is_checked_ = found && *found == settings_.genesis;
    if (genesis_is_checked_) return {};
    return std::unexpected(
        Error{Error::refused,
              "the log of " + wire::name_of(at()) +
                  " began with other settings: start with those, or with an empty data folder" +
                  (found ? difference(*found, settings_.genesis) : "; they cannot be read")});
}

std::expected<bool, Error> Processor::follow(std::uint64_t records_max) {
    const auto begin = machine_->position().next;
    followed_ = begin;
    const auto end = log_.durable(at());
    if (begin >= end) return false;
    if (const auto checked = check_genesis(); !checked) return std::unexpected(checked.error());
    while (machine_->position().next < std::min(end, begin + records_max)) {
        const auto stored = log_.read(at(), machine_->position().next);
        if (!stored && stored.error().code == Error::unavailable && !settings_.alone) return false;
        if (!stored) return std::unexpected(stored.error());
        assert(stored->count != 0);  // it is durable
        if (const auto taken = take(*stored); !taken) return std::unexpected(taken.error());
    }
    return true;
}

std::uint64_t Processor::behind() const {
    const auto followed = followed_.load(), durable = log_.durable(at());
    return is_ahead() || durable < followed ? 0 : durable - followed;
}

std::expected<void, Error> Processor::take(const StoredBatch& stored) {
    const auto batch = wire::open(*stored.blob);
    if (!batch) return std::unexpected(batch.error());
    if (std::memcmp(batch->header().previous.data(), machine_->position().hash.data(), 32) != 0)
        return std::unexpected(Error{Error::damaged, "the batch of " + wire::name_of(at()) +
                                                         " at " + std::to_string(stored.first) +
                                                         " does not follow the one before it"});
    std::expected<void, Error> taken;
    batch->each([&](Sequence sequence, wire::RecordView record) {
        taken = machine_->take(sequence, record);
        return taken.has_value();
    });
    if (!taken) return taken;
    machine_->batch_was_taken(batch->header());
    tell_heard();
    listener_.moved(at(), *machine_);
    if (settings_.alone) return {};  // it relays once all lead
    each_follow_up(*batch, [this](Sequence sequence, const wire::Addressed& follow_up) {
        if (is_unheard(follow_up.to, follow_up.n)) pass(sequence, follow_up);
    });
    return {};
}

// What another engine's partition has heard bounds what ours still has to say.
void Processor::tell_heard() {
    for (const auto& [from, n] : machine_->position().heard)
        listener_.hear(unpacked(from), at(), n);
}

template <class Act> void Processor::each_follow_up(const wire::BatchView& batch, Act act) const {
    batch.each([&](Sequence sequence, wire::RecordView record) {
        if (record.kind != fb::RecordKind::decision || !wire::has_follow_ups(record.bytes))
            return true;
        const auto header = wire::read_header(record.bytes);
        for (const auto& follow_up : header->follow_ups) act(sequence, follow_up);
        return true;
    });
}

// ---- what was said, and maybe not heard ----

bool Processor::is_unheard(PartitionId to, std::uint64_t n) const {
    return n > listener_.heard(at(), to);
}

// Of the durable records from `from` on.
template <class Act>
std::expected<void, Error> Processor::each_unheard(Sequence from, Act act) const {
    const bool any = std::ranges::any_of(machine_->position().said, [&](const auto& said) {
        return is_unheard(unpacked(said.first), said.second);
    });
    while (any && from < log_.durable(at())) {
        const auto stored = log_.read(at(), from);
        if (!stored) return std::unexpected(stored.error());
        const auto batch = wire::open(*stored->blob);
        if (!batch) return std::unexpected(batch.error());
        each_follow_up(*batch, [&](Sequence sequence, const wire::Addressed& follow_up) {
            if (is_unheard(follow_up.to, follow_up.n)) act(sequence, follow_up);
        });
        from = stored->first + stored->count;
    }
    return {};
}

std::expected<void, Error> Processor::relay_unheard() {
    const auto pass_on = [this](Sequence sequence, const wire::Addressed& follow_up) {
        pass(sequence, follow_up);
    };
    switch (role()) {
        case Role::lost: return {};
        case Role::follows:
        case Role::claims: return each_unheard(machine_->position().unheard, pass_on);
        case Role::leads:
        case Role::resigns: break;
    }
    return said_.empty() ? std::expected<void, Error>()
                         : each_unheard(said_.front().sequence, pass_on);
}

// ---- becoming another ----

std::expected<void, Error> Processor::lead(std::int64_t clock_ms) {
    if (const auto ready = take_the_rest(clock_ms); !ready) {
        const auto lost = lose(ready.error());
        return lost ? std::expected<void, Error>() : std::unexpected(lost.error());
    }
    auto asks = machine_->open_asks();
    if (!asks) return std::unexpected(asks.error());
    commands_next_ = machine_->position().commands_next;
    role_ = Role::leads;
    for (auto& ask : *asks) {
        if (settings_.machine.own_times)
            ask.cause.asked_at_ms = known<Time>(machine_->position().last_ms);
        listener_.ask(std::move(ask));
    }
    listener_.moved(at(), *machine_);  // what it asks counts here by now
    listener_.began_to_lead();
    return {};
}

// All that counts is durable by now, and nobody else adds to it.
std::expected<void, Error> Processor::take_the_rest(std::int64_t clock_ms) {
    while (machine_->position().next < log_.end(at())) {
        const auto followed = follow(log_.end(at()));
        if (!followed) return std::unexpected(followed.error());
        if (!*followed)
            return std::unexpected(
                Error{Error::unavailable, "the log of " + wire::name_of(at()) + " cannot be read"});
    }
    if (log_.end(at()) == 0)
        if (const auto begun = begin(); !begun) return begun;
    const auto noted = each_unheard(machine_->position().unheard,
                                    [this](Sequence sequence, const wire::Addressed& follow_up) {
                                        said_.push_back({sequence, follow_up.to, follow_up.n});
                                    });
    return noted ? open_under(clock_ms) : noted;
}

std::expected<void, Error> Processor::may_begin() const {
    const auto generation = listener_.generation();
    if (log_.end(at()) != 0 || generation == settings_.genesis.generation) return {};
    return std::unexpected(Error{
        Error::refused, "the log of " + wire::name_of(at()) +
                            " is empty, and others are of generation " +
                            std::to_string(generation) +
                            ": the copy to other partitions is not whole, let it go on first"});
}

std::expected<void, Error> Processor::begin() {
    listener_.agree_on(settings_.genesis.generation);
    if (const auto may = may_begin(); !may) return may;
    genesis_is_checked_ = true;
    return write(settings_.genesis);
}

// Settings that differ from those before have the next number, which their decisions name.
std::expected<void, Error> Processor::open_under(std::int64_t clock_ms) {
    auto open = settings_.open;
    const bool is_first = machine_->position().next <= 1;
    open.policy.number = machine_->policy().number;
    if (!is_first && machine_->policy() == open.policy) return {};
    if (!is_first) ++open.policy.number;
    open.at_ms = known<Time>(clock_ms);
    return write(open);
}

template <class Record> std::expected<void, Error> Processor::write(const Record& record) {
    wire::BatchWriter writer;
    wire::write(writer, record);
    Unsettled batch;
    const auto first = machine_->position().next;
    if (const auto appended = append(batch, writer); !appended) return appended;
    return machine_->take(first, wire::view_own(*batch.batch).record(first));
}

void Processor::resign() {
    if (!leads()) return;
    role_ = Role::resigns;
    turn_all_away({Error::conflict, wire::name_of(at()) + " moves to another engine"});
}

// Whether it could: for who is alone, and for what is no loss, the error is final.
std::expected<bool, Error> Processor::lose(const Error& why) {
    const bool is_loss = why.code == Error::conflict || why.code == Error::unavailable;
    if (settings_.alone || !is_loss) return std::unexpected(why);
    role_ = Role::lost;
    for (const auto& batch : std::exchange(unsettled_, {}))
        for (const auto& given : batch.given) turn_away(given, {Error::unavailable, why.detail});
    turn_all_away({Error::conflict, why.detail});
    return true;
}

std::expected<void, Error> Processor::begin_again() {
    machine_ = make_machine(settings_.machine, store_);
    said_.clear();
    if (const auto restored = restore(); !restored) return restored;
    role_ = Role::follows;
    return {};
}

}  // namespace holdfast
