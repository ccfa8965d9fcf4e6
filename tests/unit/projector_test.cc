#include "tests/support/counted_view_store.h"
#include "tests/support/projection.h"
#include "tests/support/sold.h"

namespace holdfast::projections {
namespace {

constexpr auto mug = known<Sku>("MUG");
constexpr auto north = known<LocationId>("north");

stock::Event receipt(std::int64_t units) {
    return stock::Received{known<MovementId>("m"), north, pieces(units)};
}

void tell_something_of_all(Teller& teller) {
    for (const auto* id : {"A", "B", "C", "D", "E"}) {
        const auto order = known<OrderId>(id);
        teller.tell<Stock>(id, {receipt(5), receipt(2)});
        teller.tell<Cart>(id, {cart::Opened{gbp(), {}, {}, {line("1", id, 1, 100)}, {}, {}}});
        teller.tell<Order>(id, {order::Begun{order,
                                             {},
                                             gbp(),
                                             {},
                                             {},
                                             {line("1", id, 1, 100)},
                                             {},
                                             {by_token(100)},
                                             amount(100),
                                             {},
                                             known<Time>(9),
                                             false}});
        teller.tell<Order>(id, {order::Placed{}, order::Confirmed{}});
        teller.tell<Stock>(id, {receipt(1)});
    }
}

// ---- rows and bookmarks ----

TEST_F(Projection, folds_each_record_once) {
    tell<Stock>("MUG", {receipt(5)});
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    EXPECT_EQ(projector.step().value(), 1U);
    tell<Stock>("MUG", {receipt(2)});
    EXPECT_EQ(projector.step().value(), 1U);
    const Views views(store, projector);
    EXPECT_EQ(views.availability(mug).value()->locations.at(0).on_hand, 7);
}
TEST_F(Projection, says_how_far_behind_it_is) {
    tell<Stock>("MUG", {receipt(5)});
    tell<Stock>("MUG", {receipt(2)});
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    EXPECT_EQ(projector.records_behind(), 2U);
    run(projector);
    EXPECT_EQ(projector.records_behind(), 0U);
    tell<Stock>("MUG", {receipt(1)});
    EXPECT_EQ(projector.records_behind(), 1U);
}
TEST_F(Projection, writes_nothing_when_there_is_nothing_to_do) {
    CountedViewStore counted(store);
    Projector projector(log, counted, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    const auto writes = counted.writes;
    EXPECT_EQ(projector.step().value(), 0U);
    EXPECT_EQ(counted.writes, writes);
}
TEST_F(Projection, goes_on_behind_its_bookmarks_after_a_restart) {
    tell<Stock>("MUG", {receipt(5)});
    {
        Projector projector(log, store, all_views(), settings);
        ASSERT_TRUE(projector.start());
        run(projector);
    }
    tell<Stock>("MUG", {receipt(2)});
    Projector projector(log, store, all_views(), settings);
    EXPECT_TRUE(projector.start().value().empty());
    EXPECT_EQ(projector.step().value(), 1U);
    const Views views(store, projector);
    EXPECT_EQ(views.availability(mug).value()->locations.at(0).on_hand, 7);
}
TEST_F(Projection, makes_the_same_rows_whatever_a_step_takes) {
    tell_something_of_all(*this);
    Projector projector(log, store, all_views(), one_record);
    ASSERT_TRUE(projector.start());
    run(projector);
    EXPECT_TRUE(same(rows_in(store), undisturbed()));
}
// Each write fails at first: it has happened or it has not, and nobody knows.
TEST_F(Projection, counts_nothing_twice_of_a_write_that_failed) {
    tell_something_of_all(*this);
    Projector projector(log, store, all_views(), one_record);
    ASSERT_TRUE(projector.start());
    for (std::size_t folded = 1; folded != 0;) {
        store.set_faults({.write_unavailable = 1'000});
        const auto failed = projector.step();
        EXPECT_TRUE(!failed || *failed == 0);
        store.set_faults({});
        folded = projector.step().value();
    }
    run(projector);
    EXPECT_TRUE(same(rows_in(store), undisturbed()));
}
TEST_F(Projection, makes_the_same_rows_over_a_store_that_fails_now_and_then) {
    tell_something_of_all(*this);
    Projector projector(log, store, all_views(), one_record);
    store.set_faults({.read_unavailable = 50, .write_unavailable = 300});
    for (int i = 0; i < 200; ++i) (void)projector.step();
    store.set_faults({});
    run(projector);
    EXPECT_TRUE(same(rows_in(store), undisturbed()));
}
TEST_F(Projection, folds_again_what_a_crash_lost) {
    tell_something_of_all(*this);
    for (int i = 0; i < 60; ++i) {  // processes, each dies after three steps
        Projector projector(log, store, all_views(), one_record);
        ASSERT_TRUE(projector.start());
        for (int step = 0; step < 3; ++step) ASSERT_TRUE(projector.step());
        store.crash();
    }
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    EXPECT_TRUE(same(rows_in(store), undisturbed()));
}
TEST_F(Projection, writes_a_row_that_many_records_change_once_a_step) {
    for (int i = 0; i < 200; ++i) tell<Stock>("MUG", {receipt(1)});
    CountedViewStore counted(store);
    Projector projector(log, counted, all_views(), settings);
    ASSERT_TRUE(projector.start());
    EXPECT_EQ(projector.step().value(), 200U);
    const std::size_t entries = 200;
    EXPECT_LT(counted.rows_written, entries + 30);
}
TEST_F(Projection, takes_no_more_records_a_step_than_it_may) {
    tell_something_of_all(*this);
    Projector projector(log, store, all_views(), {.partitions = partitions, .records_max = 3});
    ASSERT_TRUE(projector.start());
    EXPECT_EQ(projector.step().value(), 3U);
}
TEST_F(Projection, builds_anew_what_followed_another_log) {
    tell<Stock>("MUG", {receipt(5)});
    {
        Projector projector(log, store, all_views(), settings);
        ASSERT_TRUE(projector.start());
        run(projector);
    }
    Teller elsewhere;
    elsewhere.tell<Stock>("MUG", {receipt(3)});
    Projector projector(elsewhere.log, store, all_views(), settings);
    EXPECT_EQ(projector.start().value(), std::vector<std::string>{"stock@1"});
    run(projector);
    const Views views(store, projector);
    EXPECT_EQ(views.availability(mug).value()->locations.at(0).on_hand, 3);
    EXPECT_EQ(views.stock_ledger(mug, {}).value().rows.size(), 1U);
}
TEST_F(Projection, says_that_the_log_is_damaged_and_writes_nothing) {
    const auto at = tell<Stock>("MUG", {receipt(5)});
    log.damage(at, 0);
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    EXPECT_EQ(projector.step().error().code, Error::damaged);
    EXPECT_EQ(rows_in(store, "stock@1/"), Kept());
}

// ---- who waits ----

TEST_F(Projection, reaches_a_token_when_its_records_can_be_read) {
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    Token token;
    token.add(tell<Stock>("MUG", {receipt(5)}), 0);
    EXPECT_FALSE(projector.reached(token));
    EXPECT_TRUE(projector.reached(token, "orders")) << "it is not about stock";
    run(projector);
    EXPECT_TRUE(projector.reached(token));
    token.add({Stock::number, partitions}, 0);
    EXPECT_FALSE(projector.reached(token)) << "there is no such partition";
}
TEST_F(Projection, tells_of_progress_after_it_can_be_seen) {
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    Token token;
    token.add(tell<Stock>("MUG", {receipt(5)}), 0);
    int told = 0;
    const auto number = projector.watchers().on_progress([&] {
        ++told;
        EXPECT_TRUE(projector.reached(token));
    });
    run(projector);
    EXPECT_EQ(told, 1);
    projector.watchers().forget(number);
    tell<Stock>("MUG", {receipt(5)});
    run(projector);
    EXPECT_EQ(told, 1);
}
TEST_F(Projection, tells_who_watches_a_row_and_nobody_else) {
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    const Views views(store, projector);
    int mugs = 0, cups = 0;
    Watchers::Number number = 0;
    number = projector.watch<AvailabilityRow>("stock", "MUG", [&] {
        ++mugs;
        EXPECT_TRUE(views.availability(mug).value());
        projector.watchers().forget(number);
    });
    projector.watch<AvailabilityRow>("stock", "CUP", [&] { ++cups; });
    tell<Stock>("MUG", {receipt(5)});
    run(projector);
    tell<Stock>("MUG", {receipt(5)});
    run(projector);
    EXPECT_EQ(mugs, 1) << "it forgot itself";
    EXPECT_EQ(cups, 0);
}
TEST_F(Projection, tells_of_a_failed_write_once_it_is_sure_what_is_stored) {
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    const Views views(store, projector);
    bool told = false;
    projector.watch<AvailabilityRow>("stock", "MUG", [&] {
        told = true;
        EXPECT_TRUE(views.availability(mug).value());
    });
    tell<Stock>("MUG", {receipt(5)});
    store.set_faults({.write_unavailable = 1'000});
    EXPECT_FALSE(projector.step());
    EXPECT_FALSE(told);
    store.set_faults({});
    run(projector);
    EXPECT_TRUE(told);
}

}  // namespace
}  // namespace holdfast::projections
