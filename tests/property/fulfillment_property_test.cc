// Random work on a fulfillment, against a naive model that keeps each unit by itself.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/domain/contexts.h"
#include "tests/support/random.h"
#include "tests/support/sold.h"

namespace holdfast::fulfillment {
namespace {

enum class Unit { waiting, sent, cancelled };

class World {
public:
    explicit World(std::uint64_t sequence) : random_(sequence) {
        for (auto n = random_.between(1, 6); n > 0; --n) {
            const auto line = known<LineId>("line-" + std::to_string(n));
            const auto quantity = random_.between(1, 5);
            requested_.items.push_back({line, known<Sku>("mug"), pieces(quantity)});
            units_[line].resize(static_cast<std::size_t>(quantity), Unit::waiting);
        }
        take(requested_);
    }
    void live(int steps) {
        for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) work();
    }
    void end() {
        take(Ship{known<ShipmentId>("the-rest"), {}, {}, {}});
        ASSERT_EQ(left(), 0);
        ASSERT_EQ(state_.stage, Stage::ended);
        ASSERT_EQ(ended_, 1);
        State replayed;
        for (const auto& event : history_) evolve(replayed, event);
        ASSERT_EQ(replayed.members(), state_.members());
    }

private:
    std::int64_t count(const LineId& line, Unit what) const {
        const auto units = units_.find(line);
        return units == units_.end() ? 0 : std::ranges::count(units->second, what);
    }
    std::int64_t left() const {
        std::int64_t sum = 0;
        for (const auto& [line, units] : units_) sum += count(line, Unit::waiting);
        return sum;
    }
    std::vector<LineUnits> some_lines() {
        std::vector<LineUnits> lines;
        for (int n = 7; n > 0; --n)
            if (random_.one_in(4))
                lines.push_back({known<LineId>("line-" + std::to_string(n)),
                                 pieces(random_.between(1, random_.one_in(5) ? 6 : 2))});
        return lines;
    }
    void work() {
        switch (random_.between(1, 12)) {
            case 1: take(Accept{}); return;
            case 2:
                if (random_.one_in(4)) take(Reject{});
                return;
            case 3: take(requested_); return;
            case 4:
            case 5:
            case 6: return cancel();
            default: return ship();
        }
    }
    void ship() {
        const auto shipment = known<ShipmentId>(random_.name("ship-", 9));
        if (const auto sent = shipments_.find(shipment); sent != shipments_.end()) {
            ASSERT_TRUE(take(sent->second)) << "a repeat is accepted";
            return;
        }
        const Ship wish{shipment, some_lines(), {}, {}};
        const bool possible = left() > 0 && std::ranges::all_of(wish.lines, [&](const auto& line) {
                                  return line.quantity.raw() <= count(line.line, Unit::waiting);
                              });
        const bool taken = take(wish);
        ASSERT_EQ(taken, possible);
        if (taken) shipments_.insert({shipment, wish});
    }
    void cancel() {
        const CancelLines wish{known<CancellationId>(random_.name("cancel-", 9)), some_lines()};
        const bool is_new = answered_.insert(wish.cancellation).second;
        const auto events = history_.size();
        ASSERT_TRUE(take(wish)) << "a cancellation is answered, not refused";
        if (!is_new) {
            ASSERT_EQ(history_.size(), events) << "an answer is given once";
            return;
        }
        const auto& answer = std::get<CancellationAnswered>(history_[events]);
        for (const auto& [line, quantity] : wish.lines) {
            std::int64_t answered = 0;
            for (const auto* list : {&answer.cancelled, &answer.refused})
                for (const auto& said : *list)
                    if (said.line == line) answered += said.quantity.raw();
            ASSERT_EQ(answered, quantity.raw()) << "each unit is answered";
        }
    }
    void move(const std::vector<LineUnits>& lines, Unit to) {
        for (const auto& [line, quantity] : lines)
            for (auto n = quantity.raw(); n > 0; --n) {
                auto& units = units_.at(line);
                const auto unit = std::ranges::find(units, Unit::waiting);
                ASSERT_NE(unit, units.end()) << "a unit leaves twice";
                *unit = to;
            }
    }
    bool take(const Command& command) {
        const auto decided = decide(state_, command, {known<Time>(0), 8, policy_, locations_});
        if (!decided) return false;
        for (const auto& event : *decided) {
            evolve(state_, event);
            history_.push_back(event);
            if (const auto* shipped = std::get_if<Shipped>(&event))
                move(shipped->lines, Unit::sent);
            if (const auto* rejected = std::get_if<Rejected>(&event))
                move(rejected->lines, Unit::cancelled);
            if (const auto* answer = std::get_if<CancellationAnswered>(&event))
                move(answer->cancelled, Unit::cancelled);
            ended_ += std::holds_alternative<Ended>(event);
        }
        check();
        return true;
    }
    void check() {
        ASSERT_EQ(broken_rule(state_), std::nullopt);
        for (const auto& [line, units] : units_) {
            const auto* progress = state_.lines.find(line);
            ASSERT_NE(progress, nullptr);
            ASSERT_EQ(progress->shipped.raw(), count(line, Unit::sent));
            ASSERT_EQ(progress->cancelled.raw(), count(line, Unit::cancelled));
        }
        ASSERT_EQ(ended_, left() == 0 ? 1 : 0);
    }

    Random random_;
    Policy policy_;
    stock::Locations locations_;
    State state_;
    std::vector<Event> history_;
    Request requested_{known<OrderId>("order-1"), known<LocationId>("leeds"), {}, {}};
    std::map<LineId, std::vector<Unit>> units_;
    std::map<ShipmentId, Ship> shipments_;
    std::set<CancellationId> answered_;
    int ended_ = 0;
};

TEST(Fulfillment, sends_or_cancels_each_unit_once) {
    for (std::uint64_t run = 0; run < 3'000 && !HasFatalFailure(); ++run) {
        World world(run);
        world.live(static_cast<int>(run % 40));
        if (!HasFatalFailure()) world.end();
    }
}

}  // namespace
}  // namespace holdfast::fulfillment
