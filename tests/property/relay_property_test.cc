// What outsiders are told of random work, by relays that die, stall, are put out by each other,
// lose their rows, and meet feeds and stores that do not answer: the same as one relay tells that
// nothing ever happened to.
#include "engine/adapters/simulated/simulated_feeds.h"
#include "engine/adapters/simulated/simulated_stores.h"
#include "projections/relay.h"
#include "tests/property/shopping.h"
#include "tests/support/teller.h"

namespace holdfast::projections {
namespace {

using simulated::FeedTopics;
using simulated::SimulatedFeeds;
using simulated::SimulatedViewStore;

constexpr std::uint64_t runs = 60;
constexpr int steps = 250;
const Relay::Settings settings{
    .name_space = "shop", .partitions = Teller::partitions, .records_max = 5};

// What each key of each feed was told, in order.
using Heard = std::map<std::string, std::vector<std::string>>;
Heard heard(const FeedTopics& topics) {
    Heard all;
    for (const auto& [partition, feeds] : topics.partitions)
        for (std::size_t feed = 0; feed < feeds_count; ++feed)
            for (const auto& record : feeds.feeds[feed])
                all[std::to_string(feed) + " " + record.key].push_back(record.value);
    return all;
}

// The shop's history as a log, in any order in which its partitions could have written it.
class Retelling : public Teller {
public:
    Retelling(const Conversation& shop, Random& random) : shop_(shop), random_(random) {
        for (std::uint16_t p = 0; p < partitions; ++p)
            for (std::uint8_t context = 1; context <= contexts_count; ++context)
                tell_genesis({context, p});
    }
    // Some more of it; false: that was all.
    bool tell_some() {
        for (int i = 0; i < 5; ++i) {
            const auto before = told();
            switch (random_.between(1, 4)) {
                case 1: tell_next<Stock>(); break;
                case 2: tell_next<Order>(); break;
                case 3: tell_next<Payment>(); break;
                default: tell_next<Fulfillment>(); break;
            }
            if (told() == before && is_over()) return false;
        }
        return true;
    }

private:
    template <class C> void tell_next() {
        auto& next = next_[C::number];
        const auto& history = shop_.history<C>();
        if (next == history.size()) return;
        const auto& [key, event] = history[next++];
        header.at_ms = known<Time>(1'000 + static_cast<std::int64_t>(told()));
        tell<C>(key.raw(), {event});
    }
    std::size_t told() const { return next_[1] + next_[3] + next_[4] + next_[5]; }
    bool is_over() const {
        return next_[1] == shop_.history<Stock>().size() &&
               next_[3] == shop_.history<Order>().size() &&
               next_[4] == shop_.history<Payment>().size() &&
               next_[5] == shop_.history<Fulfillment>().size();
    }

    const Conversation& shop_;
    Random& random_;
    std::array<std::size_t, contexts_count + 1> next_{};
};

// An engine, as far as it relays.
class Engine {
public:
    Engine(const EventLog& log, FeedTopics& topics, Random& random)
        : log_(log), topics_(topics), random_(random), store_(random.next()) {
        restart();
    }
    void restart() {
        store_.crash();
        feeds_ = std::make_unique<SimulatedFeeds>(topics_, random_.next(), 60);
        relay_ = std::make_unique<Relay>(log_, store_, *feeds_, settings);
    }
    void lose_everything() {
        store_ = SimulatedViewStore(random_.next());
        restart();
    }
    void step() {
        store_.set_faults({.read_unavailable = 5, .write_unavailable = 20});
        const auto partition =
            static_cast<std::uint16_t>(random_.between(0, settings.partitions - 1));
        switch (random_.between(1, 40)) {
            case 1: return restart();
            case 2: return lose_everything();
            case 3:
            case 4:
            case 5:
            case 6: static_cast<void>(relay_->follow(partition)); return;
            default: static_cast<void>(relay_->lead(partition)); return;
        }
    }
    // All of it, by this one.
    void finish() {
        store_.set_faults({});
        feeds_->set_unavailable(0);
        for (std::uint16_t partition = 0; partition < settings.partitions; ++partition)
            for (int in_vain = 0; in_vain < 3;) {
                const auto moved = relay_->lead(partition);
                if (!moved || !*moved) ++in_vain;  // put out, once at most, or at the end
            }
        for (std::uint16_t partition = 0; partition < settings.partitions; ++partition)
            EXPECT_EQ(relay_->behind(partition), 0U);
    }

private:
    const EventLog& log_;
    FeedTopics& topics_;
    Random& random_;
    SimulatedViewStore store_;
    std::unique_ptr<SimulatedFeeds> feeds_;
    std::unique_ptr<Relay> relay_;
};

TEST(Relay, tells_everything_once_and_in_order_whatever_happens_to_it) {
    for (std::uint64_t run = 0; run < runs && !::testing::Test::HasFailure(); ++run) {
        Random random(run);
        const Policy policy;
        Conversation shop(random, Teller::partitions, policy);
        SeededGateway gateway(random, shop);
        Shopping shopping(random, shop, gateway);
        shopping.open_the_shop();
        for (int step = 0; step < steps; ++step) shopping.step();
        shopping.finish();

        Retelling log(shop, random);
        FeedTopics topics;
        Engine one(log.log, topics, random), other(log.log, topics, random);
        for (bool more = true; more;) {
            more = log.tell_some();
            for (auto n = random.between(0, 6); n > 0; --n)
                random.one_in(3) ? other.step() : one.step();
        }
        (random.one_in(2) ? one : other).finish();

        FeedTopics expected;
        Engine undisturbed(log.log, expected, random);
        undisturbed.finish();
        const auto told = heard(topics), all = heard(expected);
        EXPECT_GT(all.size(), 10U);
        EXPECT_EQ(told.size(), all.size());
        for (const auto& [key, values] : all)
            ASSERT_EQ(told.at(key), values) << key << ", run " << run;
        for (const auto& [key, values] : all)
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto digits = std::to_string(i + 1);
                ASSERT_NE(values[i].find("\"sequence\":\"" + std::string(10 - digits.size(), '0') +
                                         digits + "\""),
                          std::string::npos)
                    << key << ", message " << i + 1 << ": " << values[i];
            }
    }
}

}  // namespace
}  // namespace holdfast::projections
