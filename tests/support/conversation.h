// Conversation: the five contexts in memory and what they say to each other, delivered in any order
// in which the engine could deliver it.
//
// Order      from one partition to another messages arrive in the order they were said; which pair
//            of partitions is next, the seed chooses.
// Invariant  after every decision no rule of a stream it touched is broken; else the test fails.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "engine/domain/follow_ups.h"
#include "engine/domain/partition.h"
#include "tests/support/random.h"

namespace holdfast {

// What each context has said and become in memory.
template <class C> struct Remembered {
    struct Happened {
        typename C::Key key;
        typename C::Event event;
    };
    using ByKey = std::map<std::string, typename C::State, std::less<>>;

    std::vector<ByKey> partitions;
    std::vector<Happened> history;  // in the order of the decisions
};
template <class List> struct RememberedOf;
template <class... C> struct RememberedOf<std::tuple<C...>> {
    using type = std::tuple<Remembered<C>...>;
};

class Conversation {
public:
    // A gateway is asked; it may answer, late, twice or not at all.
    struct Asked {
        PaymentId payment;
        payment::Ask ask;
    };

    Conversation(Random& random, std::uint16_t partitions, const Policy& policy)
        : random_(random), partitions_(partitions), policy_(policy), locations_(partitions) {
        std::apply([&](auto&... of) { (of.partitions.resize(partitions), ...); }, contexts_);
    }

    Time now() const { return now_; }
    void pass(std::int64_t ms) { now_ = known<Time>(now_.raw() + ms); }

    // Somebody's own command; whether it was accepted.
    template <class C> bool ask(const typename C::Key& key, typename C::Command command) {
        std::vector<Message<C>> group;
        group.push_back({std::string(key.raw()), std::move(command)});
        return take<C>(partition_of(key.raw(), partitions_), group, Heard::at_once);
    }

    bool deliver();  // false: nothing is on its way
    // What comes next on some way between carts and orders is poison: it is taken, undecided.
    void poison();
    bool fire();  // a timer; false: none is due
    std::optional<Time> next_deadline() const;
    // What the gateway was asked since.
    std::vector<Asked> take_asked() { return std::exchange(asked_, {}); }

    template <class C> const typename C::State* find(const typename C::Key& key) const {
        const auto& streams = of<C>().partitions[partition_of(key.raw(), partitions_)];
        const auto at = streams.find(key.raw());
        return at == streams.end() ? nullptr : &at->second;
    }
    // visit(key, state) for every stream of a context.
    template <class C, class Visit> void each(Visit visit) const {
        for (const auto& streams : of<C>().partitions)
            for (const auto& [key, state] : streams) visit(known<typename C::Key>(key), state);
    }
    // Every event so far.
    template <class C> const auto& history() const { return of<C>().history; }
    // Follow-ups that were refused, and nobody told their sender.
    const std::vector<std::string>& unheard() const { return unheard_; }

private:
    enum class Heard : std::uint8_t { at_once, by_follow_ups };
    template <class C> struct Message {
        std::string key;
        typename C::Command command;
    };
    struct Address {
        std::size_t context;
        std::uint16_t partition;
        friend auto operator<=>(const Address&, const Address&) = default;
    };
    struct Lane {
        Address from, to;
        friend auto operator<=>(const Lane&, const Lane&) = default;
    };
    struct Due {
        Time at;
        Address at_address;
        std::string key;
    };
    using Group = std::vector<FollowUp>;

    template <class C>
    bool take(std::uint16_t partition, const std::vector<Message<C>>& group, Heard refusals);
    template <class C> void take_group(std::uint16_t partition, Group group);
    void send(Address from, std::vector<FollowUp> said);
    void send_everywhere(Address from, const FollowUp& said);
    bool joins(const Group& group, const FollowUp& said) const;
    std::vector<Due> timers() const;
    void ring(const Due& due);

    template <class C> Remembered<C>& of() { return std::get<Remembered<C>>(contexts_); }
    template <class C> const Remembered<C>& of() const {
        return std::get<Remembered<C>>(contexts_);
    }

    Random& random_;
    std::uint16_t partitions_;
    const Policy& policy_;
    Time now_ = known<Time>(1'000'000'000'000);
    RememberedOf<Contexts>::type contexts_;
    std::vector<stock::Locations> locations_;  // each partition of stock has its own
    std::map<Lane, std::deque<Group>> lanes_;  // none is empty
    std::vector<Asked> asked_;
    std::vector<std::string> unheard_;
};

}  // namespace holdfast
