// Restarts between any two steps: what was on its way when the engine died arrives, once.
#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

constexpr int early_carts = 4, carts = 12;

class Restart : public testing::Test {
protected:
    static std::string cart(int number) { return "cart-" + std::to_string(number); }
    static void open(DrivenEngine& shop) {
        receive(shop, "A", 100);
        receive(shop, "B", 100);
        for (int i = 0; i < carts; ++i)
            fill_cart(shop, cart(i), {line("A", 2, 100), line("B", 1, 50)});
    }
    static void complete_carts(DrivenEngine& shop, int from, int until) {
        for (int i = from; i < until; ++i) complete(shop, cart(i), 250, "tok_approve");
    }
    // Parts of rounds: a crash may come between any two of them.
    static void go(DrivenEngine& shop, int parts) {
        for (int i = 0; i < parts; ++i) shop.part(static_cast<std::size_t>(i));
    }
    // Its clients ask again for what they were not told of; then all is as if nothing had happened.
    static void expect_an_end_as_if_undisturbed(DrivenEngine& shop, int sold) {
        shop.run();
        complete_carts(shop, 0, sold);
        shop.run();
        for (int i = 0; i < sold; ++i) {
            EXPECT_EQ((events<Order, order::Confirmed>(shop, cart(i)).size()), 1U) << cart(i);
            EXPECT_EQ((events<Cart, cart::Converted>(shop, cart(i)).size()), 1U) << cart(i);
            const auto payment = std::string(order::payment_of(id<OrderId>(cart(i)), 1).raw());
            EXPECT_EQ((events<Payment, payment::Authorized>(shop, payment).size()), 1U) << cart(i);
            const auto parcel = std::string(order::fulfillment_of(id<OrderId>(cart(i)), 1).raw());
            EXPECT_EQ((events<Fulfillment, fulfillment::Requested>(shop, parcel).size()), 1U);
        }
        for (const auto* sku : {"A", "B"})
            EXPECT_EQ((events<Stock, stock::Committed>(shop, sku).size()),
                      static_cast<std::size_t>(sold));
    }
};

TEST_F(Restart, under_other_settings_passes_on_what_nobody_had_heard) {
    for (int parts = 0; parts < 60; ++parts) {
        SCOPED_TRACE(parts);
        DrivenEngine shop(200 + static_cast<std::uint64_t>(parts));
        open(shop);
        complete_carts(shop, 0, early_carts);
        go(shop, parts);
        shop.policy.gateway_ms = known<Duration>(5'000);
        shop.crash();
        expect_an_end_as_if_undisturbed(shop, early_carts);
        if (HasFailure()) return;
    }
}

TEST_F(Restart, twice_at_any_two_moments_loses_and_repeats_nothing) {
    constexpr int firsts = 25, seconds = 10, seeds = 4;
    for (int run = 0; run < firsts * seconds * seeds; ++run) {
        const int first = run % firsts, second = run / firsts % seconds;
        SCOPED_TRACE(run);
        DrivenEngine shop(static_cast<std::uint64_t>(1'000 + run));
        open(shop);
        complete_carts(shop, 0, early_carts);
        go(shop, first);
        shop.crash();
        complete_carts(shop, early_carts, carts);
        go(shop, second);
        shop.crash();
        expect_an_end_as_if_undisturbed(shop, carts);
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace holdfast
