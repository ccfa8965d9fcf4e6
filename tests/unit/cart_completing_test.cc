#include "tests/support/explained.h"
#include "tests/unit/cart_given.h"

namespace holdfast::cart {
namespace {

const Opened with_mugs = opened({line("a", "mug", 2, 250)}, {shipping("s", 95)});
const std::vector<Tender> paid{by_token(500), by_token(95)};
const Complete complete_one{order_one, pounds(595), paid};
const Complete complete_two{order_two, pounds(595), paid};
const Frozen frozen_one{order_one, amount(595), paid, asks_at};
const Time asks_again_at = known<Time>(asks_at.raw() + 960'000);

TEST(Cart, is_frozen_while_its_order_is_made) {
    auto scenario = given(with_mugs).when(complete_one, noon).then(frozen_one);
    EXPECT_EQ(scenario.state().stage, Stage::frozen);
    scenario.when(complete_one, noon).then();
    scenario.when(complete_two, noon).then_rejected(Rejection::cart_is_frozen);
}
TEST(Cart, becomes_one_order_and_holds_nothing_any_more) {
    auto scenario = given(with_mugs, frozen_one);
    scenario.when(Convert{order_one}, noon).then(Converted{order_one});
    EXPECT_TRUE(scenario.state().lines.empty());
    scenario.when(Convert{order_one}, noon).then();
    scenario.when(complete_one, noon).then();
    scenario.when(complete_two, noon).then_rejected(Rejection::cart_became_another_order);
}
TEST(Cart, is_open_again_when_its_order_ends_without_a_sale) {
    auto scenario = given(with_mugs, frozen_one);
    scenario.when(Unfreeze{order_one, Thaw::payment_was_declined}, noon)
        .then(Unfrozen{order_one, Thaw::payment_was_declined});
    scenario.when(Unfreeze{order_one, Thaw::payment_was_declined}, noon).then();
    EXPECT_EQ(scenario.state().stage, Stage::open);
    EXPECT_EQ(scenario.state().lines, with_mugs.lines);
    scenario.when(complete_one, noon).then_rejected(Rejection::order_ended_without_a_sale);
    scenario.when(complete_two, noon).then(Frozen{order_two, amount(595), paid, asks_at});
}
TEST(Cart, does_not_listen_to_an_order_that_is_not_its_own) {
    for (auto scenario : {given(), given(with_mugs), given(with_mugs, frozen_one)}) {
        scenario.when(Convert{order_two}, noon).then();
        scenario.when(Unfreeze{order_two, Thaw::order_was_given_up}, noon).then();
    }
    given(with_mugs, frozen_one, Converted{order_one})
        .when(Unfreeze{order_one, Thaw::order_was_cancelled}, noon)
        .then();
}

TEST(Cart, is_completed_only_at_the_total_that_was_expected) {
    given(with_mugs)
        .when(Complete{order_one, pounds(594), paid}, noon)
        .then_rejected(Rejection::total_is_not_as_expected, 595);
    const Money euros{amount(595), known<Currency>("EUR")};
    given(with_mugs)
        .when(Complete{order_one, euros, paid}, noon)
        .then_rejected(Rejection::currency_differs);
}
TEST(Cart, is_completed_only_with_payments_that_add_up) {
    const auto completed_with = [](std::vector<Tender> payments) {
        return given(with_mugs).when(Complete{order_one, pounds(595), std::move(payments)}, noon);
    };
    completed_with({by_token(500)}).then_rejected(Rejection::payments_do_not_add_up, 500);
    completed_with({}).then_rejected(Rejection::payments_do_not_add_up, 0);
    completed_with({by_token(595), by_token(0)}).then_rejected(Rejection::payment_is_zero);
    completed_with(std::vector<Tender>(11, by_token(1)))
        .then_rejected(Rejection::too_many_payments, 10);
}
TEST(Cart, needs_no_payment_for_what_is_free) {
    const auto free = opened({line("a", "sample", 1, 0)});
    given(free)
        .when(Complete{order_one, pounds(0), {}}, noon)
        .then(Frozen{order_one, no_amount, {}, asks_at});
    given(free)
        .when(Complete{order_one, pounds(0), {by_token(1)}}, noon)
        .then_rejected(Rejection::payments_do_not_add_up, 1);
}
TEST(Cart, is_completed_only_while_there_is_something_in_it) {
    given().when(complete_one, noon).then_rejected(Rejection::cart_is_unknown);
    given(opened({}, {shipping("s", 595)}))
        .when(complete_one, noon)
        .then_rejected(Rejection::cart_is_empty);
    given(with_mugs, Discarded{})
        .when(complete_one, noon)
        .then_rejected(Rejection::cart_is_discarded);
}

TEST(Cart, asks_its_order_each_time_it_has_waited_too_long) {
    auto scenario = given(with_mugs).when(complete_one, noon);
    EXPECT_EQ(deadline(scenario.state()), asks_at);
    scenario.when(AskOrder{}, known<Time>(asks_at.raw() - 1)).then();
    scenario.when(on_deadline(scenario.state()), asks_at)
        .then(OrderAsked{order_one, asks_again_at});
    EXPECT_EQ(deadline(scenario.state()), asks_again_at);
    EXPECT_EQ(scenario.state().stage, Stage::frozen);
    scenario.when(AskOrder{}, asks_at).then();
    scenario.when(Unfreeze{order_one, Thaw::order_never_began}, asks_at)
        .then(Unfrozen{order_one, Thaw::order_never_began});
    scenario.when(Convert{order_one}, asks_at).then();
}
TEST(Cart, waits_longer_than_its_order_may_take) {
    Policy patient;
    patient.checkout_ms = known<Duration>(7'200'000);
    auto scenario = given(with_mugs).under(patient).when(complete_one, noon);
    EXPECT_EQ(deadline(scenario.state()), known<Time>(noon.raw() + 7'260'000));
}
TEST(Cart, has_a_deadline_only_while_it_is_frozen) {
    auto open = given(with_mugs);
    EXPECT_EQ(deadline(open.state()), std::nullopt);
    open.when(AskOrder{}, asks_at).then();
    open.when(Discard{}, noon).when(AskOrder{}, asks_at).then();
    auto thawed = given(with_mugs, frozen_one, Unfrozen{order_one, Thaw::order_was_given_up});
    EXPECT_EQ(deadline(thawed.state()), std::nullopt);
    thawed.when(AskOrder{}, asks_at).then();
    auto sold = given(with_mugs, frozen_one, Converted{order_one});
    EXPECT_EQ(deadline(sold.state()), std::nullopt);
    sold.when(AskOrder{}, asks_at).then();
    given().when(AskOrder{}, asks_at).then_rejected(Rejection::cart_is_unknown);
}
TEST(Cart, that_is_completed_anew_is_not_opened_by_an_answer_to_an_earlier_question) {
    auto scenario = given(with_mugs, frozen_one, OrderAsked{order_one, asks_again_at},
                          Unfrozen{order_one, Thaw::order_never_began});
    scenario.when(complete_two, noon).then(Frozen{order_two, amount(595), paid, asks_at});
    scenario.when(Unfreeze{order_one, Thaw::order_never_began}, noon).then();
    EXPECT_EQ(deadline(scenario.state()), asks_at);
}
TEST(Cart, that_froze_before_carts_had_a_deadline_asks_at_once) {
    const Frozen early{order_one, amount(595), paid, known<Time>(0)};
    given(with_mugs, early).when(AskOrder{}, noon).then(OrderAsked{order_one, asks_at});
}

TEST(Cart, explains_each_rejection_by_its_name) { expect_explained<Cart>(24); }

}  // namespace
}  // namespace holdfast::cart
