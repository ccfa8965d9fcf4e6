// Rivals: engines that write and read two partitions by the code that ships, over brokers that do
// what brokers, networks and librdkafka may do; and a referee, who sees at once what each of them
// does and was told. Each is driven step by step.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/random.h"
#include "tests/support/simulated_brokers.h"

namespace holdfast::kafka {

inline constexpr std::array<PartitionId, 2> partitions{{{1, 0}, {4, 1}}};
inline constexpr int commands = 40, units = 10;  // of each partition

// What a batch says: a command, decided on the state that its last batch before makes.
struct Decided {
    std::size_t on = 0;  // the batch before, by its number; 0: none
    int command = 0;
    int sold = 0;
};

// What a partition's batches make, one after the other.
struct State {
    std::size_t last = 0;
    int sold = 0;
    std::set<int> known;
    void take(std::size_t number, const Decided& decided) {
        last = number;
        sold += decided.sold;
        known.insert(decided.command);
    }
};

inline std::size_t number_in(const Blob& blob) {
    std::size_t number = 0;
    std::memcpy(&number, blob->data(), sizeof number);
    return number;
}

// Sees everything at once, and judges.
class Referee {
public:
    Referee(std::uint64_t seed, Forged forged) : brokers(seed, forged), decided(1) {}

    void violate(const std::string& what) {
        if (!violation) violation = what;
    }
    // Of what counts since it was asked last.
    void judge() {
        for (const auto at : partitions) {
            auto& [state, judged] = judged_[at];
            const auto& batches = brokers.at(at).batches;
            for (; judged < batches.size(); ++judged) {
                const auto number = number_in(batches[judged].blob);
                const auto& one = decided[number];
                if (one.on != state.last) violate("a batch counts that was decided on another");
                if (state.known.contains(one.command)) violate("a command counts twice");
                state.take(number, one);
                if (state.sold > units) violate("more units were sold than there are");
            }
        }
    }
    // Whoever wrote it was told that it is durable.
    void tell(PartitionId at, Sequence first, std::size_t number) {
        const auto found = find(at, first);
        if (!found || number_in(found->blob) != number)
            violate("a batch was told to be durable that does not count");
        answered[at].insert(decided[number].command);
        ++told;
    }
    // A repeat was answered by the record that is there.
    void tell_again(PartitionId at, int command) {
        judge();
        if (!judged_[at].first.known.contains(command))
            violate("a command was told to be decided that does not count");
        answered[at].insert(command);
    }
    const StoredBatch* find(PartitionId at, Sequence first) {
        const auto& batches = brokers.at(at).batches;
        const auto found = std::ranges::lower_bound(batches, first, {}, &StoredBatch::first);
        return found != batches.end() && found->first == first ? &*found : nullptr;
    }
    int first_unanswered(PartitionId at) {
        int command = 1;
        while (answered[at].contains(command)) ++command;
        return command;
    }
    bool is_all_answered() {
        return std::ranges::all_of(partitions,
                                   [&](auto at) { return first_unanswered(at) > commands; });
    }

    SimulatedBrokers brokers;
    std::vector<Decided> decided;
    std::map<PartitionId, std::set<int>> answered;
    std::map<PartitionId, int> assigned;  // who is to own it, as far as that is known
    std::optional<std::string> violation;
    std::size_t told = 0;

private:
    std::map<PartitionId, std::pair<State, std::size_t>> judged_;
};

// One process: its log, and of each partition a writer that decides on what the log says.
class Rival {
public:
    Rival(int self, Referee& referee, Random& random)
        : self_(self),
          referee_(referee),
          random_(random),
          client_(referee.brokers),
          log_(partitions, 16, client_, nobody_counts()) {
        EXPECT_TRUE(log_.start());
        for (const auto at : partitions) parts_[at];
    }

    void step() {
        const auto choice = random_.between(1, 40);
        const auto at = random_.pick(partitions);
        if (choice <= 8) return go_on_owning();
        if (choice <= 14) return static_cast<void>(client_.deliver());
        if (choice <= 20) return static_cast<void>(hear());
        if (choice <= 24) return static_cast<void>(client_.fetch());
        if (choice <= 30) return read_on();
        if (choice == 31) return look_whether_owned(at);
        if (choice == 32) return rarely(at);
        decide(at, static_cast<int>(random_.between(1, commands)));
    }
    // Everything that there is to do goes well; whether there was anything.
    bool go_well() {
        bool any = false;
        while (client_.deliver() || hear() || client_.fetch() || client_.look_at(log_)) any = true;
        for (const auto at : partitions) {
            look_whether_owned(at);
            if (referee_.assigned[at] != self_) {
                resign(at);
                continue;
            }
            go_on_owning(at);
            const auto command = referee_.first_unanswered(at);
            if (command <= commands) decide(at, command);
        }
        return any;
    }
    // Its history is what everybody's is.
    void compare() {
        for (const auto at : partitions) {
            const auto& batches = referee_.brokers.at(at).batches;
            const auto& history = *log_.history(at);
            if (history.chain().next() != referee_.brokers.at(at).chain.next())
                return referee_.violate("a reader has not all that counts");
            for (const auto& batch : batches) {
                const auto mine = read(at, batch.first);
                if (mine && number_in(mine->blob) != number_in(batch.blob))
                    return referee_.violate("two readers do not agree");
            }
        }
    }

private:
    enum class Owning : std::uint8_t { no, reads, claims, yes };
    struct Part {
        Owning owning = Owning::no;
        std::int64_t end = 0;  // to be read before it is claimed
        State state;           // of its own batches as well, when it owns
        struct Unsettled {
            Sequence first, end;
            std::size_t number;
        };
        std::deque<Unsettled> unsettled;
    };

    void read_on() {
        client_.look_at(log_);
        client_.fetch();
    }
    void go_on_owning() {
        for (const auto at : partitions) go_on_owning(at);
    }
    void rarely(PartitionId at) {
        if (random_.one_in(4)) resign(at);
        if (random_.one_in(2)) client_.time_out();
    }
    // The steps of KafkaLog::own(), with anything between them.
    void go_on_owning(PartitionId at) {
        const bool is_mine = referee_.assigned[at] == self_;
        auto& part = parts_[at];
        switch (part.owning) {
            case Owning::no: return is_mine ? begin_owning(at, part) : void();
            case Owning::reads:
                if (!log_.has_read_to(at, part.end)) break;
                part.owning = log_.claim(at, random_.next()) ? Owning::claims : Owning::no;
                return;
            case Owning::claims:
                if (const auto became = log_.became_of_claim(at)) return lead(at, part, *became);
                break;
            case Owning::yes: return;
        }
        if (!random_.one_in(20)) return;
        log_.give_up_claim(at);
        part.owning = Owning::no;
    }
    void begin_owning(PartitionId at, Part& part) {
        if (log_.needs_producer()) {
            client_.renew_producer();
            log_.has_producer();
        }
        log_.release(at);
        const auto end = client_.end_of(at);
        if (!end) return;
        part.end = *end;
        part.owning = Owning::reads;
    }
    // Its state is what is durable: all of it.
    void lead(PartitionId at, Part& part, const std::expected<void, Error>& owned) {
        part.owning = owned ? Owning::yes : Owning::no;
        part.state = {};
        for (Sequence n = 0; owned && n < log_.end(at);) {
            const auto batch = read(at, n);
            if (!batch) return;
            const auto number = number_in(batch->blob);
            part.state.take(number, referee_.decided[number]);
            n += batch->count;
        }
    }
    // As of the topic when it is not in memory; none: there is something else.
    std::optional<StoredBatch> read(PartitionId at, Sequence from) {
        const auto& history = *log_.history(at);
        if (auto batch = history.recent(from); batch.blob) return batch;
        if (auto batch = referee_.brokers.batch_at(at, history.place(from)))
            return *std::move(batch);
        referee_.violate("two readers do not agree");
        return std::nullopt;
    }
    void look_whether_owned(PartitionId at) {
        if (!log_.owns(at) || log_.needs_producer()) return;
        if (const auto end = client_.end_of(at)) log_.see_end(at, *end);
        settle(at);
    }

    // A command that was not answered; or any, which may be a repeat.
    void decide(PartitionId at, int command) {
        auto& part = parts_[at];
        if (part.owning != Owning::yes) return;
        if (part.state.known.contains(command)) {
            if (part.unsettled.empty()) referee_.tell_again(at, command);
            return;
        }
        const Decided decided{part.state.last, command, part.state.sold < units ? 1 : 0};
        const auto number = referee_.decided.size();
        referee_.decided.push_back(decided);
        Bytes bytes(sizeof number);
        std::memcpy(bytes.data(), &number, sizeof number);
        const auto first = log_.end(at);
        const auto count = static_cast<std::uint32_t>(random_.between(1, 2));
        auto blob = std::make_shared<const Bytes>(std::move(bytes));
        if (!log_.append(at, {first, count, std::move(blob)}, static_cast<std::uint32_t>(number)))
            return forget(part);
        part.state.take(number, decided);
        part.unsettled.push_back({first, first + count, number});
    }
    void forget(Part& part) {
        part.owning = Owning::no;
        part.unsettled.clear();
    }
    bool hear() {
        if (!client_.hear(log_)) return false;
        for (const auto at : partitions) settle(at);
        return true;
    }
    void settle(PartitionId at) {
        auto& part = parts_[at];
        if (part.owning != Owning::yes) return;
        const auto acknowledged = log_.acknowledged(at);
        if (!acknowledged) return forget(part);
        for (; !part.unsettled.empty() && part.unsettled.front().end <= *acknowledged;
             part.unsettled.pop_front())
            referee_.tell(at, part.unsettled.front().first, part.unsettled.front().number);
    }
    void resign(PartitionId at) {
        auto& part = parts_[at];
        if (!part.unsettled.empty()) return;
        log_.give_up_claim(at);
        log_.release(at);
        part.owning = Owning::no;
    }

    int self_;
    Referee& referee_;
    Random& random_;
    SimulatedClient client_;
    FencedLog log_;
    std::map<PartitionId, Part> parts_;
};

}  // namespace holdfast::kafka
