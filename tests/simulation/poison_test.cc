// An engine that dies of what it decides: a stream's state is broken, so that an assert ends the
// process, and each death is that of a child. At the third time the engine lives, and says why.
#include <sys/mman.h>

#include "engine/runtime/rows.h"
#include "engine/wire/state.h"
#include "tests/support/driven_engine.h"
#include "tests/support/sold.h"

namespace holdfast {
namespace {

// What a child writes here its parent reads.
class SharedMemory {
public:
    SharedMemory()
        : memory_(::mmap(nullptr, Deciding::bytes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        EXPECT_NE(memory_, MAP_FAILED);
    }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory() { ::munmap(memory_, Deciding::bytes); }
    std::span<std::byte> bytes() { return {static_cast<std::byte*>(memory_), Deciding::bytes}; }

private:
    void* memory_;
};

class Poison : public testing::Test {
protected:
    Poison() {
        shop.deciding = memory_.bytes();
        shop.crash();
        shop.post<Stock>("main", "@main", stock::SetLocation{main_, {}, known<Priority>(0), true});
        shop.run();
        for (const auto* sku : {"cup", "pot"}) {
            shop.post<Stock>(std::string("receive-") + sku, sku,
                             stock::Receive{known<MovementId>("m1"), main_, pieces(9)});
            shop.post<Stock>(std::string("reserve-") + sku, sku, reserve());
        }
        shop.run();
    }
    static stock::Command reserve() {
        return stock::Reserve{known<ReservationId>("r1"), pieces(2), {}, {}, {}, {}};
    }
    static stock::Command release() {
        return stock::Release{known<ReservationId>("r1"), {}, {}, {}};
    }

    // As if nothing had ever been promised of the SKU: giving a promise up is then impossible.
    void break_state_of(const std::string& sku) {
        shop.state();
        const auto row = stream_row(shop.engine().partition_of(Stock::number, sku), sku);
        const std::vector<std::string> keys{row};
        const auto stored = shop.store.get(keys).value().front().value();
        std::string_view bytes = stored;
        const auto version = wire::decode<Version>(bytes);
        const auto due = wire::decode<std::optional<Time>>(bytes);
        auto state = wire::from_state_bytes<stock::State>(bytes).value();
        for (auto& shelf : state.shelves) shelf.reserved = shelf.committed = no_units;
        std::string broken;
        wire::encode(broken, *version);
        wire::encode(broken, *due);
        wire::encode(broken, state);
        ASSERT_TRUE(shop.store.ingest({{row, broken}}));
        shop.crash();
    }
    // As if the order had its payments already, though it was never begun: it cannot have more.
    void break_order(const OrderId& order) {
        shop.state();
        const auto key = std::string(order.raw());
        order::State state;
        state.payments.assign(payments_max, {order::payment_of(order, 1), by_token(1)});
        std::string broken;
        wire::encode(broken, Version{0});
        wire::encode(broken, std::optional<Time>());
        wire::encode(broken, state);
        const auto at = shop.engine().partition_of(Order::number, key);
        ASSERT_TRUE(shop.store.ingest({{stream_row(at, key), broken}}));
        shop.crash();
    }
    void complete(const std::string& order) {
        shop.post<Cart>(
            "complete-" + order, "c1",
            cart::Complete{known<OrderId>(order), pounds(300), {by_token(300, "tok_approve")}});
        drive();
    }
    void drive() {
        for (int quiet = 0, round = 0; quiet < 3; ++round) {
            quiet = shop.step() ? 0 : quiet + 1;
            ASSERT_LT(round, 1'000) << "it never ends";
        }
    }
    // Each death is a child's; what it had not made durable is not there for the next.
    void die_twice_of(const std::function<void()>& act) {
        for (int death = 0; death < 2; ++death) {
            EXPECT_DEATH(act(), "Assert");
            shop.crash();
        }
        ASSERT_EQ(shop.engine().deaths().size(), 1U);
        EXPECT_EQ(shop.engine().deaths().front().times, 2U);
    }
    // visit(decision) of every one in the partition of a stream.
    template <class C, class Visit> void each(const std::string& stream, Visit visit) {
        const auto at = shop.engine().partition_of(C::number, stream);
        for (Sequence from = 0; from < shop.log.durable(at);) {
            const auto stored = shop.log.read(at, from).value();
            wire::open(*stored.blob)->each([&](Sequence, wire::RecordView record) {
                if (record.kind != fb::RecordKind::decision) return true;
                visit(wire::read_decision<C>(record.bytes).value());
                return true;
            });
            from = stored.first + stored.count;
        }
    }
    // In the partition of that stream.
    template <class C = Stock> std::optional<wire::Decision<C>> poison(const std::string& stream) {
        std::optional<wire::Decision<C>> found;
        each<C>(stream, [&](const wire::Decision<C>& decision) {
            if (decision.header.outcome == fb::Outcome::poison) found = decision;
        });
        return found;
    }
    template <class C, class Event> std::vector<Event> events(const std::string& stream) {
        std::vector<Event> found;
        each<C>(stream, [&](const wire::Decision<C>& decision) {
            if (decision.header.outcome != fb::Outcome::accepted) return;
            for (const auto& part : decision.parts)
                for (const auto& event : *part.decided)
                    if (const auto* one = std::get_if<Event>(&event); one && part.key == stream)
                        found.push_back(*one);
        });
        return found;
    }
    template <class C, class Event> bool happened(const std::string& stream) {
        return !events<C, Event>(stream).empty();
    }
    stock::Command undecided(const wire::Decision<Stock>& decision) {
        return wire::read_command<Stock>(std::as_bytes(std::span(decision.header.raw)))
            ->parts.front()
            .command;
    }

    const LocationId main_ = known<LocationId>("main");
    SharedMemory memory_;
    DrivenEngine shop{1, 1};
};

TEST_F(Poison, refuses_a_command_at_which_the_process_died_twice) {
    break_state_of("cup");
    die_twice_of([this] {
        shop.post<Stock>("release", "cup", release());
        drive();
    });
    shop.post<Stock>("release", "cup", release());
    shop.post<Stock>("release-pot", "pot", release());
    drive();
    const auto refused = shop.decision<Stock>("release");
    EXPECT_EQ(refused.header.outcome, fb::Outcome::poison);
    EXPECT_TRUE(refused.parts.empty());
    EXPECT_TRUE(std::holds_alternative<stock::Release>(undecided(refused)));
    EXPECT_EQ(shop.decision<Stock>("release-pot").header.outcome, fb::Outcome::accepted);
}

TEST_F(Poison, answers_a_repeat_of_what_it_refused_from_the_record) {
    break_state_of("cup");
    die_twice_of([this] {
        shop.post<Stock>("release", "cup", release());
        drive();
    });
    shop.post<Stock>("release", "cup", release());
    drive();
    const auto first = shop.answers.at("release").sequence;
    shop.deciding = {};
    shop.crash();
    shop.post<Stock>("release", "cup", release());
    drive();
    EXPECT_EQ(shop.answers.at("release").how, Taken::repeated);
    EXPECT_EQ(shop.answers.at("release").sequence, first);
}

TEST_F(Poison, decides_again_what_it_died_of_once) {
    EXPECT_DEATH(
        {
            break_state_of("cup");
            shop.post<Stock>("release", "cup", release());
            drive();
        },
        "Assert");
    shop.crash();  // the state was broken in the child's memory alone
    ASSERT_EQ(shop.engine().deaths().size(), 1U);
    shop.post<Stock>("release", "cup", release());
    drive();
    EXPECT_EQ(shop.decision<Stock>("release").header.outcome, fb::Outcome::accepted);
    shop.crash();
    EXPECT_EQ(shop.engine().deaths().front().times, 1U);
}

TEST_F(Poison, leaves_a_timer_alone_that_it_died_of_twice_and_fires_the_others) {
    break_state_of("cup");
    shop.clock.pass(shop.policy.reservation_ttl_ms.raw());
    die_twice_of([this] { drive(); });
    drive();
    const auto refused = poison("cup");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->header.origin.source, fb::Source::timer);
    EXPECT_TRUE((happened<Stock, stock::Expired>("pot")));
    EXPECT_FALSE((happened<Stock, stock::Expired>("cup")));
}

TEST_F(Poison, goes_on_behind_a_follow_up_that_it_died_of_twice) {
    const auto order = known<OrderId>("c1");
    shop.post<Cart>("open", "c1", cart::Open{gbp(), {}, {}, {line("1", "cup", 3, 100)}, {}, {}});
    shop.run();
    shop.post<Cart>("complete", "c1",
                    cart::Complete{order, pounds(300), {by_token(300, "tok_approve")}});
    shop.run();
    break_state_of("cup");
    die_twice_of([this] {
        shop.post<Order>("cancel", "c1", order::Cancel{known<CancellationId>("x"), {}});
        drive();
    });
    shop.post<Order>("cancel", "c1", order::Cancel{known<CancellationId>("x"), {}});
    drive();
    const auto refused = poison("cup");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->header.origin.source, fb::Source::follow_up);
    EXPECT_TRUE(std::holds_alternative<stock::Release>(undecided(*refused)));
    // What the order says next is heard: the number that was refused is not waited for.
    shop.post<Cart>("open-2", "c2", cart::Open{gbp(), {}, {}, {line("1", "pot", 3, 100)}, {}, {}});
    drive();
    shop.post<Cart>(
        "complete-2", "c2",
        cart::Complete{known<OrderId>("c2"), pounds(300), {by_token(300, "tok_approve")}});
    drive();
    EXPECT_TRUE((happened<Order, order::Confirmed>("c2")));
    EXPECT_TRUE((happened<Stock, stock::Committed>("pot")));
}

// The cart hears nothing of its order, asks, and is open again, wherever the engine dies meanwhile.
TEST_F(Poison, opens_a_cart_again_whose_order_never_began) {
    shop.post<Cart>("open", "c1", cart::Open{gbp(), {}, {}, {line("1", "cup", 3, 100)}, {}, {}});
    shop.run();
    break_order(known<OrderId>("lost"));
    die_twice_of([this] { complete("lost"); });
    complete("lost");
    const auto refused = poison<Order>("lost");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->header.origin.source, fb::Source::follow_up);
    const auto frozen = events<Cart, cart::Frozen>("c1");
    ASSERT_EQ(frozen.size(), 1U);
    shop.post<Cart>("discard", "c1", cart::Discard{});
    drive();
    EXPECT_EQ(shop.decision<Cart>("discard").header.outcome, fb::Outcome::refused);

    const auto now = [this] { return shop.clock.now_ms(); };
    shop.clock.pass(frozen.front().frozen_until_ms.raw() - 1 - now());
    drive();
    EXPECT_FALSE((happened<Cart, cart::OrderAsked>("c1")));
    shop.clock.pass(1);
    for (int death = 0; death < 10; ++death) {
        shop.step();
        shop.crash();
    }
    drive();
    EXPECT_EQ((events<Cart, cart::OrderAsked>("c1").size()), 1U);
    const auto unfrozen = events<Cart, cart::Unfrozen>("c1");
    ASSERT_EQ(unfrozen.size(), 1U);
    EXPECT_EQ(unfrozen.front().why, cart::Thaw::order_never_began);

    complete("found");
    EXPECT_TRUE((happened<Order, order::Confirmed>("found")));
    EXPECT_TRUE((happened<Cart, cart::Converted>("c1")));
    shop.clock.pass(10 * shop.policy.checkout_ms.raw());
    drive();
    EXPECT_EQ((events<Cart, cart::OrderAsked>("c1").size()), 1U) << "its deadline is gone";
    EXPECT_FALSE((happened<Order, order::Begun>("lost")));
}

TEST_F(Poison, leaves_no_order_where_a_cart_asked_after_one) {
    const auto lost = known<OrderId>("lost");
    shop.post<Order>("ask", "lost", order::NoteCartWaits{known<CartId>("c1")});
    drive();
    const auto asked = shop.decision<Order>("ask");
    EXPECT_EQ(asked.header.outcome, fb::Outcome::refused);
    EXPECT_EQ(asked.header.follow_ups.size(), 1U);
    const auto row = stream_row(shop.engine().partition_of(Order::number, "lost"), "lost");
    EXPECT_FALSE(shop.state().contains(row));
    shop.post<Order>("begin", "lost",
                     order::Begin{lost,
                                  {},
                                  gbp(),
                                  {},
                                  {},
                                  {line("1", "cup", 3, 100)},
                                  {},
                                  {by_token(300, "tok_approve")},
                                  amount(300),
                                  {}});
    drive();
    EXPECT_TRUE((happened<Order, order::Confirmed>("lost")));
}

}  // namespace
}  // namespace holdfast
