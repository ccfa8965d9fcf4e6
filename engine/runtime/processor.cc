#include "engine/runtime/processor.h"

#include <cstring>

namespace holdfast {

Processor::Processor(const ProcessorSettings& settings, EventLog& log, const StateStore& store,
                     Listener& listener)
    : settings_(settings),
      log_(log),
      store_(store),
      listener_(listener),
      machine_(make_machine(settings.machine, store)) {}

// ---- what it is given, and what becomes of it ----

void Processor::give(Given&& given) {
    if (leads()) return waiting_.push_back(std::move(given));
    turn_away(given, {Error::conflict, wire::name_of(at()) + " is not led here"});
}

void Processor::turn_away(const Given& given, const Error& why) {
    if (given.reply) given.reply(std::unexpected(why));
    listener_.settled(1);
}

void Processor::turn_all_away(const Error& why) {
    for (const auto& given : std::exchange(waiting_, {})) turn_away(given, why);
}

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

std::expected<bool, Error> Processor::decide(std::int64_t clock_ms, Time timers_until,
                                             wire::BatchWriter& writer) {
    auto waiting = take_waiting(timers_until);
    if (!waiting) return std::unexpected(waiting.error());
    Unsettled batch;
    batch.given = *std::move(waiting);
    if (batch.given.empty()) return false;
    std::vector<const Input*> inputs;
    inputs.reserve(batch.given.size());
    for (auto& given : batch.given) inputs.push_back(&given.input);
    const auto done = machine_->execute(inputs, clock_ms, writer, batch.executed);
    if (!done) return std::unexpected(done.error());
    commands_next_ = machine_->position().commands_next;
    give_back(batch);
    if (writer.count() != 0)
        if (const auto appended = append(batch, writer); !appended) {
            unsettled_.push_back(std::move(batch));
            return lose(appended.error());
        }
    batch.end = machine_->position().next;
    for (const auto& [sequence, follow_up] : batch.executed.follow_ups)
        said_.push_back({sequence, follow_up.to, follow_up.n});
    if (log_.one_order())
        for (const auto& [sequence, follow_up] : std::exchange(batch.executed.follow_ups, {}))
            pass(sequence, follow_up);
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
std::expected<void, Error> Processor::append(Unsettled& batch, wire::BatchWriter& writer) {
    const auto& position = machine_->position();
    wire::BatchHeader header;
    header.context = at().context;
    header.partition = at().partition;
    header.first = batch.first = log_.end(at());
    header.commands_next = position.commands_next;
    header.unheard = oldest_unheard();
    std::memcpy(header.previous.data(), position.hash.data(), header.previous.size());
    const auto count = writer.count();
    batch.batch = writer.seal(header);
    machine_->batch_was_taken(header);
    listener_.moved(at(), *machine_);
    return log_.append(at(), header.first, count, batch.batch);
}

// Of what this batch says nobody can have heard yet, so its own first record bounds it.
Sequence Processor::oldest_unheard() {
    while (!said_.empty() && listener_.heard(at(), said_.front().to) >= said_.front().n)
        said_.pop_front();
    return said_.empty() ? log_.end(at()) : said_.front().sequence;
}

// What was dropped because it came too early is to be said again.
void Processor::hear(const Unsettled& batch) {
    for (std::size_t i = 0; i < batch.given.size(); ++i) {
        const auto& origin = batch.given[i].input.origin;
        if (origin.source == fb::Source::follow_up && batch.executed.taken[i].how == Taken::decided)
            listener_.hear(origin.from, at(), origin.position);
    }
}

void Processor::pass(Sequence sequence, const wire::Addressed& follow_up) {
    const auto generation = settings_.genesis.generation;
    listener_.pass(follow_up.to, {{fb::Source::follow_up, follow_up.n, at(), generation, sequence},
                                  follow_up.command});
}

std::expected<bool, Error> Processor::settle() {
    // Even where nothing waits: an owner learns only so that it is none any more.
    if (unsettled_.empty() && settings_.alone) return false;
    const auto acknowledged = log_.acknowledged(at());
    if (!acknowledged) return lose(acknowledged.error());
    bool any = false;
    while (!unsettled_.empty() && unsettled_.front().end <= *acknowledged) {
        auto batch = std::move(unsettled_.front());
        unsettled_.pop_front();
        hear(batch);
        for (const auto& [sequence, follow_up] : batch.executed.follow_ups)
            pass(sequence, follow_up);
        for (auto& ask : batch.executed.asks) listener_.ask(std::move(ask));
        answer(batch);
        listener_.settled(batch.given.size());
        any = true;
    }
    if (role() == Role::resigns && *acknowledged == log_.end(at())) {
        log_.release(at());
        role_ = Role::lost;
    }
    return any;
}

void Processor::answer(const Unsettled& batch) {
    std::vector<wire::RecordView> records;
    if (batch.batch) records = wire::view_own(*batch.batch).records();
    for (std::size_t i = 0; i < batch.given.size(); ++i)
        if (const auto& reply = batch.given[i].reply)
            reply(find(batch.executed.taken[i], batch, records));
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
