#include "tests/unit/stock_given.h"

namespace holdfast::stock {
namespace {

constexpr auto everywhere = known<LocationId>("everywhere");
Change by(std::int64_t change) { return known<Change>(change); }
constexpr auto sellable = Bin::sellable, damaged = Bin::damaged, quarantined = Bin::quarantined;

TEST(Stock, sets_a_location_and_says_nothing_of_it_again) {
    const SetLocation set{north, known<Label>("North"), known<Priority>(3), false};
    const LocationSet is_set{north, known<Label>("North"), known<Priority>(3), false};
    given().when(set, noon).then(is_set).when(set, noon).then();
    given(is_set)
        .when(SetLocation{north, {}, known<Priority>(3), false}, noon)
        .then(LocationSet{north, {}, known<Priority>(3), false});
}
TEST(Stock, sets_a_policy_and_says_nothing_of_it_again) {
    SetPolicy set{u(1), u(2), noon, u(3), u(4), u(5), q(6), q(7)};
    given()
        .when(set, noon)
        .then(PolicySet{u(1), u(2), noon, u(3), u(4), u(5), q(6), q(7)})
        .when(set, noon)
        .then();
}
TEST(Stock, is_known_by_its_policy_even_when_that_says_nothing) {
    const SetPolicy nothing{no_units, no_units, {}, no_units, no_units, no_units, {}, {}};
    given()
        .when(nothing, noon)
        .then(policy())
        .when(reserve(ann, 1), noon)
        .then_rejected(Rejection::stock_is_insufficient, 0);
}

TEST(Stock, receives_at_a_known_location) {
    auto stock = given(north_opened);
    stock.when(Receive{m1, north, q(5)}, noon).then(Received{m1, north, q(5)});
    EXPECT_EQ(available(stock.state()), u(5));
    given(north_opened)
        .when(Receive{m1, south, q(5)}, noon)
        .then_rejected(Rejection::location_is_unknown);
}
TEST(Stock, refuses_a_movement_that_was_recorded_before) {
    constexpr auto why = Rejection::movement_was_recorded_before;
    given(north_opened).again().when(Receive{m1, north, q(5)}, noon).then_rejected(why);
    given(north_opened).again().when(Adjust{m1, north, by(5)}, noon).then_rejected(why);
    given(north_opened).again().when(Count{m1, north, u(5), {}}, noon).then_rejected(why);
    given(north_opened, received(9))
        .again()
        .when(Reclassify{m2, north, q(5), sellable, damaged}, noon)
        .then_rejected(why);
    given(north_opened, received(9))
        .again()
        .when(WriteOff{m2, north, q(5), sellable}, noon)
        .then_rejected(why);
}
TEST(Stock, names_the_id_of_a_movement_and_of_nothing_else) {
    EXPECT_EQ(natural_id(Receive{m1, north, q(1)}), "m1");
    EXPECT_EQ(natural_id(Count{m2, north, u(1), {}}), "m2");
    EXPECT_EQ(natural_id(reserve(ann, 1)), std::nullopt);
    EXPECT_EQ(natural_id(Expire{}), std::nullopt);
}
TEST(Stock, takes_sixty_four_locations_a_sku) {
    Scenario<Stock> stock = given(north_opened);
    for (int i = 0; i < 64; ++i) {
        const auto place = known<LocationId>("place-" + std::to_string(i));
        stock.when(SetLocation{place, {}, known<Priority>(i), true}, noon)
            .when(Receive{m1, place, q(1)}, noon)
            .then(Received{m1, place, q(1)});
    }
    stock.when(Receive{m1, north, q(1)}, noon).then_rejected(Rejection::too_many_locations, 64);
    EXPECT_EQ(available(stock.state()), u(64));
    stock.when(reserve(ann, 64), noon);
    EXPECT_EQ(splits_of(stock.state(), ann).size(), 64U);
}
TEST(Stock, refuses_what_its_counters_cannot_hold) {
    const Counted full{m1, north, u(units_max), no_units};
    given(north_opened, full)
        .when(Receive{m2, north, q(1)}, noon)
        .then_rejected(Rejection::counter_is_full, units_max)
        .when(Adjust{m2, north, by(1)}, noon)
        .then_rejected(Rejection::counter_is_full, units_max)
        .when(Restock{returned, first, north, q(1), damaged}, noon)
        .then_rejected(Rejection::counter_is_full, units_max);
    const auto stock =
        given(north_opened, south_opened, full, Counted{m1, south, u(units_max), no_units});
    EXPECT_EQ(available(stock.state()), u(units_max));
}

TEST(Stock, adjusts_up_freely_and_down_to_what_is_available) {
    given(north_opened, received(5), held(ann, 3))
        .when(Adjust{m2, north, by(-3)}, noon)
        .then_rejected(Rejection::stock_is_insufficient, 2)
        .when(Adjust{m2, north, by(-2)}, noon)
        .then(Adjusted{m2, north, by(-2)})
        .when(Adjust{m2, north, by(7)}, noon)
        .then(Adjusted{m2, north, by(7)});
    given(north_opened)
        .when(Adjust{m2, north, by(-1)}, noon)
        .then_rejected(Rejection::stock_is_insufficient, 0);
}

TEST(Stock, adjusts_by_something) {
    given(north_opened, received(5))
        .when(Adjust{m2, north, by(0)}, noon)
        .then_rejected(Rejection::change_is_zero);
    const auto old = given(north_opened, received(5), Adjusted{m2, north, by(0)});
    EXPECT_EQ(available(old.state()), u(5));
}

TEST(Stock, counts_what_is_there) {
    auto stock = given(north_opened, received(5));
    stock.when(Count{m2, north, u(7), {}}, noon).then(Counted{m2, north, u(7), u(5)});
    EXPECT_EQ(available(stock.state()), u(7));
}
TEST(Stock, counts_only_when_as_much_was_on_hand_as_the_counter_thought) {
    given(north_opened, received(5))
        .when(Count{m2, north, u(7), u(4)}, noon)
        .then_rejected(Rejection::on_hand_is_not_as_expected, 5)
        .when(Count{m2, north, u(7), u(5)}, noon)
        .then(Counted{m2, north, u(7), u(5)});
}
TEST(Stock, does_not_count_fewer_than_were_set_aside) {
    given(north_opened, received(5), Reclassified{m2, north, q(2), sellable, damaged},
          Reclassified{m2, north, q(1), sellable, quarantined})
        .when(Count{m2, north, u(2), {}}, noon)
        .then_rejected(Rejection::stock_would_be_negative, 3)
        .when(Count{m2, north, u(3), {}}, noon)
        .then(Counted{m2, north, u(3), u(5)});
}

TEST(Stock, moves_units_from_one_bin_to_another) {
    auto stock = given(north_opened, received(5));
    stock.when(Reclassify{m2, north, q(2), sellable, damaged}, noon)
        .then(Reclassified{m2, north, q(2), sellable, damaged});
    EXPECT_EQ(available(stock.state()), u(3));
    stock.when(Reclassify{m2, north, q(1), damaged, quarantined}, noon)
        .then(Reclassified{m2, north, q(1), damaged, quarantined});
    EXPECT_EQ(stock.state().shelves[0].damaged, u(1));
    EXPECT_EQ(stock.state().shelves[0].quarantined, u(1));
    stock.when(Reclassify{m2, north, q(1), quarantined, sellable}, noon)
        .then(Reclassified{m2, north, q(1), quarantined, sellable});
    EXPECT_EQ(available(stock.state()), u(4));
}
TEST(Stock, moves_no_more_than_a_bin_has) {
    given(north_opened, received(5))
        .when(Reclassify{m2, north, q(6), sellable, damaged}, noon)
        .then_rejected(Rejection::stock_would_be_negative, 5)
        .when(Reclassify{m2, north, q(1), damaged, sellable}, noon)
        .then_rejected(Rejection::stock_would_be_negative, 0)
        .when(Reclassify{m2, north, q(1), damaged, damaged}, noon)
        .then_rejected(Rejection::bins_are_the_same);
}

TEST(Stock, writes_off_up_to_what_a_bin_has) {
    auto stock = given(north_opened, received(5), Reclassified{m1, north, q(2), sellable, damaged});
    stock.when(WriteOff{m2, north, q(3), damaged}, noon)
        .then_rejected(Rejection::stock_would_be_negative, 2)
        .when(WriteOff{m2, north, q(2), damaged}, noon)
        .then(WrittenOff{m2, north, q(2), damaged})
        .when(WriteOff{m2, north, q(1), sellable}, noon)
        .then(WrittenOff{m2, north, q(1), sellable});
    EXPECT_EQ(available(stock.state()), u(2));
    EXPECT_EQ(stock.state().shelves[0].on_hand, u(2));
}

TEST(Stock, has_one_name_for_each_rejection) {
    for (int i = 1; i <= static_cast<int>(Rejection::counter_is_full); ++i) {
        const auto why = static_cast<Rejection>(i);
        EXPECT_EQ(explain(why).why, why);
        EXPECT_FALSE(explain(why).name.empty());
    }
    EXPECT_EQ(explain(Rejection::stock_is_insufficient).detail, "available");
    EXPECT_EQ(explain(Rejection::reservation_is_unknown).answer, Answer::missing);
}

}  // namespace
}  // namespace holdfast::stock
