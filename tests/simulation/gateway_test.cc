// Payment gateways that answer twice, late or never: nothing waits for them for ever, and all of
// the money that moved is accounted for.
#include "engine/adapters/simulated/simulated_gateway.h"
#include "tests/support/driven_shop.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using simulated::GatewayFaults;

std::string cart(int number) { return "cart-" + std::to_string(number); }

void sell(DrivenEngine& shop, const std::string& cart, std::string_view token) {
    fill_cart(shop, cart, {line("A", 1, 100)});
    complete(shop, cart, 100, token);
    shop.run();
}
template <class Ended> bool ended(DrivenEngine& shop, const std::string& order) {
    return !events<Order, Ended>(shop, order).empty();
}

TEST(Gateway, that_never_answers_is_not_waited_for_for_ever) {
    constexpr int carts = 3;
    DrivenEngine shop(1);
    receive(shop, "A", 100);
    for (int i = 0; i < carts; ++i) sell(shop, cart(i), "tok_timeout");
    EXPECT_EQ(shop.engine().in_flight(), std::size_t{carts});
    for (int again = 0; again < 6; ++again) {
        shop.clock.pass(shop.policy.gateway_ms.raw());
        shop.run();
        EXPECT_LE(shop.engine().in_flight(), std::size_t{carts}) << "an attempt counts once";
    }
    EXPECT_EQ(shop.engine().in_flight(), 0U) << "nothing was asked lately";
}

TEST(Gateway, that_answers_twice_is_counted_once) {
    DrivenEngine shop(2);
    simulated::SimulatedGateway line(shop.gateway, 2, GatewayFaults{.twice = 1'000});
    shop.asked = &line;
    shop.crash();
    receive(shop, "A", 100);
    sell(shop, cart(0), "tok_approve");
    EXPECT_TRUE(ended<order::Confirmed>(shop, cart(0)));
    EXPECT_EQ(shop.engine().in_flight(), 0U);
}

// A shop on a bad line, that crashes now and then.
class BadLine {
public:
    explicit BadLine(std::uint64_t number)
        : random(number),
          shop(random.next()),
          line(shop.gateway, random.next(),
               {.lost = 200, .unknown = 200, .twice = 300, .late_ms_max = 40'000}) {
        shop.asked = &line;
        crash();
        receive(shop, "A", 100);
    }
    void crash() {
        line.hang_up();
        shop.crash();
    }
    void pass(int rounds, std::int64_t ms) {
        for (int i = 0; i < rounds; ++i) {
            shop.clock.pass(ms);
            shop.run();
            if (random.one_in(20)) crash();
        }
    }
    std::int64_t sum_of_voids(const std::string& payment) {
        std::int64_t sum = 0;
        for (const auto& voided : events<Payment, payment::Voided>(shop, payment))
            sum += voided.amount.raw();
        return sum;
    }

    Random random;
    DrivenEngine shop;
    simulated::SimulatedGateway line;
};

TEST(Gateway, on_a_bad_line_leaves_nothing_open_and_no_money_unaccounted_for) {
    constexpr int carts = 12;
    for (std::uint64_t number = 0; number < 10; ++number) {
        SCOPED_TRACE(number);
        BadLine bad(number);
        auto& shop = bad.shop;
        const std::vector<std::string> tokens{"tok_approve", "tok_unknown_then_approve", "tok_slow",
                                              "tok_decline"};
        for (int i = 0; i < carts; ++i) {
            sell(shop, cart(i), bad.random.pick(tokens));
            bad.pass(3, 5'000);
        }
        bad.pass(60, 20'000);
        bad.line.set_faults({});
        bad.pass(60, 60'000);
        EXPECT_EQ(shop.engine().in_flight(), 0U);
        for (int i = 0; i < carts; ++i) {
            const auto order = cart(i);
            const bool confirmed = ended<order::Confirmed>(shop, order);
            EXPECT_EQ(confirmed + ended<order::Declined>(shop, order) +
                          ended<order::GivenUp>(shop, order),
                      1)
                << order;
            const auto payment = std::string(order::payment_of(id<OrderId>(order), 1).raw());
            const auto authorized = events<Payment, payment::Authorized>(shop, payment).size();
            EXPECT_LE(authorized, 1U) << order;
            const bool unwanted = !confirmed && authorized != 0;
            EXPECT_EQ(bad.sum_of_voids(payment), unwanted ? 100 : 0) << order;
        }
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace holdfast
