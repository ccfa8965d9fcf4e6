// The log on Kafka, attacked: three engines write and read two partitions by the code that ships,
// over brokers that do what brokers, networks and librdkafka may do (simulated_brokers.h). A
// schedule is the order of all steps. Then each rule is switched off, and what it prevents happens.
#include <algorithm>
#include <cstring>
#include <set>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/support/random.h"
#include "tests/support/simulated_brokers.h"

namespace holdfast::kafka {
namespace {

constexpr std::array<PartitionId, 2> partitions{{{1, 0}, {4, 1}}};
constexpr int engines = 3, steps = 300;
constexpr int commands = 40, units = 10;  // of each partition

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

std::size_t number_in(const Blob& blob) {
    std::size_t number = 0;
    std::memcpy(&number, blob->data(), sizeof number);
    return number;
}

// What all engines have in common, and the referee, who sees everything at once.
class World {
public:
    World(std::uint64_t seed, Forged forged) : brokers(seed, forged), decided(1) {}

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

const Counted& nobody_counts() {
    static Metrics metrics;
    static const Counted counted(metrics);
    return counted;
}

// One process: its log, and of each partition a writer that decides on what the log says.
class Engine {
public:
    Engine(int self, World& world, Random& random)
        : self_(self),
          world_(world),
          random_(random),
          client_(world.brokers),
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
            if (world_.assigned[at] != self_) {
                resign(at);
                continue;
            }
            go_on_owning(at);
            const auto command = world_.first_unanswered(at);
            if (command <= commands) decide(at, command);
        }
        return any;
    }
    // Its history is what everybody's is.
    void compare() {
        for (const auto at : partitions) {
            const auto& batches = world_.brokers.at(at).batches;
            const auto& history = *log_.history(at);
            if (history.chain().next() != world_.brokers.at(at).chain.next())
                return world_.violate("a reader has not all that counts");
            for (const auto& batch : batches) {
                const auto mine = read(at, batch.first);
                if (mine && number_in(mine->blob) != number_in(batch.blob))
                    return world_.violate("two readers do not agree");
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
        const bool is_mine = world_.assigned[at] == self_;
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
            part.state.take(number, world_.decided[number]);
            n += batch->count;
        }
    }
    // As of the topic when it is not in memory; none: there is something else.
    std::optional<StoredBatch> read(PartitionId at, Sequence from) {
        const auto& history = *log_.history(at);
        if (auto batch = history.recent(from); batch.blob) return batch;
        const auto place = history.place(from);
        const auto& stored = world_.brokers.at(at).messages[static_cast<std::size_t>(place.offset)];
        if (stored.fence.first == place.first && stored.fence.count == place.count)
            return StoredBatch{place.first, place.count, stored.blob};
        world_.violate("two readers do not agree");
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
            if (part.unsettled.empty()) world_.tell_again(at, command);
            return;
        }
        const Decided decided{part.state.last, command, part.state.sold < units ? 1 : 0};
        const auto number = world_.decided.size();
        world_.decided.push_back(decided);
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
            world_.tell(at, part.unsettled.front().first, part.unsettled.front().number);
    }
    void resign(PartitionId at) {
        auto& part = parts_[at];
        if (!part.unsettled.empty()) return;
        log_.give_up_claim(at);
        log_.release(at);
        part.owning = Owning::no;
    }

    int self_;
    World& world_;
    Random& random_;
    SimulatedClient client_;
    FencedLog log_;
    std::map<PartitionId, Part> parts_;
};

class Schedule {
public:
    Schedule(std::uint64_t number, Forged forged)
        : random_(number), world_(random_.next(), forged) {
        for (int n = 0; n < engines; ++n) start(n);
    }

    // What was violated, when something was.
    std::optional<std::string> run() {
        for (int step = 0; step < steps && !world_.violation; ++step) {
            if (random_.one_in(40)) begin_to_fail();
            if (random_.one_in(150)) restart();
            if (random_.one_in(60)) world_.assigned[random_.pick(partitions)] = some_engine();
            if (random_.one_in(100)) world_.brokers.arrive();
            random_.pick(engines_)->step();
            world_.judge();
        }
        if (!world_.violation) settle();
        return world_.violation;
    }
    std::size_t told() const { return world_.told; }
    std::size_t passed_over() {
        std::size_t count = 0;
        for (const auto at : partitions)
            count += world_.brokers.at(at).messages.size() - world_.brokers.at(at).batches.size();
        return count;
    }

private:
    void begin_to_fail() {
        const auto some = [this] {
            return random_.one_in(2) ? 0 : static_cast<std::uint32_t>(random_.between(0, 300));
        };
        world_.brokers.faults = {some(), some(), some(), some() / 4, some() / 4, some()};
        world_.brokers.answers = !random_.one_in(8);
    }
    // Killed between any two steps: what it has on its way comes later, or never.
    void restart() {
        const auto n = some_engine();
        engines_[static_cast<std::size_t>(n)].reset();
        start(n);
    }
    void start(int n) {
        engines_[static_cast<std::size_t>(n)] = std::make_unique<Engine>(n, world_, random_);
    }
    int some_engine() { return static_cast<int>(random_.between(0, engines - 1)); }
    // Once nothing goes wrong any more everything ends, and everybody has the same.
    void settle() {
        world_.brokers.faults = {};
        world_.brokers.answers = true;
        int rounds = 0;
        for (int quiet = 0; quiet < 3 && !world_.violation;) {
            if (++rounds == 2'000) return world_.violate("it does not end");
            bool any = world_.brokers.is_awaited();
            if (random_.one_in(8)) world_.brokers.arrive();
            for (auto& engine : engines_) any |= engine->go_well();
            world_.judge();
            quiet = any || !world_.is_all_answered() ? 0 : quiet + 1;
        }
        for (auto& engine : engines_)
            if (!world_.violation) engine->compare();
    }

    Random random_;
    World world_;
    std::array<std::unique_ptr<Engine>, engines> engines_;
};

struct Found {
    int schedule;
    std::string violation;
};
// The first of so many schedules that violates something.
std::optional<Found> explore(int schedules, Forged forged) {
    spdlog::set_level(spdlog::level::off);
    for (int n = 0; n < schedules; ++n)
        if (const auto violation = Schedule(static_cast<std::uint64_t>(n), forged).run())
            return Found{n, *violation};
    return std::nullopt;
}

TEST(FencedLog, keeps_what_any_engine_was_told_is_durable) {
    spdlog::set_level(spdlog::level::off);
    std::size_t told = 0, passed_over = 0;
    for (int n = 0; n < 100'000; ++n) {
        Schedule schedule(static_cast<std::uint64_t>(n), {});
        const auto violation = schedule.run();
        ASSERT_FALSE(violation) << "schedule " << n << ": " << violation.value_or("");
        told += schedule.told();
        passed_over += schedule.passed_over();
    }
    // The schedules are worth something: engines do get on, and get in each other's way.
    EXPECT_GT(told, 1'000'000U);
    EXPECT_GT(passed_over, 100'000U);
}

// Which rules are off, and what that lets happen first; nothing: the others are enough.
void expect_found(Forged forged, const char* rules, bool is_found) {
    const auto found = explore(5'000, forged);
    EXPECT_EQ(found.has_value(), is_found) << rules << (found ? ": " + found->violation : "");
    if (found)
        std::cout << "without " << rules << ", schedule " << found->schedule << ": "
                  << found->violation << '\n';
}

TEST(FencedLog, stands_on_the_hash_as_well_as_on_the_epoch) {
    expect_found({.previous = true}, "the hash", false);
    expect_found({.own_epochs = true}, "the re-open", false);
    expect_found({.epochs = true}, "the epoch", false);
}

TEST(FencedLog, falls_at_once_when_both_are_off) {
    expect_found({.previous = true, .own_epochs = true}, "the hash and the re-open", true);
    expect_found({.previous = true, .epochs = true}, "the hash and the epoch", true);
}

TEST(FencedLog, falls_at_once_when_any_offset_will_do) {
    expect_found({.offsets = true}, "the offset in a report", true);
}

}  // namespace
}  // namespace holdfast::kafka
