// Random changes to a cart, against the rule that a cart is always one an order could be made of.
#include <algorithm>

#include <gtest/gtest.h>

#include "engine/domain/contexts.h"
#include "engine/domain/sale_rules.h"
#include "tests/support/random.h"
#include "tests/support/sold.h"

namespace holdfast::cart {
namespace {

class World {
public:
    explicit World(std::uint64_t sequence) : random_(sequence) {
        EXPECT_TRUE(take(Open{gbp(), {}, {}, {}, {}, {}}));
    }

    void change() {
        switch (random_.between(1, 10)) {
            case 1: return remove_a_line();
            case 2: return set_charges();
            case 3: return complete();
            default: return set_a_line();
        }
    }
    int accepted = 0, refused = 0;

private:
    Line some_line() {
        const auto many = random_.one_in(3) ? 10'000'000 : 5;
        const auto dear = random_.one_in(6) ? amount_max / 3 : 50;
        auto sold = line(random_.name("line-", 8), random_.name("sku-", 3),
                         random_.between(1, many), random_.between(0, dear));
        if (random_.one_in(4)) sold = with_discount(sold, random_.between(0, 100));
        if (random_.one_in(4)) sold = with_tax(sold, random_.between(0, 100));
        if (random_.one_in(3)) sold = with_reservation(sold, random_.name("r-", 2));
        if (random_.one_in(9)) sold = untracked(sold);
        return sold;
    }
    // What is wrong with a copy of everything must be what is said in one pass over the cart.
    void set_a_line() {
        const auto added = some_line();
        auto lines = state_.lines;
        const auto same = std::ranges::find(lines, added.line, &Line::line);
        if (same == lines.end())
            lines.push_back(added);
        else
            *same = added;
        const auto found = fault_in(lines, state_.charges);
        const auto decided = take(SetLine{added});
        ASSERT_EQ(decided.has_value(), !found);
        if (decided) {
            ASSERT_EQ(state_.lines, lines);
        }
    }
    void remove_a_line() {
        const auto id = known<LineId>(random_.name("line-", 8));
        const auto before = state_.lines.size();
        const auto decided = take(RemoveLine{id});
        ASSERT_EQ(state_.lines.size(), before - decided.has_value());
        ASSERT_EQ(std::ranges::find(state_.lines, id, &Line::line), state_.lines.end());
    }
    void set_charges() {
        std::vector<Charge> charges;
        for (auto n = random_.between(0, 3); n > 0; --n)
            charges.push_back(shipping(random_.name("charge-", 5),
                                       random_.between(0, random_.one_in(9) ? amount_max : 500)));
        const auto found = fault_in(state_.lines, charges);
        const auto decided = take(SetDetails{{}, {}, charges, {}});
        ASSERT_EQ(decided.has_value(), !found);
    }
    void complete() {
        if (state_.lines.empty()) return;
        const auto total = *total_of(state_.lines, state_.charges);
        const auto order = known<OrderId>("order-" + std::to_string(++orders_));
        std::vector<Tender> payments;
        auto left = total.raw();
        while (left > 0) {
            const auto part = payments.size() == 9 ? left : random_.between(1, left);
            payments.push_back(by_token(part));
            left -= part;
        }
        const auto lines = state_.lines;
        const auto frozen = take(Complete{order, {total, gbp()}, payments});
        ASSERT_TRUE(frozen) << "a cart can always be completed at its own total";
        ASSERT_EQ(std::get<Frozen>(frozen->front()).total, total);
        for (int n = 0; n < 5; ++n) ASSERT_FALSE(take(SetLine{some_line()}));
        ASSERT_EQ(state_.lines, lines);
        wait_for(order);
        ASSERT_EQ(state_.lines, lines);
        ASSERT_TRUE(take(Unfreeze{order, Thaw::order_was_given_up}));
        ASSERT_EQ(deadline(state_), std::nullopt);
        expect_no_effect(AskOrder{});
    }
    // It asks exactly when its time has come, and listens to no order but its own.
    void wait_for(const OrderId& order) {
        const auto stranger = known<OrderId>("order-" + std::to_string(random_.between(0, 9)));
        for (auto n = random_.between(0, 9); n > 0; --n) {
            now_ = later(now_, known<Duration>(random_.between(1, 1'000'000)));
            const auto due = deadline(state_);
            ASSERT_TRUE(due);
            const auto asked = take(on_deadline(state_));
            ASSERT_EQ(asked->size(), *due <= now_ ? 1U : 0U);
            ASSERT_EQ(deadline(state_) != due, *due <= now_);
            ASSERT_GT(*deadline(state_), now_);
            if (stranger == order) continue;
            expect_no_effect(Convert{stranger});
            expect_no_effect(Unfreeze{stranger, Thaw::order_never_began});
        }
    }
    void expect_no_effect(const Command& command) {
        const auto decided = take(command);
        ASSERT_TRUE(decided && decided->empty());
    }
    Decision take(const Command& command) {
        const auto decided = decide(state_, command, {now_, 8, policy_, locations_});
        ++(decided ? accepted : refused);
        if (!decided) return decided;
        for (const auto& event : *decided) evolve(state_, event);
        EXPECT_EQ(broken_rule(state_), std::nullopt);
        return decided;
    }

    Random random_;
    Policy policy_;
    Time now_ = known<Time>(0);
    stock::Locations locations_;
    State state_;
    int orders_ = 0;
};

TEST(Cart, is_always_one_that_an_order_could_be_made_of) {
    int accepted = 0, refused = 0;
    for (std::uint64_t run = 0; run < 500 && !HasFailure(); ++run) {
        World world(run);
        for (int step = 0; step < 60 && !HasFailure(); ++step) world.change();
        accepted += world.accepted;
        refused += world.refused;
    }
    EXPECT_GT(accepted, 5'000);
    EXPECT_GT(refused, 5'000);
}

}  // namespace
}  // namespace holdfast::cart
