#include "engine/runtime/processor.h"

#include <algorithm>
#include <cstring>
#include <sstream>

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

Processor::Processor(const ProcessorSettings& settings, EventLog& log, const StateStore& store,
                     Listener& listener)
    : settings_(settings),
      log_(log),
      listener_(listener),
      machine_(make_machine(settings.machine, store)) {}

// ---- recovery ----

std::expected<void, Error> Processor::begin(const wire::Genesis& genesis) {
    if (log_.end(at()) != 0) return {};
    wire::write(writer_, genesis);
    wire::BatchHeader header;
    header.context = at().context;
    header.partition = at().partition;
    return log_.append(at(), 0, 1, writer_.seal(header));
}

std::expected<void, Error> Processor::check(const wire::Genesis& genesis) const {
    if (log_.end(at()) == 0) return {};
    const auto stored = log_.read(at(), 0);
    if (!stored) return std::unexpected(stored.error());
    const auto batch = wire::open(*stored->blob);
    if (!batch) return std::unexpected(batch.error());
    const auto found = wire::read_genesis(batch->record(0).bytes);
    if (found && *found == genesis) return {};
    return std::unexpected(
        Error{Error::refused,
              "the log of " + wire::name_of(at()) +
                  " began with other settings: start with those, or with an empty data folder" +
                  (found ? difference(*found, genesis) : "; they cannot be read")});
}

std::expected<void, Error> Processor::restore() {
    if (const auto restored = machine_->restore(); !restored) return restored;
    if (machine_->position().next > log_.end(at()))
        return std::unexpected(Error{
            Error::damaged, "the checkpoint of " + wire::name_of(at()) +
                                " is ahead of its log: records are missing; restore the log, or "
                                "remove the state folder to accept what is there"});
    return {};
}

// Settings that differ from those before have the next number, which their decisions name.
std::expected<void, Error> Processor::open_under(wire::Open open) {
    const bool is_first = machine_->position().next <= 1;
    open.policy.number = machine_->policy().number;
    if (!is_first && machine_->policy() == open.policy) return {};
    if (!is_first) ++open.policy.number;
    wire::write(writer_, open);
    Unsettled batch;
    const auto first = machine_->position().next;
    if (const auto appended = append(batch); !appended) return appended;
    return machine_->take(first, wire::view_own(*batch.batch).record(first));
}

std::expected<bool, Error> Processor::replay(std::uint64_t records_max) {
    const auto end = log_.end(at());
    const auto until = end - machine_->position().next > records_max
                           ? machine_->position().next + records_max
                           : end;
    while (machine_->position().next < until) {
        const auto stored = log_.read(at(), machine_->position().next);
        if (!stored) return std::unexpected(stored.error());
        assert(stored->count != 0);  // whatever stood in the log at start is durable
        const auto batch = wire::open(*stored->blob);
        if (!batch) return std::unexpected(batch.error());
        if (std::memcmp(batch->header().previous.data(), machine_->position().hash.data(), 32) != 0)
            return std::unexpected(Error{Error::damaged, "the batch of " + wire::name_of(at()) +
                                                             " at " +
                                                             std::to_string(stored->first) +
                                                             " does not follow the one before it"});
        std::expected<void, Error> taken;
        batch->each([&](Sequence sequence, wire::RecordView record) {
            taken = machine_->take(sequence, record);
            return taken.has_value();
        });
        if (!taken) return std::unexpected(taken.error());
        machine_->batch_was_taken(batch->header());
    }
    return machine_->position().next < end;
}

std::expected<void, Error> Processor::relay_unheard() {
    const auto unheard = [&](PartitionId to, std::uint64_t n) {
        return n > listener_.heard(at(), to);
    };
    const auto& said = machine_->position().said;
    if (std::ranges::none_of(
            said, [&](const auto& to) { return unheard(unpacked(to.first), to.second); }))
        return {};
    for (auto from = machine_->position().unheard; from < machine_->position().next;) {
        const auto stored = log_.read(at(), from);
        if (!stored) return std::unexpected(stored.error());
        const auto batch = wire::open(*stored->blob);
        if (!batch) return std::unexpected(batch.error());
        batch->each([&](Sequence sequence, wire::RecordView record) {
            if (record.kind != fb::RecordKind::decision || !wire::has_follow_ups(record.bytes))
                return true;
            const auto header = wire::read_header(record.bytes);
            for (const auto& follow_up : header->follow_ups) {
                if (!unheard(follow_up.to, follow_up.n)) continue;
                said_.push_back({sequence, follow_up.to, follow_up.n});
                pass({sequence, follow_up});
            }
            return true;
        });
        from = stored->first + stored->count;
    }
    return {};
}

// ---- live ----

std::expected<std::vector<Given>, Error> Processor::take_waiting(Time timers_until) {
    std::vector<Given> taken;
    // What is due becomes an input like any other, counted as it waits.
    auto due = machine_->due(timers_until, settings_.inputs_max / 4);
    if (!due) return std::unexpected(due.error());
    for (auto& input : *due) listener_.pass(at(), std::move(input));
    std::size_t bytes = 0;
    while (!waiting_.empty() && taken.size() < settings_.inputs_max &&
           bytes < settings_.machine.batch_bytes_max / 2) {
        bytes += 2 * waiting_.front().input.command.size();  // a record may hold it and its events
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return taken;
}

std::expected<bool, Error> Processor::decide(std::int64_t clock_ms, Time timers_until) {
    auto waiting = take_waiting(timers_until);
    if (!waiting) return std::unexpected(waiting.error());
    Unsettled batch;
    batch.given = *std::move(waiting);
    if (batch.given.empty()) return false;
    std::vector<const Input*> inputs;
    inputs.reserve(batch.given.size());
    for (auto& given : batch.given) inputs.push_back(&given.input);
    const auto done = machine_->execute(inputs, clock_ms, writer_, batch.executed);
    if (!done) return std::unexpected(done.error());
    give_back(batch);
    if (writer_.count() != 0)
        if (const auto appended = append(batch); !appended)
            return std::unexpected(appended.error());
    batch.end = machine_->position().next;
    for (const auto& [sequence, follow_up] : batch.executed.follow_ups)
        said_.push_back({sequence, follow_up.to, follow_up.n});
    if (log_.one_order())
        for (const auto& follow_up : std::exchange(batch.executed.follow_ups, {})) pass(follow_up);
    unsettled_.push_back(std::move(batch));
    return true;
}

// What did not fit the batch is the first of the next one.
void Processor::give_back(Unsettled& batch) {
    const auto taken = batch.executed.taken.size();
    assert(taken != 0);
    while (batch.given.size() > taken) {
        waiting_.push_front(std::move(batch.given.back()));
        batch.given.pop_back();
    }
}

// Seals what the writer holds and appends it: its records are the last the machine took.
std::expected<void, Error> Processor::append(Unsettled& batch) {
    const auto& position = machine_->position();
    wire::BatchHeader header;
    header.context = at().context;
    header.partition = at().partition;
    header.first = batch.first = log_.end(at());
    header.commands_next = position.commands_next;
    header.unheard = oldest_unheard();
    std::memcpy(header.previous.data(), position.hash.data(), header.previous.size());
    const auto count = writer_.count();
    batch.batch = writer_.seal(header);
    machine_->batch_was_taken(header);
    return log_.append(at(), header.first, count, batch.batch);
}

// Of what this batch says nobody can have heard yet, so its own first record bounds it.
Sequence Processor::oldest_unheard() {
    while (!said_.empty() && listener_.heard(at(), said_.front().to) >= said_.front().n)
        said_.pop_front();
    return said_.empty() ? log_.end(at()) : said_.front().sequence;
}

void Processor::hear(const Unsettled& batch) {
    for (const auto& [input, reply] : batch.given)
        if (input.origin.source == fb::Source::follow_up)
            listener_.hear(input.origin.from, at(), input.origin.position);
}

void Processor::pass(const std::pair<Sequence, wire::Addressed>& follow_up) {
    const auto& [sequence, addressed] = follow_up;
    listener_.pass(addressed.to,
                   {{fb::Source::follow_up, addressed.n, at(), settings_.generation, sequence},
                    addressed.command});
}

std::expected<bool, Error> Processor::settle() {
    if (unsettled_.empty()) return false;
    const auto acknowledged = log_.acknowledged(at());
    if (!acknowledged) return std::unexpected(acknowledged.error());
    bool any = false;
    while (!unsettled_.empty() && unsettled_.front().end <= *acknowledged) {
        auto batch = std::move(unsettled_.front());
        unsettled_.pop_front();
        hear(batch);
        for (const auto& follow_up : batch.executed.follow_ups) pass(follow_up);
        for (auto& ask : batch.executed.asks) listener_.ask(std::move(ask));
        if (const auto answered = answer(batch); !answered)
            return std::unexpected(answered.error());
        listener_.settled(batch.given.size());
        any = true;
    }
    return any;
}

std::expected<void, Error> Processor::answer(const Unsettled& batch) {
    std::vector<wire::RecordView> records;
    if (batch.batch) records = wire::view_own(*batch.batch).records();
    for (std::size_t i = 0; i < batch.given.size(); ++i) {
        if (!batch.given[i].reply) continue;
        auto answered = find(batch.executed.taken[i], batch, records);
        if (!answered) return std::unexpected(answered.error());
        batch.given[i].reply(*std::move(answered));
    }
    return {};
}

// The record that answers: of this batch, or of an earlier one.
std::expected<Answered, Error> Processor::find(const Taken& taken, const Unsettled& batch,
                                               const std::vector<wire::RecordView>& records) const {
    if (taken.how == Taken::dropped || taken.how == Taken::not_known)
        return Answered{taken.how, 0, nullptr, {}};
    if (batch.batch && taken.sequence >= batch.first)
        return Answered{taken.how, taken.sequence, batch.batch,
                        records[taken.sequence - batch.first].bytes};
    const auto stored = log_.read(at(), taken.sequence);
    if (!stored) return std::unexpected(stored.error());
    const auto view = wire::open(*stored->blob);
    if (!view) return std::unexpected(view.error());
    return Answered{taken.how, taken.sequence, stored->blob, view->record(taken.sequence).bytes};
}

}  // namespace holdfast
