#include "tests/support/sold.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using namespace cart;

constexpr auto basket = known<CartId>("basket");
constexpr auto order_1 = known<OrderId>("order-1");

class CartView : public ::testing::Test, public ToldViews {
protected:
    CartView() {
        header.at_ms = known<Time>(1'000);
        header.envelope.channel = "web";
        cart_had(Opened{gbp(),
                        known<CustomerId>("ann"),
                        known<CountryName>("France"),
                        {line("1", "MUG", 2, 450)},
                        {shipping("s", 300)},
                        {}});
    }
    template <class... Events> void cart_had(const Events&... events) {
        tell<Cart>("basket", list_of<Event>(events...));
    }
    CartRow row() { return read().cart(basket).value().value(); }
};

TEST_F(CartView, shows_a_cart_as_it_was_opened) {
    EXPECT_EQ(row().state, Stage::open);
    EXPECT_EQ(row().version, 1U);
    EXPECT_EQ(row().currency, gbp());
    EXPECT_EQ(row().customer, known<CustomerId>("ann"));
    EXPECT_EQ(row().country.raw(), "France");
    EXPECT_EQ(row().channel, "web");
    EXPECT_EQ(row().total, 1'200);
    EXPECT_EQ(row().opened_at_ms.raw(), 1'000);
}
TEST_F(CartView, knows_no_cart_that_was_never_opened) {
    EXPECT_FALSE(read().cart(known<CartId>("other")).value());
}
TEST_F(CartView, puts_a_line_in_place_of_the_one_with_its_id) {
    header.at_ms = known<Time>(2'000);
    cart_had(LineSet{line("2", "CUP", 1, 100)}, LineSet{line("1", "MUG", 3, 400)});
    ASSERT_EQ(row().lines.size(), 2U);
    EXPECT_EQ(row().lines[0].quantity.raw(), 3);
    EXPECT_EQ(row().total, 1'600);
    EXPECT_EQ(row().version, 3U);
    EXPECT_EQ(row().changed_at_ms.raw(), 2'000);
    cart_had(LineRemoved{known<LineId>("1")});
    ASSERT_EQ(row().lines.size(), 1U);
    EXPECT_EQ(row().lines[0].sku.raw(), "CUP");
}
TEST_F(CartView, keeps_the_details_that_are_not_named) {
    cart_had(DetailsSet{{}, known<CountryName>("Spain"), std::vector<Charge>(), {}});
    EXPECT_EQ(row().customer, known<CustomerId>("ann"));
    EXPECT_EQ(row().country.raw(), "Spain");
    EXPECT_EQ(row().total, 900);
}
TEST_F(CartView, says_why_a_cart_is_open_again) {
    cart_had(Frozen{order_1, amount(1'200), {}, known<Time>(5'000)});
    EXPECT_EQ(row().state, Stage::frozen);
    EXPECT_EQ(row().order, order_1);
    cart_had(Unfrozen{order_1, Thaw::payment_was_declined});
    EXPECT_EQ(row().state, Stage::open);
    EXPECT_EQ(row().reopened_because, "payment_was_declined");
    cart_had(Frozen{known<OrderId>("order-2"), amount(1'200), {}, known<Time>(9'000)});
    EXPECT_EQ(row().reopened_because, "");
}
TEST_F(CartView, shows_until_when_a_cart_waits_for_its_order) {
    const Frozen frozen{order_1, amount(1'200), {}, known<Time>(5'000)};
    EXPECT_EQ(row().frozen_until_ms, std::nullopt);
    cart_had(frozen);
    EXPECT_EQ(row().frozen_until_ms, known<Time>(5'000));
    cart_had(OrderAsked{order_1, known<Time>(9'000)});
    EXPECT_EQ(row().frozen_until_ms, known<Time>(9'000));
    EXPECT_EQ(row().state, Stage::frozen);
    cart_had(Unfrozen{order_1, Thaw::order_never_began});
    EXPECT_EQ(row().frozen_until_ms, std::nullopt);
    EXPECT_EQ(row().reopened_because, "order_never_began");
    cart_had(frozen, Converted{order_1});
    EXPECT_EQ(row().frozen_until_ms, std::nullopt);
}
TEST_F(CartView, keeps_the_contents_of_what_became_an_order) {
    cart_had(Frozen{order_1, amount(1'200), {}, known<Time>(5'000)}, Converted{order_1});
    EXPECT_EQ(row().state, Stage::converted);
    EXPECT_EQ(row().order, order_1);
    EXPECT_EQ(row().lines.size(), 1U);
}
TEST_F(CartView, shows_that_a_cart_was_discarded) {
    cart_had(Discarded{});
    EXPECT_EQ(row().state, Stage::discarded);
}

}  // namespace
}  // namespace holdfast::projections
