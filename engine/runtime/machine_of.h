// MachineOf: the one Machine there is, for any context.
//
// Invariant  each input is answered exactly once: from memory when it was decided before, else by
//            one record. A group is decided on all its streams first; then all evolve, or none.
#pragma once

#include <algorithm>
#include <cassert>

#include "engine/domain/follow_ups.h"
#include "engine/domain/partition.h"
#include "engine/runtime/addressing.h"
#include "engine/runtime/ids.h"
#include "engine/runtime/machine.h"
#include "engine/runtime/streams.h"
#include "engine/runtime/timers.h"
#include "engine/wire/crc32c.h"

namespace holdfast {
// The version of the rules. Raised whenever decide() answers otherwise than before.
constexpr std::uint16_t decider_version = 2;

// What is read and looked up before it is decided: few, so that all of it is still near then.
constexpr std::size_t inputs_at_once = 64;

template <Context C> class MachineOf final : public Machine {
public:
    MachineOf(const MachineSettings& settings, const StateStore& store)
        : settings_(settings),
          store_(store),
          streams_(settings.at, store, *settings.memory),
          ids_(settings.at, RowKind::id),
          natural_ids_(settings.at, RowKind::natural_id) {}

    std::expected<void, Error> execute(std::span<const Input* const> inputs, std::int64_t clock_ms,
                                       wire::BatchWriter& to, Executed& done) override;
    std::expected<void, Error> take(Sequence sequence, wire::RecordView record) override;
    void batch_was_taken(const wire::BatchHeader& header) override {
        position_.hash.assign(reinterpret_cast<const char*>(header.hash.data()), 32);
        position_.commands_next = header.commands_next;
        position_.unheard = header.unheard;
    }

    const Position& position() const override { return position_; }
    const Policy& policy() const override { return policy_; }
    std::int64_t asked_ms() const override { return asked_ms_; }

    std::expected<std::vector<Input>, Error> due(Time now, std::size_t max) override;
    std::optional<Time> next_due() const override { return timers_.next(); }
    std::expected<std::vector<GatewayAsk>, Error> open_asks() override;

    std::size_t rows_to_cut() const override {
        return streams_.dirty() + ids_.fresh() + natural_ids_.fresh();
    }
    void cut(CutRows& rows) override;
    void ingested() override {
        streams_.ingested();
        ids_.ingested();
        natural_ids_.ingested();
    }
    std::expected<void, Error> restore() override;
    void drop_unused(std::uint64_t batches) override { streams_.drop_unused(batches); }
    std::size_t streams_bytes() const override { return streams_.bytes(); }
    void each_stream(const std::function<void(const StreamState&)>& visit) const override;
    std::optional<std::string> first_broken_rule() const override;

private:
    using Stream = typename Streams<C>::Stream;
    using Loaded = std::span<Stream* const>;  // one a part
    // What an input says, once it was read, and what is known about it before it is decided.
    struct Read {
        explicit Read(const Input& input);
        std::expected<wire::Command<C>, Malformed> command;  // made in place: dear to move
        wire::CommandId id;                 // its command's, or the one that it asks of
        Loaded streams;                     // in loaded_
        std::optional<KnownCommand> known;  // from before this round
        bool natural_id_was_used = false;
    };

    std::expected<std::vector<Read>, Error> read(std::span<const Input* const> inputs);
    static const wire::Envelope* envelope_of(const Input& input, const Read& read);
    std::expected<void, Error> look_up(std::vector<Read>& reads);
    Taken answer(const Input& input, Read& read, Executed& done, wire::BatchWriter& to);
    Taken turn_away(const Input& input, Read& read, std::optional<Taken> before,
                    wire::BatchWriter& to);
    bool is_out_of_turn(const Input& input) const;
    std::optional<Taken> answered_before(const Input& input, const Read& read) const;
    wire::DecisionHeader header_of(const Input& input, wire::Envelope&& envelope) const;
    void decide_all(wire::Decision<C>& decision, Read& read);
    void evolve_all(const wire::Decision<C>& decision, Loaded streams);
    void speak(wire::Decision<C>& decision, Loaded streams, Executed& done);
    void advance(const wire::Decision<C>& decision);
    void remember(const wire::Decision<C>& decision);
    void set_timer(Stream& stream);
    void land_timer(const wire::Decision<C>& decision, Loaded streams);
    InputId input_id_of(const Input& input, const Read& read) const;
    bool belongs_here(const wire::Command<C>& command) const;

    MachineSettings settings_;
    const StateStore& store_;
    Streams<C> streams_;
    std::vector<Stream*> loaded_;  // of the round that is being decided
    // Of one call each; they keep their memory.
    std::vector<std::string> rows_;
    std::vector<Outcome<C>> outcomes_;
    Ids ids_, natural_ids_;
    Timers timers_;
    Position position_;
    Policy policy_;
    stock::Locations locations_;
    std::int64_t clock_ms_ = 0, asked_ms_ = 0;
};

// ---- live: inputs become records ----

template <Context C>
std::expected<void, Error> MachineOf<C>::execute(std::span<const Input* const> inputs,
                                                 std::int64_t clock_ms, wire::BatchWriter& to,
                                                 Executed& done) {
    clock_ms_ = clock_ms;
    streams_.next_batch();
    while (!inputs.empty() && to.size() < settings_.batch_bytes_max) {
        const auto round = inputs.first(std::min(inputs.size(), inputs_at_once));
        auto reads = read(round);
        if (!reads) return std::unexpected(reads.error());
        for (std::size_t i = 0; i < round.size() && to.size() < settings_.batch_bytes_max; ++i)
            done.taken.push_back(answer(*round[i], (*reads)[i], done, to));
        inputs = inputs.subspan(round.size());
    }
    settings_.deciding.end();
    return {};
}

template <Context C>
MachineOf<C>::Read::Read(const Input& input)
    : command(input.turned_away ? std::unexpected(Malformed::bytes_are_damaged)
                                : wire::read_command<C>(std::as_bytes(std::span(input.command)))),
      id(input.turned_away ? input.turned_away->envelope.id
         : command         ? command->envelope.id
                           : input.asks_of) {}

template <Context C>
auto MachineOf<C>::read(std::span<const Input* const> inputs)
    -> std::expected<std::vector<Read>, Error> {
    std::vector<Read> reads;
    reads.reserve(inputs.size());
    std::vector<std::string_view> keys;
    keys.reserve(inputs.size());
    for (const auto* input : inputs) {
        const auto& read = reads.emplace_back(*input);
        if (!read.command) continue;
        ids_.prefetch(read.id);
        for (const auto& part : read.command->parts) keys.push_back(part.key);
    }
    auto loaded = streams_.load(keys);
    if (!loaded) return std::unexpected(loaded.error());
    loaded_ = *std::move(loaded);
    for (Loaded rest(loaded_); auto& read : reads) {
        if (!read.command) continue;
        read.streams = rest.first(read.command->parts.size());
        rest = rest.subspan(read.streams.size());
        if constexpr (HasChildren<typename C::State>)
            for (std::size_t i = 0; i < read.streams.size(); ++i)
                if (const auto* child = child_of(read.command->parts[i].command))
                    read.streams[i]->state.prefetch(*child);
    }
    if (const auto found = look_up(reads); !found) return std::unexpected(found.error());
    return reads;
}

// Which of the commands the store knows already: one look for all of them.
template <Context C> std::expected<void, Error> MachineOf<C>::look_up(std::vector<Read>& reads) {
    std::vector<std::pair<Read*, bool>> askers;  // the bool: a natural id
    askers.reserve(reads.size());
    const auto ask = [&](Read& read, const Ids& ids, const wire::CommandId& id) {
        if (askers.size() == rows_.size()) rows_.emplace_back();
        ids.make_row(id, rows_[askers.size()]);
        askers.emplace_back(&read, &ids == &natural_ids_);
    };
    for (auto& read : reads) {
        if (read.id) {
            if (const auto* recent = ids_.find(read.id))
                read.known = *recent;
            else
                ask(read, ids_, read.id);
        }
        if (!read.command) continue;
        for (const auto& part : read.command->parts)
            if (const auto id = natural_id_of(part.key, part.command)) ask(read, natural_ids_, *id);
    }
    if (askers.empty()) return {};
    const auto found = store_.get(std::span(rows_).first(askers.size()));
    if (!found) return std::unexpected(found.error());
    for (std::size_t i = 0; i < askers.size(); ++i) {
        if (!(*found)[i]) continue;
        const auto known = wire::from_state_bytes<KnownCommand>(*(*found)[i]);
        if (!known)
            return std::unexpected(unreadable_row("an id of " + wire::name_of(settings_.at)));
        auto& [read, natural] = askers[i];
        if (natural)
            read->natural_id_was_used = true;
        else
            read->known = known;
    }
    return {};
}

template <Context C>
std::optional<Taken> MachineOf<C>::answered_before(const Input& input, const Read& read) const {
    if (input.origin.source == fb::Source::follow_up) {
        const auto* heard = position_.heard.find(packed(input.origin.from));
        // What comes too early was said while another engine led here: it is relayed again.
        if (input.origin.position != (heard ? *heard : 0) + 1) return Taken{Taken::dropped, 0};
        return {};
    }
    if (is_out_of_turn(input)) return Taken{Taken::dropped, 0};
    if (!read.id) return {};
    const auto* fresh = ids_.find_fresh(read.id);
    const auto* known = fresh ? fresh : read.known ? &*read.known : nullptr;
    if (!known || known->at_ms + settings_.kept_ms < position_.last_ms) return {};
    const auto* said = envelope_of(input, read);
    const bool same = !said || known->fingerprint == said->fingerprint;  // none: it only asks
    return Taken{same ? Taken::repeated : Taken::key_was_used, known->sequence};
}

template <Context C>
wire::DecisionHeader MachineOf<C>::header_of(const Input& input, wire::Envelope&& envelope) const {
    wire::DecisionHeader header{.envelope = std::move(envelope), .origin = input.origin};
    const auto& asked_at = header.envelope.asked_at_ms;
    const auto own = settings_.own_times && asked_at ? asked_at->raw() : 0;
    const auto at = std::max(position_.last_ms, own != 0 ? own : clock_ms_);
    header.at_ms = known<Time>(std::min(at, time_max_ms));
    header.decider = decider_version;
    header.policy = policy_.number;
    return header;
}

template <Context C>
Taken MachineOf<C>::answer(const Input& input, Read& read, Executed& done, wire::BatchWriter& to) {
    const auto before = answered_before(input, read);
    if (before && before->how == Taken::dropped) return *before;
    const bool is_message = input.origin.source == fb::Source::commands_topic;
    if (is_message && (input.turned_away || before)) return turn_away(input, read, before, to);
    if (before) return *before;
    if (input.asks_of) return {Taken::not_known, 0};
    const bool readable = read.command && belongs_here(*read.command);
    const auto known_by = readable ? input_id_of(input, read) : InputId();
    const bool poison = settings_.deciding.is_poison(known_by);
    settings_.deciding.begin(known_by);
    wire::Envelope unread;
    wire::Decision<C> decision{
        header_of(input, std::move(read.command ? read.command->envelope : unread)), {}};
    const auto sequence = position_.next;
    if (readable && !poison) {
        decide_all(decision, read);
        speak(decision, read.streams, done);
    } else {
        decision.header.outcome = poison ? fb::Outcome::poison : fb::Outcome::malformed;
        decision.header.raw = input.command;
    }
    wire::write(to, decision);
    advance(decision);
    if (readable && !poison && input.origin.source == fb::Source::timer)
        land_timer(decision, read.streams);
    return {Taken::decided, sequence};
}

// A command by its own id; what has none by its stream and what it says of it.
template <Context C> InputId MachineOf<C>::input_id_of(const Input& input, const Read& read) const {
    const auto& envelope = read.command->envelope;
    if (envelope.id && input.origin.source != fb::Source::follow_up)
        return {envelope.id.high, envelope.id.low};
    const auto& key = read.command->parts.front().key;
    const auto stream = std::uint64_t{wire::crc32c(std::as_bytes(std::span(key)))} << 32;
    // One that was never durable may be said again otherwise, under the same number.
    if (envelope.id) return {envelope.id.high, envelope.id.low ^ stream};
    const auto due = read.streams.front()->due;
    if (input.origin.source == fb::Source::timer && due)
        return {stream | packed(settings_.at), static_cast<std::uint64_t>(due->raw())};
    return {stream | packed(settings_.at), envelope.fingerprint};
}

template <Context C> bool MachineOf<C>::belongs_here(const wire::Command<C>& command) const {
    for (const auto& part : command.parts)
        if (!belongs_to(part.key, settings_)) return false;
    if (command.parts.size() == 1) return true;
    std::vector<std::string_view> keys;
    keys.reserve(command.parts.size());
    for (const auto& part : command.parts) keys.push_back(part.key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();  // a group names a stream once
}

template <Context C> void MachineOf<C>::decide_all(wire::Decision<C>& decision, Read& read) {
    auto& outcome = decision.header.outcome;
    auto& parts = read.command->parts;
    decision.parts.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto& asked = parts[i];
        const auto& stream = *read.streams[i];
        const auto id = natural_id_of(asked.key, asked.command);
        const Terms terms{decision.header.at_ms, settings_.partitions, policy_, locations_,
                          read.natural_id_was_used || (id && natural_ids_.find(*id))};
        auto& part = decision.parts.emplace_back(std::move(asked.key), asked.expected,
                                                 stream.version, std::move(asked.command));
        auto& decided = part.decided;
        if (part.expected && *part.expected != stream.version)
            outcome = fb::Outcome::stale;
        else
            decided = decide(stream.state, part.command, terms);
        if (!decided && outcome == fb::Outcome::accepted) outcome = fb::Outcome::refused;
    }
    if (outcome == fb::Outcome::accepted) evolve_all(decision, read.streams);
}

template <Context C>
void MachineOf<C>::evolve_all(const wire::Decision<C>& decision, Loaded streams) {
    for (std::size_t i = 0; i < decision.parts.size(); ++i) {
        const auto& part = decision.parts[i];
        if (part.decided->empty()) continue;
        auto& stream = *streams[i];
        for (const auto& event : *part.decided) {
            evolve(stream.state, event);
            if constexpr (std::same_as<C, Stock>) evolve(locations_, event);
        }
        stream.version += part.decided->size();
        streams_.changed(stream);
        set_timer(stream);
    }
}

template <Context C> void MachineOf<C>::set_timer(Stream& stream) {
    if constexpr (HasDeadline<typename C::State>) {
        const auto due = deadline(stream.state);
        if (due == stream.due) return;
        timers_.change(stream.key, stream.due, due);
        timers_.landed(stream.key);
        stream.due = due;
    }
}

// A stream that is still due is called again: at once, or after a while when this had no effect.
template <Context C>
void MachineOf<C>::land_timer(const wire::Decision<C>& decision, Loaded streams) {
    constexpr auto while_ms = known<Duration>(30'000);
    for (std::size_t i = 0; i < decision.parts.size(); ++i) {
        const auto& part = decision.parts[i];
        const auto& stream = *streams[i];
        const bool effect = part.decided && !part.decided->empty();
        if (!effect && stream.due && *stream.due <= decision.header.at_ms)
            timers_.wait(stream.key, later(decision.header.at_ms, while_ms));
        else
            timers_.landed(stream.key);
    }
}

// What the decision says to other contexts, numbered; and what a gateway is to be asked.
template <Context C>
void MachineOf<C>::speak(wire::Decision<C>& decision, Loaded streams, Executed& done) {
    auto& header = decision.header;
    if (header.outcome == fb::Outcome::stale) return;
    outcomes_.clear();
    for (std::size_t i = 0; i < decision.parts.size(); ++i) {
        const auto& part = decision.parts[i];
        outcomes_.push_back({part.key, part.command, part.decided, streams[i]->state});
    }
    std::vector<FollowUp> said;
    if constexpr (std::same_as<C, Stock>)
        said = follow_ups(std::span<const Outcome<C>>(outcomes_));
    else
        said = follow_ups(outcomes_.front());
    if (!said.empty()) {
        auto said_so_far = position_.said;
        const bool passed_on = header.origin.source == fb::Source::follow_up;
        header.follow_ups = address(said, {settings_, header.envelope, passed_on}, said_so_far);
        for (const auto& follow_up : header.follow_ups)
            done.follow_ups.emplace_back(position_.next, follow_up);
    }
    if constexpr (std::same_as<C, Payment>)
        if (header.outcome == fb::Outcome::accepted)
            for (const auto& event : *decision.parts[0].decided)
                if (auto ask = asked_by(outcomes_.front().state, event))
                    done.asks.push_back(
                        {position_.next, decision.parts[0].key, *std::move(ask), header.envelope});
}

}  // namespace holdfast
