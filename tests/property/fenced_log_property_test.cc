// The log on Kafka, attacked: what three engines do (rivals.h), in any order. A schedule is the
// order of all steps. Then each rule is switched off, and what it prevents happens.
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/property/rivals.h"

namespace holdfast::kafka {
namespace {

constexpr int engines = 3, steps = 300;

class Schedule {
public:
    Schedule(std::uint64_t number, Forged forged)
        : random_(number), referee_(random_.next(), forged) {
        for (int n = 0; n < engines; ++n) start(n);
    }

    // What was violated, when something was.
    std::optional<std::string> run() {
        for (int step = 0; step < steps && !referee_.violation; ++step) {
            if (random_.one_in(40)) begin_to_fail();
            if (random_.one_in(150)) restart();
            if (random_.one_in(60)) referee_.assigned[random_.pick(partitions)] = some_engine();
            if (random_.one_in(100)) referee_.brokers.arrive();
            random_.pick(engines_)->step();
            referee_.judge();
        }
        told_ = referee_.told;
        if (!referee_.violation) settle();
        return referee_.violation;
    }
    // While things went wrong.
    std::size_t told() const { return told_; }
    // Batches that are in the topics and count nowhere.
    std::size_t passed_over() {
        std::size_t count = 0;
        for (const auto at : partitions) {
            const auto& topic = referee_.brokers.at(at);
            count += static_cast<std::size_t>(std::ranges::count_if(
                topic.messages, [](const auto& one) { return one.fence.count != 0; }));
            count -= topic.batches.size();
        }
        return count;
    }

private:
    void begin_to_fail() {
        const auto some = [this] {
            return random_.one_in(2) ? 0 : static_cast<std::uint32_t>(random_.between(0, 300));
        };
        referee_.brokers.faults = {some(), some(), some(), some() / 4, some() / 4, some()};
        referee_.brokers.answers = !random_.one_in(8);
    }
    // Killed between any two steps: what it has on its way comes later, or never.
    void restart() {
        const auto n = some_engine();
        engines_[static_cast<std::size_t>(n)].reset();
        start(n);
    }
    void start(int n) {
        engines_[static_cast<std::size_t>(n)] = std::make_unique<Rival>(n, referee_, random_);
    }
    int some_engine() { return static_cast<int>(random_.between(0, engines - 1)); }
    // Once nothing goes wrong any more everything ends, and everybody has the same.
    void settle() {
        referee_.brokers.faults = {};
        referee_.brokers.answers = true;
        int rounds = 0;
        for (int quiet = 0; quiet < 3 && !referee_.violation;) {
            if (++rounds == 2'000) return referee_.violate("it does not end");
            bool any = referee_.brokers.is_awaited();
            if (random_.one_in(8)) referee_.brokers.arrive();
            for (auto& engine : engines_) any |= engine->go_well();
            referee_.judge();
            quiet = any || !referee_.is_all_answered() ? 0 : quiet + 1;
        }
        for (auto& engine : engines_)
            if (!referee_.violation) engine->compare();
    }

    std::size_t told_ = 0;
    Random random_;
    Referee referee_;
    std::array<std::unique_ptr<Rival>, engines> engines_;
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
    EXPECT_GT(told, 50'000U);
    EXPECT_GT(passed_over, 10'000U);
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
