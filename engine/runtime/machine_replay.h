// MachineOf, the other half: records taken back from the log, timers, and the checkpoint.
//
// Invariant  a record only evolves here; nothing is decided again.
#pragma once

#include "engine/runtime/machine_of.h"
#include "engine/runtime/machine_topic.h"

namespace holdfast {

template <Context C>
std::expected<void, Error> MachineOf<C>::take(Sequence sequence, wire::RecordView record) {
    using fb::RecordKind;
    const auto unreadable = [&] {
        return std::unexpected(Error{
            Error::damaged, "record " + std::to_string(sequence) + " of " + std::string(C::name) +
                                " " + std::to_string(settings_.at.partition) + " cannot be read"});
    };
    assert(sequence == position_.next);
    if (record.kind == RecordKind::open) {
        const auto open = wire::read_open(record.bytes);
        if (!open) return unreadable();
        policy_ = open->policy;
    }
    if (record.kind != RecordKind::decision) {
        ++position_.next;
        return {};
    }
    const auto decision = wire::read_decision<C>(record.bytes);
    if (!decision) return unreadable();
    streams_.next_batch();
    std::vector<std::string_view> keys;
    for (const auto& part : decision->parts) keys.push_back(part.key);
    const auto streams = streams_.load(keys);
    if (!streams) return std::unexpected(streams.error());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if ((*streams)[i]->version != decision->parts[i].version) return unreadable();
    if (decision->header.outcome == fb::Outcome::accepted) evolve_all(*decision, *streams);
    advance(*decision);
    return {};
}

// ---- what every record does to the partition, live and in replay alike ----

template <Context C> void MachineOf<C>::advance(const wire::Decision<C>& decision) {
    const auto& header = decision.header;
    remember(decision);
    ++position_.next;
    position_.last_ms = std::max(position_.last_ms, header.at_ms.raw());
    if (header.envelope.asked_at_ms)
        asked_ms_ = std::max(asked_ms_, header.envelope.asked_at_ms->raw());
    if (header.generation != 0) return;  // what was said then was heard then
    if (header.origin.source == fb::Source::follow_up)
        position_.heard.put(packed(header.origin.from), header.origin.position);
    if (header.origin.source == fb::Source::commands_topic)
        position_.commands_next = header.origin.position + 1;
    for (const auto& follow_up : header.follow_ups)
        position_.said.put(packed(follow_up.to), follow_up.n);
}

template <Context C> void MachineOf<C>::remember(const wire::Decision<C>& decision) {
    const auto& header = decision.header;
    const KnownCommand known{position_.next, header.envelope.fingerprint, header.at_ms.raw()};
    const auto* why = header.objection.get();
    const bool is_known =
        why && (why->name == wire::command_came_before || why->name == wire::key_was_used);
    if (header.envelope.id && !is_known && header.origin.source != fb::Source::follow_up &&
        header.origin.source != fb::Source::timer)
        ids_.add(header.envelope.id, known);
    if (header.outcome != fb::Outcome::accepted) return;
    for (const auto& part : decision.parts)
        if (const auto id = natural_id_of(part.key, part.command); id && !part.decided->empty())
            natural_ids_.add(*id, known);
}

// ---- timers, asks ----

template <Context C>
std::expected<std::vector<Input>, Error> MachineOf<C>::due(Time now, std::size_t max) {
    std::vector<Input> inputs;
    if constexpr (HasDeadline<typename C::State>) {
        const auto keys = timers_.take_due(now, max);
        const auto streams = streams_.load(keys);
        if (!streams) return std::unexpected(streams.error());
        for (const auto* stream : *streams) {
            wire::Command<C> command{{}, {{stream->key, {}, on_deadline(stream->state)}}};
            if (settings_.own_times) command.envelope.asked_at_ms = now;
            inputs.push_back({{fb::Source::timer, 0, {}, 0, 0}, wire::to_bytes(command)});
        }
    }
    return inputs;
}

template <Context C> std::expected<std::vector<GatewayAsk>, Error> MachineOf<C>::open_asks() {
    std::vector<GatewayAsk> asks;
    if constexpr (std::same_as<C, Payment>) {
        std::vector<std::string> keys;
        timers_.each_key([&](const std::string& key) { keys.push_back(key); });
        const auto streams = streams_.load(keys);
        if (!streams) return std::unexpected(streams.error());
        for (const auto* stream : *streams)
            for (auto& ask : payment::pending(stream->state))
                asks.push_back({0, stream->key, std::move(ask), {}});
    }
    return asks;
}

// ---- the checkpoint ----

// Its sections in the order of rows.h.
template <Context C> void MachineOf<C>::cut(CutRows& rows) {
    streams_.cut_children(rows);
    ids_.cut(rows);
    natural_ids_.cut(rows);
    const auto position = row_prefix(settings_.at, RowKind::position);
    rows.section(position.size());
    rows.add({position}, wire::to_state_bytes(position_));
    streams_.cut(rows);
    std::string shared;
    wire::encode(shared, policy_);
    if constexpr (std::same_as<C, Stock>) wire::encode(shared, locations_);
    const auto row = row_prefix(settings_.at, RowKind::shared);
    rows.section(row.size());
    rows.add({row}, shared);
}

template <Context C> std::expected<void, Error> MachineOf<C>::restore() {
    const std::vector<std::string> rows{row_prefix(settings_.at, RowKind::position),
                                        row_prefix(settings_.at, RowKind::shared)};
    const auto found = store_.get(rows);
    if (!found) return std::unexpected(found.error());
    if (!(*found)[0]) return {};  // no cut yet: all is in the log
    const auto position = wire::from_state_bytes<Position>(*(*found)[0]);
    std::string_view shared = (*found)[1] ? std::string_view(*(*found)[1]) : std::string_view();
    const auto policy = wire::decode<Policy>(shared);
    std::optional<stock::Locations> locations(std::in_place);
    if constexpr (std::same_as<C, Stock>) locations = wire::decode<stock::Locations>(shared);
    if (!position || !policy || !locations || !shared.empty())
        return std::unexpected(unreadable_row(wire::name_of(settings_.at)));
    position_ = *position;
    policy_ = *policy;
    locations_ = *std::move(locations);
    const auto timers = row_prefix(settings_.at, RowKind::timer);
    return store_.scan(timers, after_prefix(timers), [&](std::string_view key, std::string_view) {
        const auto due = static_cast<std::int64_t>(big_endian(key.substr(timers.size(), 8)));
        timers_.change(std::string(key.substr(timers.size() + 8)), {}, known<Time>(due));
        return true;
    });
}

template <Context C>
void MachineOf<C>::each_stream(const std::function<void(const StreamState&)>& visit) const {
    streams_.each([&](const Stream& stream) {
        if (stream.version == 0) return;  // it was asked for, and never there
        wire::Undated undated;
        wire::encode(undated, stream.state);
        if constexpr (HasChildren<typename C::State>)
            stream.state.children().each([&](const auto& child) {
                wire::encode(undated, child.number);
                wire::encode(undated, child.key);
                wire::encode(undated, child.value);
            });
        visit({stream.key, stream.version, undated.bytes});
    });
}

template <Context C> std::optional<std::string> MachineOf<C>::first_broken_rule() const {
    std::optional<std::string> broken;
    streams_.each([&](const Stream& stream) {
        if (const auto rule = broken_rule(stream.state); rule && !broken)
            broken = std::string(C::name) + " " + stream.key + ": " + std::string(*rule);
    });
    return broken;
}

template <class C>
std::unique_ptr<Machine> machine_of(const MachineSettings& settings, const StateStore& store) {
    return std::make_unique<MachineOf<C>>(settings, store);
}

}  // namespace holdfast
