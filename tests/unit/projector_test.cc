#include <algorithm>

#include "tests/support/counted_view_store.h"
#include "tests/support/sold.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using simulated::SimulatedViewStore;

constexpr auto mug = known<Sku>("MUG");
constexpr auto north = known<LocationId>("north");

stock::Event receipt(std::int64_t units) {
    return stock::Received{known<MovementId>("m"), north, pieces(units)};
}
stock::Event stranger_expires() { return stock::Expired{known<ReservationId>("stranger")}; }

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

// A view of carts that counts, in rows of another view's kind: a fold of two versions.
template <std::int64_t Weight> Folded count(const Told<Cart>& told, Rows& rows) {
    return each_stream(told, [&](const Happened<Cart>& stream) -> Folded {
        if (stream.key == "bad") return unfoldable("it is bad", stream.key);
        rows.find_or_put("all", StockTotalsRow{}).skus += Weight;
        return {};
    });
}
const View first_version{"counts", 1, Fold<Cart>(count<1>)};
const View second_version{"counts", 2, Fold<Cart>(count<1'000>)};

class Projection : public ::testing::Test, public Teller {
protected:
    void open_carts(int n) {
        for (int i = 0; i < n; ++i)
            tell<Cart>("cart-" + std::to_string(carts_++), {cart::Discarded{}});
    }
    // Folds until there is nothing to do.
    void run(Projector& projector) {
        for (auto folded = projector.step(); folded.value() != 0;) folded = projector.step();
    }
    std::optional<std::int64_t> counted(const Projector& projector) const {
        const auto prefix = projector.prefix("counts");
        if (!prefix) return {};
        const auto bytes = store.get(*prefix + "totals/all").value();
        return bytes ? std::optional(decoded<StockTotalsRow>(*bytes).value().skus) : 0;
    }
    using Kept = std::vector<std::pair<std::string, std::string>>;
    static Kept rows_in(const ViewStore& store, std::string_view prefix = "") {
        Kept rows;
        const auto scanned = store.scan(prefix, "~", false, [&](auto key, auto value) {
            if (!key.starts_with(prefix)) return false;
            rows.emplace_back(key, value);
            return true;
        });
        EXPECT_TRUE(scanned);
        return rows;
    }
    // Says where two stores differ first.
    static ::testing::AssertionResult same(const Kept& a, const Kept& b) {
        const auto [left, right] = std::ranges::mismatch(a, b);
        if (left == a.end() && right == b.end()) return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure()
               << "they differ at " << (left == a.end() ? right->first : left->first);
    }
    // The rows of all that was told, made in one go.
    Kept undisturbed() {
        SimulatedViewStore rows(1);
        Projector projector(log, rows, all_views(), settings);
        EXPECT_TRUE(projector.start());
        run(projector);
        return rows_in(rows);
    }
    static constexpr Projector::Settings settings{.partitions = partitions};
    static constexpr Projector::Settings one_record{.partitions = partitions, .records_max = 1};

    SimulatedViewStore store{1};
    int carts_ = 0;
    Watchers::Number number_ = 0;
};

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

// ---- versions ----

TEST_F(Projection, serves_the_old_version_until_the_new_one_has_caught_up) {
    open_carts(5);
    Projector old(log, store, {first_version}, settings);
    ASSERT_TRUE(old.start());
    run(old);
    EXPECT_EQ(counted(old), 5);

    Projector projector(log, store, {second_version}, one_record);
    ASSERT_TRUE(projector.start());
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(counted(projector), 5);
        EXPECT_FALSE(projector.is_live("counts"));
        ASSERT_TRUE(projector.step());
    }
    run(projector);
    EXPECT_TRUE(projector.is_live("counts"));
    EXPECT_EQ(counted(projector), 5'000);
    EXPECT_EQ(rows_in(store, "counts@1/"), Kept());
    EXPECT_EQ(rows_in(store, "projector/bookmark/counts@1/"), Kept());
}
TEST_F(Projection, goes_on_building_a_version_after_a_restart) {
    open_carts(5);
    Projector old(log, store, {first_version}, settings);
    ASSERT_TRUE(old.start());
    run(old);
    for (int i = 0; i < 2; ++i) {
        Projector projector(log, store, {second_version}, one_record);
        ASSERT_TRUE(projector.start());
        ASSERT_EQ(projector.step().value(), 1U);
    }
    Projector projector(log, store, {second_version}, settings);
    ASSERT_TRUE(projector.start());
    EXPECT_EQ(counted(projector), 5);
    ASSERT_TRUE(projector.step());
    EXPECT_EQ(counted(projector), 5'000);
}
TEST_F(Projection, builds_one_view_while_another_stays_live) {
    Projector old(log, store, {first_version, carts_view()}, settings);
    ASSERT_TRUE(old.start());
    run(old);
    open_carts(3);
    run(old);
    EXPECT_EQ(old.parked(), 3U) << "a cart that was never opened is not one";
    tell<Cart>("basket", {cart::Opened{gbp(), {}, {}, {}, {}, {}}});
    Projector projector(log, store, {second_version, carts_view()}, one_record);
    ASSERT_TRUE(projector.start());
    ASSERT_EQ(projector.step().value(), 1U);
    EXPECT_TRUE(Views(store, projector).cart(known<CartId>("basket")).value());
    EXPECT_FALSE(projector.is_live("counts"));
}

// ---- what cannot be folded ----

TEST_F(Projection, parks_what_it_cannot_fold_and_goes_on) {
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    tell<Stock>("MUG", {receipt(5)});
    const auto at = tell<Stock>("MUG", {receipt(100), stranger_expires()});
    tell<Stock>("MUG", {receipt(2)});
    run(projector);
    const Views views(store, projector);
    EXPECT_EQ(views.availability(mug).value()->locations.at(0).on_hand, 7)
        << "nothing of the bad decision";
    EXPECT_EQ(views.stock_ledger(mug, {}).value().rows.size(), 2U);
    EXPECT_EQ(projector.parked(), 1U);
    const auto parked = views.parked({}).value().rows.at(0);
    EXPECT_EQ(parked.view + " " + parked.context, "stock stock");
    EXPECT_EQ(parked.partition, at.partition);
    EXPECT_EQ(parked.sequence, 1U);
    EXPECT_EQ(parked.why, "an event names a reservation that is not known: stranger");
    const auto batch = log.read(at, 1).value();
    const auto record = wire::open(*batch.blob)->record(1).bytes;
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(parked.record)), record));
}
TEST_F(Projection, parks_what_does_not_decode_for_every_view_of_its_context) {
    Projector projector(log, store, all_views(), settings);
    ASSERT_TRUE(projector.start());
    run(projector);
    tell_nonsense({Order::number, 2});
    tell_nonsense({Order::number, 2});
    run(projector);
    EXPECT_EQ(projector.parked(), 4U) << "two records, for orders and for sales";
    Projector again(log, store, all_views(), settings);
    ASSERT_TRUE(again.start());
    EXPECT_EQ(again.parked(), 4U);
}
TEST_F(Projection, stops_building_at_what_it_cannot_fold_and_says_where) {
    open_carts(2);
    const auto at = tell<Cart>("bad", {cart::Discarded{}});
    open_carts(2);
    Projector projector(log, store, {first_version, stock_view()}, settings);
    ASSERT_TRUE(projector.start());
    const auto stopped = projector.step();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Error::damaged);
    EXPECT_NE(stopped.error().detail.find("cart/" + std::to_string(at.partition)),
              std::string::npos)
        << stopped.error().detail;
    tell<Stock>("MUG", {receipt(5)});
    run(projector);
    EXPECT_TRUE(projector.is_live("stock"));
    EXPECT_FALSE(projector.is_live("counts"));
    EXPECT_EQ(Views(store, projector).availability(mug).value()->locations.at(0).on_hand, 5);
}
TEST_F(Projection, parks_while_building_only_when_it_is_told_to) {
    tell<Cart>("bad", {cart::Discarded{}});
    open_carts(2);
    Projector projector(log, store, {first_version},
                        {.partitions = partitions, .park_while_building = true});
    ASSERT_TRUE(projector.start());
    run(projector);
    EXPECT_EQ(counted(projector), 2);
    EXPECT_EQ(projector.parked(), 1U);
}
TEST_F(Projection, reads_nothing_of_a_view_that_was_never_built) {
    open_carts(1);
    Projector projector(log, store, {carts_view()}, settings);
    ASSERT_TRUE(projector.start());
    const Views views(store, projector);
    EXPECT_EQ(views.cart(known<CartId>("cart-0")).error().code, Error::unavailable);
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
    const auto number = projector.watch<AvailabilityRow>("stock", "MUG", [&] {
        ++mugs;
        EXPECT_TRUE(views.availability(mug).value());
        projector.watchers().forget(number_);
    });
    number_ = number;
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
