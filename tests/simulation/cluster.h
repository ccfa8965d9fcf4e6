// Cluster: several engines on one Kafka, in one thread: what they share moves between them, they
// die, the brokers do not answer for a while, or badly, and what the dead had on their way comes
// late; what one does not lead it forwards to who does, over a bad line; what is produced to the
// commands topics whoever leads takes from there.
#pragma once

#include <algorithm>
#include <concepts>
#include <map>
#include <set>

#include "engine/domain/partition.h"
#include "engine/runtime/rows.h"
#include "tests/simulation/member.h"
#include "tests/support/driven_shop.h"

namespace holdfast {

inline constexpr std::size_t members = 3, carts = 6;

class Cluster {
public:
    explicit Cluster(std::uint64_t seed, bool own_times = false)
        : Cluster(seed, [](auto&) {}, own_times) {}
    // `begin` puts into the brokers what they have before anybody starts.
    Cluster(std::uint64_t seed, auto begin, bool own_times = false)
        requires std::invocable<decltype(begin), kafka::SimulatedBrokers&>
        : brokers(seed), network_(seed), random_(seed) {
        spdlog::set_level(spdlog::level::off);
        begin(brokers);
        for (std::size_t i = 0; i < members; ++i) {
            members_.push_back(std::make_unique<Member>(Member::Outside{brokers, network_, topics},
                                                        seed * members + i));
            members_.back()->own_times = own_times;
        }
        for (auto& member : members_) member->start(clock);
        share();
    }

    // Sends it to one engine after the other until one answers.
    template <class C>
    void send(const std::string& key, const std::string& stream, typename C::Command command) {
        auto bytes = command_of<C>(key, stream, std::move(command), own_time);
        const Sent sent{C::number, stream, std::move(bytes), own_time, false};
        sent_.insert_or_assign(key, sent);
        open_.insert_or_assign(key, sent);
    }
    // To the topic of its context, now and then twice, with what is no command and gaps between.
    template <class C>
    void produce(const std::string& key, const std::string& stream, typename C::Command command) {
        const PartitionId at{C::number, partition_of(stream, partitions_each)};
        const auto bytes = command_of<C>(key, stream, std::move(command));
        for (std::uint64_t times = random_.up_to(2) / 2 + 1; times > 0; --times) {
            topics.produce(at, {0, stream, {}, bytes});
            if (random_.happens(200)) topics.produce(at, {0, stream, {}, ""});
            if (random_.happens(200)) topics.skip(at, random_.up_to(3));
        }
    }
    // Something or other happens, in some order.
    void stumble() {
        clock.pass(random_.happens(200) ? 1 : 50);  // who claims waits a moment, or no time at all
        post_some();
        for (auto& member : members_)
            if (member->engine && random_.happens(700))
                member->step(random_.up_to(Member::parts - 1));
        if (random_.happens(700)) network_.step();
        if (random_.happens(50)) network_.faults = {some(), some(), some()};
        if (random_.happens(50)) topics.faults = {some(), some()};
        if (random_.happens(15)) share();
        if (random_.happens(10)) brokers.answers = !brokers.answers;
        if (random_.happens(50)) break_brokers();
        if (random_.happens(50)) brokers.arrive();
        if (random_.happens(10)) kill_or_start(*members_[random_.up_to(members - 1)]);
    }
    // Everything goes well, until nothing is left to do.
    void settle() {
        brokers.answers = true;
        brokers.faults = {};
        network_.faults = {};
        topics.faults = {};
        for (auto& member : members_)
            if (!member->engine) member->start(clock);
        share();
        int rounds = 0;
        for (int quiet = 0; quiet < 20;) {
            ASSERT_LT(++rounds, 20'000) << what_is_left();
            clock.pass(1);
            post_some();
            bool any = !open_.empty() || brokers.is_awaited();
            if (random_.happens(100)) brokers.arrive();
            any |= network_.step();
            for (auto& member : members_)
                for (std::size_t part = 0; part < Member::parts; ++part) any |= member->step(part);
            for (auto& member : members_)
                any |= member->engine->in_flight() != 0 || member->has_messages() ||
                       !member->engine->waits_for().empty();
            quiet = any ? 0 : quiet + 1;
        }
    }
    void run_all() {
        clock.pass(100);
        network_.step();
        for (auto& member : members_)
            for (std::size_t part = 0; part < Member::parts; ++part) member->step(part);
    }
    void lead_nothing() {
        for (auto& member : members_) member->engine->want({});
        for (int i = 0; i < 50; ++i) run_all();
    }
    // Whether who leads it says that its commands topic cannot be read.
    bool is_stuck(PartitionId at) const {
        const Labels labels{{"context", std::string(context_name(at.context))},
                            {"partition", std::to_string(at.partition)}};
        return std::ranges::any_of(members_, [&](const auto& member) {
            return member->metrics.gauge("holdfast_topic_stuck", "", labels).value() != 0;
        });
    }
    const std::map<std::string, Answered>& answers() const { return answers_; }
    // Sends everything that was answered again: each is answered by the same record, by any engine.
    void ask_all_again() {
        const auto before = answers_;
        for (const auto& [key, sent] : sent_) open_.insert_or_assign(key, sent);
        settle();
        for (const auto& [key, answer] : answers_) {
            EXPECT_EQ(answer.how, Taken::repeated) << key;
            EXPECT_TRUE(std::ranges::equal(answer.record, before.at(key).record)) << key;
        }
    }
    int forwarded() const {
        int count = 0;
        for (const auto& member : members_) count += member->forwarded;
        return count;
    }
    // Batches that count nowhere: of former writers, or stored again.
    std::size_t passed_over() {
        std::size_t count = 0;
        for (const auto at : all_partitions()) {
            const auto& topic = brokers.at(at);
            count += static_cast<std::size_t>(std::ranges::count_if(
                topic.messages, [](const auto& message) { return message.fence.count != 0; }));
            count -= topic.batches.size();
        }
        return count;
    }
    // Each engine's state: the rows of a cut, and where it is in the log.
    struct State {
        std::map<std::string, std::string> rows;
        std::map<PartitionId, Position> positions;
        friend bool operator==(const State&, const State&) = default;
    };
    std::vector<State> states() {
        for (auto& member : members_)
            for (const auto& shard : member->engine->shards()) shard->cut_now();
        settle();
        std::vector<State> states;
        for (auto& member : members_) states.push_back(state_of(*member));
        return states;
    }
    // The decisions of a context, of all partitions.
    template <class C> std::vector<wire::Decision<C>> decisions() {
        std::vector<wire::Decision<C>> found;
        for (std::uint16_t p = 0; p < partitions_each; ++p)
            for (const auto& batch : brokers.at({C::number, p}).batches)
                wire::open(*batch.blob)->each([&](Sequence, wire::RecordView record) {
                    if (record.kind == fb::RecordKind::decision)
                        found.push_back(wire::read_decision<C>(record.bytes).value());
                    return true;
                });
        return found;
    }

    kafka::SimulatedBrokers brokers;
    simulated::SimulatedTopics topics;
    simulated::SimulatedClock clock{1'700'000'000'000};
    std::optional<Time> own_time;  // of what is sent from now on

private:
    struct Sent {
        std::uint8_t context;
        std::string stream, bytes;
        std::optional<Time> own_time;
        bool is_posted;
    };

    // How often in 1,000 the network does wrong.
    std::uint32_t some() { return static_cast<std::uint32_t>(random_.up_to(500)); }
    void break_brokers() {
        brokers.faults = {.fails = some() / 8,
                          .twice = some() / 4,
                          .unknown = some() / 8,
                          .full = some() / 20,
                          .over = some() / 40,
                          .stale_end = some(),
                          .unread = 2 * some(),
                          .slow = some()};
    }
    std::string what_is_left() {
        std::string words;
        for (const auto& [key, sent] : open_) words += key + (sent.is_posted ? " posted\n" : "\n");
        for (auto& member : members_)
            words += std::to_string(member->engine->led()) + " led, " +
                     std::to_string(member->engine->in_flight()) + " in flight, waits for \"" +
                     member->engine->waits_for() + "\"\n";
        return words;
    }
    // A cut's own position may be older than the rest: nothing else changed since.
    static State state_of(const Member& member) {
        State state;
        EXPECT_TRUE(member.store.scan("", "", [&](std::string_view key, std::string_view value) {
            if (key[3] != static_cast<char>(RowKind::position)) state.rows.emplace(key, value);
            return true;
        }));
        for (const auto& shard : member.engine->shards())
            for (const auto& processor : shard->processors())
                state.positions.emplace(processor->at(), processor->machine().position());
        return state;
    }
    void post_some() {
        for (auto& [key, sent] : open_) {
            if (sent.is_posted) continue;
            auto& member = *members_[random_.up_to(members - 1)];
            if (!member.engine) continue;
            sent.is_posted = true;
            member.engine->post(
                {sent.context, sent.stream, fb::Source::direct, sent.bytes, sent.own_time},
                [this, key](std::expected<Answered, Error> answer) {
                    take(key, std::move(answer));
                });
        }
        for (const auto& key : answered_) open_.erase(key);
        answered_.clear();
    }
    void take(const std::string& key, std::expected<Answered, Error> answer) {
        if (!answer) {  // sent again
            if (const auto found = open_.find(key); found != open_.end())
                found->second.is_posted = false;
            return;
        }
        answers_.insert_or_assign(key, *std::move(answer));
        answered_.push_back(key);
    }
    void kill_or_start(Member& member) {
        if (!member.engine) return brokers.answers ? member.start(clock) : void();
        member.kill();
        for (auto& [key, sent] : open_) sent.is_posted = false;  // maybe it was sent there
    }
    // Shares the partitions anew among those that live, as it comes.
    void share() {
        std::vector<std::vector<std::uint16_t>> parts(members);
        for (std::uint16_t p = 0; p < partitions_each; ++p)
            parts[random_.up_to(members - 1)].push_back(p);
        for (std::size_t i = 0; i < members; ++i)
            if (members_[i]->engine) members_[i]->engine->want(parts[i]);
    }

    simulated::SimulatedNetwork network_;
    simulated::Seeded random_;
    std::vector<std::unique_ptr<Member>> members_;
    std::map<std::string, Sent> sent_, open_;
    std::map<std::string, Answered> answers_;
    std::vector<std::string> answered_;
};

inline std::string cart_of(std::size_t number) { return "cart-" + std::to_string(number); }

inline void open_shop(Cluster& cluster) {
    cluster.send<Stock>("location", "@main", open_warehouse());
    cluster.settle();
    for (const std::string sku : {"A", "B"}) cluster.send<Stock>("receive-" + sku, sku, receive(8));
    for (std::size_t n = 0; n < carts; ++n)
        cluster.send<Cart>("open-" + cart_of(n), cart_of(n),
                           open_cart({line("A", 2, 100), line("B", 1, 50)}));
    cluster.settle();
}

inline void check_out(Cluster& cluster) {
    for (std::size_t n = 0; n < carts; ++n)
        cluster.send<Cart>("complete-" + cart_of(n), cart_of(n),
                           complete(cart_of(n), 250, "tok_approve"));
}

// How often each command of a client was decided.
template <class C> std::map<std::string, int> times_decided(Cluster& cluster) {
    std::map<std::string, int> times;
    for (const auto& decision : cluster.decisions<C>())
        if (decision.header.envelope.client == "test" &&
            decision.header.origin.source == fb::Source::direct)
            ++times[std::to_string(decision.header.envelope.id.high)];
    return times;
}

template <class C, class E> int count_of(Cluster& cluster) {
    int count = 0;
    for (const auto& decision : cluster.decisions<C>())
        for (const auto& part : decision.parts) {
            if (!part.decided) continue;
            for (const auto& event : *part.decided)
                count += std::holds_alternative<E>(event) ? 1 : 0;
        }
    return count;
}

}  // namespace holdfast
