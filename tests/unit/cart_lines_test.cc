#include "tests/unit/cart_given.h"

namespace holdfast::cart {
namespace {

const Line two_mugs = line("a", "mug", 2, 250), plate = line("b", "plate", 1, 400);
const Opened with_mugs = opened({two_mugs});
const Frozen frozen{order_one, amount(500), {by_token(500)}, asks_at};

Open open(std::vector<Line> lines, std::vector<Charge> charges = {}) {
    return {gbp(), {}, known<CountryName>("France"), std::move(lines), std::move(charges), {}};
}
std::vector<Line> many_lines(std::size_t n) {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < n; ++i)
        lines.push_back(line("line-" + std::to_string(i), "mug", 1, 1));
    return lines;
}

TEST(Cart, is_opened_with_what_is_in_it) {
    given().when(open({}), noon).then(opened({}));
    Open full{gbp(),      known<CustomerId>("ann"), known<CountryName>("France"),
              {two_mugs}, {shipping("s", 95)},      sealed_for("ann")};
    given()
        .when(full, noon)
        .then(Opened{full.currency, full.customer, full.country, full.lines, full.charges,
                     full.personal});
}
TEST(Cart, is_opened_once) {
    given(with_mugs).when(open({two_mugs}), noon).then();
    given(with_mugs, frozen).when(open({two_mugs}), noon).then();
    given(with_mugs).when(open({plate}), noon).then_rejected(Rejection::cart_exists_already);
    given(with_mugs, LineSet{plate})
        .when(open({two_mugs}), noon)
        .then_rejected(Rejection::cart_exists_already);
    given(with_mugs, Discarded{})
        .when(open({two_mugs}), noon)
        .then_rejected(Rejection::cart_is_discarded);
    given(with_mugs, frozen, Converted{order_one})
        .when(open({two_mugs}), noon)
        .then_rejected(Rejection::cart_is_converted);
}
TEST(Cart, is_opened_once_with_the_same_personal_data) {
    auto for_ann = with_mugs;
    for_ann.personal = sealed_for("ann");
    auto again = open({two_mugs});
    again.personal = sealed_for("ann");
    given(for_ann).when(again, noon).then();
    again.personal->box.push_back(4);
    given(for_ann).when(again, noon).then_rejected(Rejection::cart_exists_already);
    again.personal = sealed_for("bob");
    given(for_ann).when(again, noon).then_rejected(Rejection::cart_exists_already);
    again.personal.reset();
    given(for_ann).when(again, noon).then_rejected(Rejection::cart_exists_already);
    given(with_mugs).when(again, noon).then();
}
TEST(Cart, is_not_opened_with_what_no_order_could_be_made_of) {
    given().when(open({two_mugs, two_mugs}), noon).then_rejected(Rejection::line_id_is_repeated);
    given()
        .when(open({}, {shipping("s", 1), shipping("s", 2)}), noon)
        .then_rejected(Rejection::charge_id_is_repeated);
    given()
        .when(open({with_discount(two_mugs, 501)}), noon)
        .then_rejected(Rejection::discounts_exceed_the_line, 500);
    given().when(open(many_lines(2'001)), noon).then_rejected(Rejection::too_many_lines, 2'000);
}

TEST(Cart, takes_a_line_and_replaces_it_in_place) {
    auto scenario = given(with_mugs).when(SetLine{plate}, noon).then(LineSet{plate});
    const auto three_mugs = line("a", "mug", 3, 200);
    scenario.when(SetLine{three_mugs}, noon).then(LineSet{three_mugs});
    EXPECT_EQ(scenario.state().lines, (std::vector{three_mugs, plate}));
}
TEST(Cart, has_nothing_to_do_for_a_line_that_is_in_it_already) {
    given(with_mugs).when(SetLine{two_mugs}, noon).then();
}
TEST(Cart, refuses_a_line_that_cannot_be_sold) {
    given(with_mugs)
        .when(SetLine{with_discount(plate, 401)}, noon)
        .then_rejected(Rejection::discounts_exceed_the_line, 400);
    given(with_mugs)
        .when(SetLine{line("b", "plate", 2, amount_max)}, noon)
        .then_rejected(Rejection::total_is_too_large, amount_max);
    auto taxed = plate;
    for (int i = 0; i < 21; ++i) taxed = with_tax(taxed, 1);
    given(with_mugs).when(SetLine{taxed}, noon).then_rejected(Rejection::too_many_adjustments, 20);
}
TEST(Cart, holds_two_thousand_lines_and_no_more) {
    const auto full = opened(many_lines(2'000));
    given(full).when(SetLine{plate}, noon).then_rejected(Rejection::too_many_lines, 2'000);
    const auto replaced = line("line-7", "mug", 2, 1);
    given(full).when(SetLine{replaced}, noon).then(LineSet{replaced});
}
TEST(Cart, stays_within_what_a_record_holds) {
    auto lines = many_lines(1'999);
    for (auto& each : lines)
        while (each.taxes.size() < 20 && bytes_of(lines, {}) + 32 <= sale_bytes_max)
            each = with_tax(each, 1);
    const auto long_cart = opened(lines);
    const auto too_long = [&](const Command& command) {
        given(long_cart)
            .when(command, noon)
            .then_rejected(Rejection::sale_is_too_long, sale_bytes_max);
    };
    too_long(SetLine{plate});
    too_long(SetDetails{{}, {}, std::vector{shipping("s", 1)}, {}});
}
TEST(Cart, keeps_its_total_in_range) {
    const auto dear = line("a", "gem", 1, amount_max);
    given(opened({dear}))
        .when(SetLine{plate}, noon)
        .then_rejected(Rejection::total_is_too_large, amount_max);
    given(opened({}, {shipping("s", 1)}))
        .when(SetLine{dear}, noon)
        .then_rejected(Rejection::total_is_too_large, amount_max);
    // In place of itself the old line does not count.
    const auto cheaper = line("a", "gem", 1, amount_max - 1);
    given(opened({dear})).when(SetLine{cheaper}, noon).then(LineSet{cheaper});
}
TEST(Cart, keeps_the_units_of_a_sku_in_range) {
    auto lines = many_lines(100);
    for (auto& each : lines) each.quantity = known<LineQuantity>(10'000'000);
    given(opened(lines))
        .when(SetLine{line("more", "mug", 1, 1)}, noon)
        .then_rejected(Rejection::too_many_units, 1'000'000'000);
    const auto voucher = untracked(line("more", "mug", 1, 1));
    given(opened(lines)).when(SetLine{voucher}, noon).then(LineSet{voucher});
    given(opened(lines)).when(SetLine{plate}, noon).then(LineSet{plate});
}
TEST(Cart, names_one_reservation_for_each_sku) {
    const auto held = with_reservation(two_mugs, "r");
    const auto again = with_reservation(line("b", "mug", 1, 250), "r");
    const auto other = with_reservation(line("b", "mug", 1, 250), "q");
    given(opened({held})).when(SetLine{again}, noon).then(LineSet{again});
    given(opened({held}))
        .when(SetLine{other}, noon)
        .then_rejected(Rejection::sku_has_two_reservations);
    const auto moved = with_reservation(two_mugs, "q");
    given(opened({held})).when(SetLine{moved}, noon).then(LineSet{moved});
}

TEST(Cart, lets_go_of_a_line) {
    auto scenario = given(opened({two_mugs, plate}));
    scenario.when(RemoveLine{two_mugs.line}, noon).then(LineRemoved{two_mugs.line});
    EXPECT_EQ(scenario.state().lines, std::vector{plate});
    scenario.when(RemoveLine{two_mugs.line}, noon).then_rejected(Rejection::line_is_unknown);
}

TEST(Cart, changes_the_details_that_are_given) {
    auto scenario = given(opened({two_mugs}, {shipping("s", 95)}));
    const SetDetails customer{known<CustomerId>("ann"), {}, {}, {}};
    scenario.when(customer, noon).then(DetailsSet{customer.customer, {}, {}, {}});
    const SetDetails rest{
        {}, known<CountryName>("Spain"), std::vector<Charge>{}, sealed_for("ann")};
    scenario.when(rest, noon).then(DetailsSet{{}, rest.country, rest.charges, rest.personal});
    EXPECT_EQ(scenario.state().customer, customer.customer);
    EXPECT_EQ(scenario.state().country, *rest.country);
    EXPECT_TRUE(scenario.state().charges.empty());
    EXPECT_EQ(scenario.state().personal, rest.personal);
    scenario.when(rest, noon).then();
    scenario.when(SetDetails{}, noon).then();
}
TEST(Cart, refuses_charges_that_no_order_could_have) {
    const auto with_charges = [](std::vector<Charge> charges) {
        return SetDetails{{}, {}, std::move(charges), {}};
    };
    given(with_mugs)
        .when(with_charges({shipping("s", 1), shipping("s", 1)}), noon)
        .then_rejected(Rejection::charge_id_is_repeated);
    std::vector<Charge> charges;
    for (int i = 0; i < 51; ++i) charges.push_back(shipping("s" + std::to_string(i), 1));
    given(with_mugs)
        .when(with_charges(charges), noon)
        .then_rejected(Rejection::too_many_charges, 50);
    given(opened({line("a", "gem", 1, amount_max)}))
        .when(with_charges({shipping("s", 1)}), noon)
        .then_rejected(Rejection::total_is_too_large, amount_max);
}

TEST(Cart, is_discarded_with_all_that_is_in_it) {
    auto scenario = given(opened({two_mugs}, {shipping("s", 95)}));
    scenario.when(Discard{}, noon).then(Discarded{});
    EXPECT_TRUE(scenario.state().lines.empty());
    EXPECT_TRUE(scenario.state().charges.empty());
    scenario.when(Discard{}, noon).then();
}

void expect_every_change_refused(Scenario<Cart> scenario, Rejection why) {
    scenario.when(SetLine{plate}, noon).then_rejected(why);
    scenario.when(SetLine{two_mugs}, noon).then_rejected(why);
    scenario.when(RemoveLine{two_mugs.line}, noon).then_rejected(why);
    scenario.when(SetDetails{{}, known<CountryName>("Spain"), {}, {}}, noon).then_rejected(why);
    if (why != Rejection::cart_is_discarded) scenario.when(Discard{}, noon).then_rejected(why);
}
TEST(Cart, takes_no_change_unless_it_is_open) {
    expect_every_change_refused(given(), Rejection::cart_is_unknown);
    expect_every_change_refused(given(with_mugs, frozen), Rejection::cart_is_frozen);
    expect_every_change_refused(given(with_mugs, frozen, Converted{order_one}),
                                Rejection::cart_is_converted);
    expect_every_change_refused(given(with_mugs, Discarded{}), Rejection::cart_is_discarded);
}

TEST(Cart, says_which_line_or_order_a_refusal_is_about) {
    const auto subject = [](const Scenario<Cart>& scenario, const Command& command) {
        const auto decided = decide(scenario.state(), command, {noon, 8, Policy{}, {}, false});
        return decided ? "" : decided.error().subject;
    };
    EXPECT_EQ(subject(given(with_mugs), SetLine{with_discount(plate, 401)}), "b");
    EXPECT_EQ(subject(given(with_mugs), RemoveLine{plate.line}), "b");
    EXPECT_EQ(subject(given(with_mugs, frozen), Discard{}), "order-1");
    EXPECT_EQ(subject(given(with_mugs, frozen, Converted{order_one}), Discard{}), "order-1");
}

}  // namespace
}  // namespace holdfast::cart
