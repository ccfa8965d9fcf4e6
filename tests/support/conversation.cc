#include "tests/support/conversation.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

template <class C> constexpr std::size_t place_of_context = C::number - 1U;

// visit.operator()<C>() for the context at that place.
template <class Visit> void with_context_at(std::size_t place, Visit visit) {
    with_context(static_cast<std::uint8_t>(place + 1),
                 [&]<class C>(C) { visit.template operator()<C>(); });
}

template <class C> std::vector<FollowUp> said_after(const std::vector<Outcome<C>>& outcomes) {
    if constexpr (std::is_same_v<C, Stock>)
        return follow_ups(std::span(outcomes));
    else
        return follow_ups(outcomes.front());
}

template <class C>
constexpr bool has_timers = requires(const typename C::State& state) { deadline(state); };

}  // namespace

// All of a group are decided, then all evolve or none.
template <class C>
bool Conversation::take(std::uint16_t partition, const std::vector<Message<C>>& group,
                        Heard refusals) {
    auto& streams = of<C>().partitions[partition];
    const Terms terms{now_, partitions_, policy_, locations_[partition]};
    std::vector<Decided<typename C::Event, typename C::Rejection>> decided;
    bool accepted = true;
    for (const auto& [key, command] : group) {
        decided.push_back(decide(streams[key], command, terms));
        accepted = accepted && decided.back().has_value();
    }
    std::vector<Outcome<C>> outcomes;
    for (std::size_t i = 0; i < group.size(); ++i) {
        auto& state = streams[group[i].key];
        if (accepted) {
            for (const auto& event : *decided[i]) {
                evolve(state, event);
                if constexpr (std::is_same_v<C, Stock>) evolve(locations_[partition], event);
                if constexpr (std::is_same_v<C, Payment>)
                    if (auto ask = payment::asked_by(state, event))
                        asked_.push_back({known<PaymentId>(group[i].key), *std::move(ask)});
                of<C>().history.push_back({known<typename C::Key>(group[i].key), event});
            }
            EXPECT_EQ(broken_rule(state), std::nullopt) << C::name << ' ' << group[i].key;
        }
        outcomes.push_back({group[i].key, group[i].command, decided[i], state});
    }
    auto said = said_after<C>(outcomes);
    if (!accepted && said.empty() && refusals == Heard::by_follow_ups)
        for (std::size_t i = 0; i < group.size(); ++i)
            if (!decided[i])
                unheard_.push_back(std::string(C::name) + ' ' + group[i].key + ": " +
                                   std::string(explain(decided[i].error().why).name));
    send({place_of_context<C>, partition}, std::move(said));
    return accepted;
}

template <class C> void Conversation::take_group(std::uint16_t partition, Group group) {
    std::vector<Message<C>> messages;
    for (auto& message : group)
        messages.push_back(
            {std::move(message.key), std::get<typename C::Command>(std::move(message.command))});
    take<C>(partition, messages, Heard::by_follow_ups);
}

bool Conversation::joins(const Group& group, const FollowUp& said) const {
    if (said.command.index() != place_of_context<Stock> ||
        group.back().command.index() != said.command.index())
        return false;
    return partition_of(group.back().key, partitions_) == partition_of(said.key, partitions_) &&
           std::ranges::find(group, said.key, &FollowUp::key) == group.end();
}

void Conversation::send_everywhere(Address from, const FollowUp& said) {
    if (from.partition != partition_of(said.key, partitions_)) return;
    for (std::uint16_t to = 0; to < partitions_; ++to)
        if (to != from.partition) lanes_[{from, {said.command.index(), to}}].push_back({said});
}

void Conversation::send(Address from, std::vector<FollowUp> said) {
    Group* last = nullptr;
    for (auto& message : said) {
        if (message.everywhere) {
            send_everywhere(from, message);
            last = nullptr;
        } else if (last && joins(*last, message)) {
            last->push_back(std::move(message));
        } else {
            const Address to{message.command.index(), partition_of(message.key, partitions_)};
            auto& lane = lanes_[{from, to}];
            lane.emplace_back().push_back(std::move(message));
            last = &lane.back();
        }
    }
}

bool Conversation::deliver() {
    if (lanes_.empty()) return false;
    auto lane = lanes_.begin();
    std::advance(lane, random_.between(0, static_cast<std::int64_t>(lanes_.size()) - 1));
    auto group = std::move(lane->second.front());
    const auto to = lane->first.to;
    lane->second.pop_front();
    if (lane->second.empty()) lanes_.erase(lane);
    with_context_at(to.context, [&]<class C>() { take_group<C>(to.partition, std::move(group)); });
    return true;
}

void Conversation::poison() {
    const auto is_for_the_cart = [](const auto& way) {
        const auto& command = way.second.front().front().command;
        if (const auto* order = std::get_if<order::Command>(&command))
            return std::holds_alternative<order::Begin>(*order) ||
                   std::holds_alternative<order::NoteCartWaits>(*order);
        return std::holds_alternative<cart::Command>(command);
    };
    const auto lane = std::ranges::find_if(lanes_, is_for_the_cart);
    if (lane == lanes_.end()) return;
    lane->second.pop_front();
    if (lane->second.empty()) lanes_.erase(lane);
}

std::vector<Conversation::Due> Conversation::timers() const {
    std::vector<Due> timers;
    const auto add = [&]<class C>() {
        if constexpr (has_timers<C>) {
            const auto& partitions = of<C>().partitions;
            for (std::uint16_t partition = 0; partition < partitions_; ++partition)
                for (const auto& [key, state] : partitions[partition])
                    if (const auto at = deadline(state))
                        timers.push_back({*at, {place_of_context<C>, partition}, key});
        }
    };
    for (std::size_t place = 0; place < contexts_count; ++place) with_context_at(place, add);
    return timers;
}

bool Conversation::fire() {
    auto due = timers();
    std::erase_if(due, [&](const Due& timer) { return timer.at > now_; });
    if (due.empty()) return false;
    ring(random_.pick(due));
    return true;
}
void Conversation::ring(const Due& due) {
    with_context_at(due.at_address.context, [&]<class C>() {
        if constexpr (has_timers<C>) {
            const auto partition = due.at_address.partition;
            const auto& state = of<C>().partitions[partition][due.key];
            take<C>(partition, {{due.key, on_deadline(state)}}, Heard::at_once);
        }
    });
}

std::optional<Time> Conversation::next_deadline() const {
    const auto all = timers();
    const auto first = std::ranges::min_element(all, {}, &Due::at);
    return first == all.end() ? std::nullopt : std::optional(first->at);
}

template bool Conversation::take<Stock>(std::uint16_t, const std::vector<Message<Stock>>&, Heard);
template bool Conversation::take<Cart>(std::uint16_t, const std::vector<Message<Cart>>&, Heard);
template bool Conversation::take<Order>(std::uint16_t, const std::vector<Message<Order>>&, Heard);
template bool Conversation::take<Payment>(std::uint16_t, const std::vector<Message<Payment>>&,
                                          Heard);
template bool Conversation::take<Fulfillment>(std::uint16_t,
                                              const std::vector<Message<Fulfillment>>&, Heard);

}  // namespace holdfast
