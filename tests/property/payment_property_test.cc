// Random wishes for a payment, against a gateway that answers late, twice, or not at all.
#include <map>

#include <gtest/gtest.h>

#include "engine/domain/contexts.h"
#include "tests/support/random.h"
#include "tests/support/sold.h"

namespace holdfast::payment {
namespace {

const OrderId order = known<OrderId>("order-1");

// A gateway that would do anything it is asked, once for each id: what it did is the truth.
class Gateway {
public:
    explicit Gateway(Random& random) : random_(random) {}

    void hear(const Ask& ask) {
        const auto [entry, is_new] = book_.try_emplace(ask.operation, Entry{ask, Outcome::failed});
        auto& [first, outcome] = entry->second;
        if (is_new && (always_succeeds || !random_.one_in(4))) outcome = Outcome::succeeded;
        ASSERT_EQ(first.kind, ask.kind) << "one id, two operations";
        ASSERT_EQ(first.amount, ask.amount) << "one id, two amounts";
        if (!is_reliable && random_.one_in(3)) return;  // the answer is lost
        const bool unclear = !is_reliable && random_.one_in(4);
        const auto said = unclear ? Outcome::unknown : outcome;
        answers_.push_back({ask.operation, ask.kind, said, known<Reference>("done"), {}});
    }
    // One that was said before, in any order; sometimes it stays to be said again.
    std::optional<RecordAnswer> answer() {
        if (answers_.empty()) return {};
        const auto place = random_.between(0, static_cast<std::int64_t>(answers_.size()) - 1);
        auto said = answers_[static_cast<std::size_t>(place)];
        if (is_reliable || !random_.one_in(4)) answers_.erase(answers_.begin() + place);
        return said;
    }
    std::int64_t did(Kind kind) const {
        std::int64_t sum = 0;
        for (const auto& [id, entry] : book_)
            if (entry.ask.kind == kind && entry.outcome == Outcome::succeeded)
                sum += entry.ask.amount.amount.raw();
        return sum;
    }
    bool is_reliable = false, always_succeeds = false;

private:
    struct Entry {
        Ask ask;
        Outcome outcome;
    };
    Random& random_;
    std::map<OperationId, Entry> book_;
    std::vector<RecordAnswer> answers_;
};

// What was asked and answered, as a list: everything else is counted from it, each time anew.
struct Naive {
    struct Asked {
        Kind kind;
        std::int64_t amount;
        Standing standing;
    };
    std::map<OperationId, Asked> operations;

    std::int64_t sum(Kind kind, bool with_pending) const {
        std::int64_t total = 0;
        for (const auto& [id, asked] : operations)
            if (asked.kind == kind && (asked.standing == Standing::succeeded ||
                                       (with_pending && asked.standing == Standing::pending)))
                total += asked.amount;
        return total;
    }
    std::int64_t left(Kind kind) const {
        if (kind == Kind::refund) return sum(Kind::capture, false) - sum(Kind::refund, true);
        return sum(Kind::authorization, false) - sum(Kind::capture, true) - sum(Kind::void_, true);
    }
    void note(const Event& event) {
        const auto asked = [&](const auto& e, Kind kind, std::int64_t amount) {
            const bool is_new =
                operations.insert({e.operation, {kind, amount, Standing::pending}}).second;
            ASSERT_TRUE(is_new) << "asked twice: " << e.operation.raw();
        };
        const auto ended = [&](const auto& e, Standing standing) {
            ASSERT_EQ(operations.at(e.operation).standing, Standing::pending);
            operations.at(e.operation).standing = standing;
        };
        std::visit(
            [&]<class E>(const E& e) {
                if constexpr (std::is_same_v<E, AuthorizationAsked>)
                    asked(e, Kind::authorization, e.amount.amount.raw());
                else if constexpr (std::is_same_v<E, CaptureAsked>)
                    asked(e, Kind::capture, e.amount.raw());
                else if constexpr (std::is_same_v<E, VoidAsked>)
                    asked(e, Kind::void_, e.amount.raw());
                else if constexpr (std::is_same_v<E, RefundAsked>)
                    asked(e, Kind::refund, e.amount.raw());
                else if constexpr (requires { e.gateway_reference; })
                    ended(e, Standing::succeeded);
                else if constexpr (requires { e.detail; })
                    ended(e, Standing::failed);
            },
            event);
    }
};

class World {
public:
    explicit World(std::uint64_t sequence) : random_(sequence), gateway_(random_) {}

    void live(int steps) {
        for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
            now_ = later(now_, known<Duration>(random_.between(0, 20'000)));
            if (random_.one_in(3))
                wish();
            else if (const auto said = gateway_.answer(); said && random_.one_in(2))
                attempt(*said);
            else if (const auto due = deadline(state_); due && *due <= now_)
                attempt(on_deadline(state_));
        }
    }
    // Faults stop: the gateway answers what it is asked, and does what it is asked newly.
    void end() {
        gateway_.is_reliable = gateway_.always_succeeds = true;
        settle_down();
        attempt(Void{id("last"), {}});
        settle_down();
        ASSERT_FALSE(state_.void_deferred);
        ASSERT_EQ(state_.captured + state_.voided, state_.authorized) << "each penny ends";
        ASSERT_EQ(gateway_.did(Kind::authorization), state_.authorized.raw());
        ASSERT_EQ(gateway_.did(Kind::capture), state_.captured.raw());
        ASSERT_EQ(gateway_.did(Kind::void_), state_.voided.raw());
        ASSERT_EQ(gateway_.did(Kind::refund), state_.refunded.raw());
        State replayed;
        for (const auto& event : history_) evolve(replayed, event);
        ASSERT_EQ(replayed.members(), state_.members());
    }
    int accepted = 0, refused = 0;

private:
    static OperationId id(std::string_view raw) { return known<OperationId>(raw); }
    Policy policy_;
    stock::Locations locations_;

    void settle_down() {
        for (int round = 0; round < 1'000; ++round) {
            if (testing::Test::HasFatalFailure()) return;
            if (const auto said = gateway_.answer()) {
                attempt(*said);
            } else if (const auto due = deadline(state_)) {
                now_ = std::max(now_, *due);
                attempt(on_deadline(state_));
            } else {
                return;
            }
        }
        FAIL() << "something is pending for ever";
    }
    std::optional<Money> some_amount() {
        if (random_.one_in(3)) return {};
        return pounds(random_.between(0, random_.one_in(3) ? 120 : 40));
    }
    void wish() {
        const auto operation = id(random_.name("op-", 12));
        switch (random_.between(1, 8)) {
            case 1:
            case 2:
                attempt(Authorize{
                    order, pounds(100), {}, known<GatewayToken>(random_.name("token-", 3)), false});
                return;
            case 3:
            case 4: return weigh(Kind::capture, Capture{operation, some_amount()});
            case 5: return weigh(Kind::void_, Void{operation, some_amount()});
            case 6: return weigh(Kind::refund, Refund{operation, some_amount()});
            case 7: attempt(Settle{operation, pounds(random_.between(0, 110))}); return;
            default: attempt(RecordAnswer{operation, Kind::capture, Outcome::unknown, {}, {}});
        }
    }
    // A wish for a part is taken exactly when the naive list has as much left.
    template <class Wish> void weigh(Kind kind, const Wish& wish) {
        const bool is_known = naive_.operations.contains(wish.operation);
        const auto left = naive_.left(kind);
        const auto decided = take(wish);
        if (!wish.amount || is_known || testing::Test::HasFatalFailure()) return;
        const auto wanted = wish.amount->amount.raw();
        const bool possible = wanted > 0 && wanted <= left;
        ASSERT_EQ(decided.has_value() && !decided->empty(), possible);
        if (possible || wanted == 0 || decided.error().why == Rejection::payment_is_unknown ||
            decided.error().why == Rejection::payment_is_not_authorized)
            return;
        ASSERT_EQ(decided.error().detail, left);
    }
    // Decides, evolves, asks the gateway, and looks at everything.
    // Accepted or refused: either is checked.
    void attempt(const Command& command) { static_cast<void>(take(command)); }
    Decision take(const Command& command) {
        const auto decided = decide(state_, command, {now_, 8, policy_, locations_});
        ++(decided ? accepted : refused);
        if (!decided) return decided;
        for (const auto& event : *decided) {
            naive_.note(event);
            evolve(state_, event);
            history_.push_back(event);
        }
        for (const auto& event : *decided)
            if (const auto ask = asked_by(state_, event)) gateway_.hear(*ask);
        check();
        return decided;
    }
    void check() {
        ASSERT_EQ(broken_rule(state_), std::nullopt);
        ASSERT_LE(naive_.sum(Kind::authorization, true), 100) << "held twice";
        ASSERT_GE(naive_.left(Kind::capture), 0);
        ASSERT_GE(naive_.left(Kind::refund), 0);
        ASSERT_EQ(naive_.sum(Kind::authorization, false), state_.authorized.raw());
        ASSERT_EQ(naive_.sum(Kind::capture, false), state_.captured.raw());
        ASSERT_EQ(naive_.sum(Kind::void_, false), state_.voided.raw());
        ASSERT_EQ(naive_.sum(Kind::refund, false), state_.refunded.raw());
        ASSERT_LE(gateway_.did(Kind::capture) + gateway_.did(Kind::void_),
                  gateway_.did(Kind::authorization));
        ASSERT_LE(gateway_.did(Kind::refund), gateway_.did(Kind::capture));
    }

    Random random_;
    Gateway gateway_;
    Naive naive_;
    State state_;
    std::vector<Event> history_;
    Time now_ = known<Time>(1'000'000);
};

TEST(Payment, conserves_money_and_ends_every_penny_whatever_the_gateway_does) {
    int accepted = 0, refused = 0;
    for (std::uint64_t run = 0; run < 1'000 && !HasFatalFailure(); ++run) {
        World world(run);
        world.live(150);
        if (!HasFatalFailure()) world.end();
        accepted += world.accepted;
        refused += world.refused;
    }
    EXPECT_GT(accepted, 10'000);
    EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace holdfast::payment
