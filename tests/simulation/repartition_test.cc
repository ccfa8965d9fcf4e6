// A history in other partitions is the same shop, and an engine goes on with it there.
#include "replay/repartition.h"

#include <csignal>

#include <gmock/gmock.h>

#include "engine/domain/partition.h"
#include "tests/golden/story.h"
#include "tests/support/driven_shop.h"
#include "tests/support/failing_log.h"
#include "tests/support/moved.h"

namespace holdfast::replay {
namespace {

using simulated::SimulatedLog;
using simulated::SimulatedStateStore;
using testing::HasSubstr;

using Counts = std::initializer_list<std::uint16_t>;
const std::vector<std::string> skus{"A", "B", "C", "D", "E", "F", "G", "H"};

std::vector<Bytes> bytes_of(const EventLog& log) {
    std::vector<Bytes> batches;
    const auto partitions = partitions_of(log).value();
    for (const auto at : partitions)
        for (Sequence next = 0; next < log.durable(at);) {
            const auto stored = log.read(at, next).value();
            batches.push_back(*stored.blob);
            next += stored.count;
        }
    return batches;
}
// Eight SKUs, so that an order's are several in each partition; one order sold, one refused, one
// reservation and one cart open.
class Repartition : public testing::Test {
protected:
    Repartition() {
        for (const auto& sku : skus) receive(shop, sku, 500);
        sell("c1", "tok_approve");
        sell("c2", "tok_decline");
        fill_cart(shop, "c3", {line("A", 1, 100)});
        hold("hold", "A", 2);
        shop.run();
    }
    void sell(const std::string& cart, std::string_view token) {
        std::vector<Line> lines;
        for (const auto& sku : skus) lines.push_back(line(sku, 1, 100));
        fill_cart(shop, cart, lines);
        complete(shop, cart, 100 * static_cast<std::int64_t>(skus.size()), token);
        shop.run();
    }
    void hold(const std::string& key, const std::string& sku, std::int64_t quantity) {
        shop.post<Stock>(
            key, sku,
            stock::Reserve{id<ReservationId>(key), known<Quantity>(quantity), {}, {}, {}, {}});
    }
    template <class C, class E> std::size_t count(const std::string& stream) {
        return events<C, E>(shop, stream).size();
    }

    DrivenEngine shop{1};
};

TEST(RepartitionOfAStory, has_every_stream_as_it_was_and_comes_back) {
    golden::Story story;
    story.tell();
    for (const auto partitions : Counts{1, 2, 3, 4, 5, 7}) {
        SCOPED_TRACE(partitions);
        SimulatedLog there(1), again(2), back(3);
        const auto copied = moved(story.shop().log, there, partitions);
        ASSERT_TRUE(copied) << copied.error().detail;
        EXPECT_EQ(copied->found, 0U);
        EXPECT_EQ(genesis_of(there, Stock::number).value()->generation, 2U);
        EXPECT_EQ(partitions_of(there)->size(), std::size_t{contexts_count} * partitions);
        expect_the_same_streams(story.shop().log, there);
        ASSERT_TRUE(moved(story.shop().log, again, partitions));
        EXPECT_EQ(bytes_of(there), bytes_of(again));
        ASSERT_TRUE(moved(there, back, 4));
        EXPECT_EQ(genesis_of(back, Stock::number).value()->generation, 3U);
        expect_the_same_streams(story.shop().log, back);
    }
}

TEST(RepartitionOfAStory, goes_on_where_it_was_interrupted_whichever_batch_that_was) {
    golden::Story story;
    story.tell();
    SimulatedLog whole(1);
    ASSERT_TRUE(moved(story.shop().log, whole, 3));
    const auto bytes = bytes_of(whole);
    int batch = 1;
    for (bool is_interrupted = true; is_interrupted; ++batch) {
        SimulatedLog log(2);
        int left = batch;
        log.on_waiting([&] {
            if (--left == 0) std::raise(SIGINT);
        });
        const auto first = moved(story.shop().log, log, 3);
        is_interrupted = !first;
        if (first) break;
        EXPECT_THAT(first.error().detail, HasSubstr("interrupted in "));
        const auto again = moved(story.shop().log, log, 3);
        ASSERT_TRUE(again) << again.error().detail;
        EXPECT_NE(again->found, 0U);
        ASSERT_EQ(bytes_of(log), bytes) << "interrupted at batch " << batch;
    }
    EXPECT_GT(batch, 10);
}

TEST(RepartitionOfAStory, is_whole_after_any_failures_of_the_other_log) {
    golden::Story story;
    story.tell();
    SimulatedLog whole(1);
    ASSERT_TRUE(moved(story.shop().log, whole, 5));
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const auto log = copied_despite_failures(
            seed, [&](SimulatedLog& to) { return moved(story.shop().log, to, 5).has_value(); });
        EXPECT_EQ(bytes_of(log), bytes_of(whole));
    }
}

TEST_F(Repartition, is_what_an_engine_goes_on_with) {
    for (const auto partitions : Counts{3, 1, 4, 5}) {
        SCOPED_TRACE(partitions);
        move_to(shop, partitions);
        const auto before = shop.log.end({Stock::number, 0});
        shop.post<Stock>("receive-A", "A", holdfast::receive(5));
        shop.post<Cart>("complete-c1", "c1", holdfast::complete("c1", 800, "tok_approve"));
        shop.run();
        EXPECT_EQ(shop.answers.at("receive-A").how, Taken::repeated);
        EXPECT_EQ(shop.answers.at("complete-c1").how, Taken::repeated);
        EXPECT_EQ((events<Stock, stock::Received>(shop, "A").size()), 1U);
        EXPECT_EQ(shop.log.end({Stock::number, 0}), before) << "nothing is said again";
    }
    sell("c4", "tok_approve");
    EXPECT_EQ((count<Order, order::Confirmed>("c4")), 1U);
    EXPECT_EQ((count<Stock, stock::Committed>("H")), 2U);
    EXPECT_EQ((count<Stock, stock::Expired>("A")), 0U);
    shop.clock.pass(shop.policy.reservation_ttl_ms.raw());
    shop.run();
    EXPECT_EQ((count<Stock, stock::Expired>("A")), 1U);
    const auto rows = shop.state();
    shop.store = SimulatedStateStore(1);
    shop.crash();
    EXPECT_EQ(shop.state(), rows);
}

// Each half of a checkout in its turn: what is open goes on, whatever it waits for.
TEST_F(Repartition, is_refused_while_something_was_said_and_not_heard) {
    int refusals = 0;
    for (std::size_t parts = 1; parts < 60; ++parts) {
        const auto cart = "p" + std::to_string(parts);
        fill_cart(shop, cart, {line("A", 1, 100), line("B", 1, 100)});
        complete(shop, cart, 200, "tok_approve");
        for (std::size_t i = 0; i < parts; ++i) shop.part(i);
        shop.kill();
        if (const auto contents = contents_of(shop.log); !contents) {
            ++refusals;
            EXPECT_EQ(contents.error().code, Error::refused);
            EXPECT_THAT(contents.error().detail, HasSubstr("which has taken"));
            EXPECT_THAT(contents.error().detail, HasSubstr("is not drained"));
        }
        shop.start();
        shop.run();
        const auto at_rest = contents_of(shop.log);
        ASSERT_TRUE(at_rest) << at_rest.error().detail;
    }
    EXPECT_GT(refusals, 5);
}

TEST_F(Repartition, goes_on_with_a_checkout_that_waits_for_its_gateway) {
    fill_cart(shop, "c5", {line("C", 1, 100), line("D", 1, 100)});
    complete(shop, "c5", 200, "tok_unknown_then_approve");
    shop.run();
    ASSERT_EQ((count<Order, order::Confirmed>("c5")), 0U);
    move_to(shop, 3);
    shop.clock.pass(shop.policy.gateway_ms.raw());
    shop.run();
    EXPECT_EQ((count<Order, order::Confirmed>("c5")), 1U);
}

TEST_F(Repartition, keeps_which_settings_each_decision_was_made_under) {
    shop.policy.checkout_ms = known<Duration>(60'000);
    shop.crash();
    sell("c6", "tok_approve");
    shop.policy = Policy{};
    shop.crash();
    sell("c7", "tok_approve");
    const auto checkout_ms = [&](const std::string& cart) {
        const auto at = shop.engine().partition_of(Cart::number, cart);
        std::map<std::uint32_t, Policy> policies;
        std::optional<Policy> found;
        for (Sequence next = 0; next < shop.log.durable(at);) {
            const auto stored = shop.log.read(at, next).value();
            wire::open(*stored.blob)->each([&](Sequence, wire::RecordView record) {
                if (record.kind == fb::RecordKind::open) {
                    const auto policy = wire::read_open(record.bytes)->policy;
                    EXPECT_TRUE(policies.emplace(policy.number, policy).second);
                }
                if (record.kind != fb::RecordKind::decision) return true;
                const auto decision = wire::read_decision<Cart>(record.bytes).value();
                if (decision.parts.front().key == cart && !found)
                    found = policies.at(decision.header.policy);
                return true;
            });
            next += stored.count;
        }
        return found->checkout_ms.raw();
    };
    for (const auto partitions : Counts{1, 3}) {
        move_to(shop, partitions);
        EXPECT_EQ(checkout_ms("c1"), Policy{}.checkout_ms.raw());
        EXPECT_EQ(checkout_ms("c6"), 60'000);
        EXPECT_EQ(checkout_ms("c7"), Policy{}.checkout_ms.raw());
    }
}

TEST_F(Repartition, has_each_change_of_a_location_once_in_every_partition) {
    for (const bool accepts : {false, true, false}) {
        shop.post<Stock>(accepts ? "on" : "off" + std::to_string(shop.clock.now_ms()), "@main",
                         stock::SetLocation{warehouse, {}, known<Priority>(7), accepts});
        shop.run();
        shop.clock.pass(1'000);
    }
    for (const auto partitions : Counts{1, 6, 3}) {
        move_to(shop, partitions);
        for (std::uint16_t p = 0; p < partitions; ++p) {
            std::size_t changes = 0, told = 0;
            for (Sequence next = 0; next < shop.log.durable({Stock::number, p});) {
                const auto stored = shop.log.read({Stock::number, p}, next).value();
                wire::open(*stored.blob)->each([&](Sequence, wire::RecordView record) {
                    if (record.kind != fb::RecordKind::decision) return true;
                    const auto decision = wire::read_decision<Stock>(record.bytes).value();
                    if (decision.parts.front().key != "@main") return true;
                    changes += decision.parts.front().decided->size();
                    told += decision.header.origin.source == fb::Source::follow_up;
                    return true;
                });
                next += stored.count;
            }
            EXPECT_EQ(changes, 4U) << p;
            const bool is_home = holdfast::partition_of("@main", partitions) == p;
            EXPECT_EQ(told, is_home ? 0U : 4U) << p;
        }
    }
    // What holds now holds in all of them.
    shop.post<Stock>("none", "B",
                     stock::Reserve{id<ReservationId>("none"), known<Quantity>(1), {}, {}, {}, {}});
    shop.run();
    EXPECT_EQ(shop.decision<Stock>("none").header.outcome, fb::Outcome::refused);
}

TEST_F(Repartition, that_is_not_whole_is_refused_by_an_engine) {
    shop.kill();
    const auto before = std::exchange(shop.log, SimulatedLog(2));
    int left = 8;
    shop.log.on_waiting([&] {
        if (--left == 0) std::raise(SIGINT);
    });
    ASSERT_FALSE(moved(before, shop.log, 3));
    shop.log.on_waiting([] {});
    shop.store = SimulatedStateStore(2);
    shop.settings.partitions = 3;
    const auto started = shop.try_start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Error::refused);
    EXPECT_THAT(started.error().detail, HasSubstr("is empty, and others are of generation 2"));
    ASSERT_TRUE(moved(before, shop.log, 3));
    shop.start();
}

TEST_F(Repartition, is_refused_by_another_history_and_by_more_of_the_same) {
    SimulatedLog log(2);
    ASSERT_TRUE(moved(shop.log, log, 3));
    const auto expect_refused = [&](const EventLog& from, std::uint16_t partitions) {
        std::uint64_t appended = 0;
        log.on_waiting([&] { ++appended; });
        const auto refused = moved(from, log, partitions);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Error::refused);
        EXPECT_THAT(refused.error().detail, HasSubstr("has another history in "));
        EXPECT_EQ(appended, 0U);
    };
    expect_refused(shop.log, 2);
    expect_refused(shop.log, 4);
    DrivenEngine other(1);
    receive(other, "B", 1);
    expect_refused(other.log, 3);
    sell("c8", "tok_approve");
    expect_refused(shop.log, 3);  // what was full then is another batch now
}

TEST_F(Repartition, of_a_damaged_history_names_the_record) {
    shop.log.damage({Order::number, 0}, 0);
    SimulatedLog log(2);
    const auto stopped = moved(shop.log, log, 3);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Error::damaged);
    EXPECT_THAT(stopped.error().detail, HasSubstr("order 0, record 0"));
}

TEST_F(Repartition, that_lacks_a_stream_is_found) {
    SimulatedLog log(2);
    ASSERT_TRUE(moved(shop.log, log, 3));
    shop.post<Stock>("receive-I", "I", holdfast::receive(5));
    shop.run();
    Watch watch(false);
    const auto verified = verify(log, contents_of(shop.log).value(), watch);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().detail, "the copy is not what it was made of: stock I is missing");
}

}  // namespace
}  // namespace holdfast::replay
