#include "tests/support/projection.h"
#include "tests/support/sold.h"

namespace holdfast::projections {
namespace {

constexpr auto mug = known<Sku>("MUG");

stock::Event receipt(std::int64_t units) {
    return stock::Received{known<MovementId>("m"), known<LocationId>("north"), pieces(units)};
}
stock::Event stranger_expires() { return stock::Expired{known<ReservationId>("stranger")}; }

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

class Versions : public Projection {
protected:
    void open_carts(int n) {
        for (int i = 0; i < n; ++i)
            tell<Cart>("cart-" + std::to_string(carts_++), {cart::Discarded{}});
    }
    std::optional<std::int64_t> counted(const Projector& projector) const {
        const auto prefix = projector.prefix("counts");
        if (!prefix) return {};
        const auto bytes = store.get(*prefix + "totals/all").value();
        return bytes ? std::optional(decoded<StockTotalsRow>(*bytes).value().skus) : 0;
    }

private:
    int carts_ = 0;
};

// ---- versions ----

TEST_F(Versions, serves_the_old_version_until_the_new_one_has_caught_up) {
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
TEST_F(Versions, goes_on_building_a_version_after_a_restart) {
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
TEST_F(Versions, builds_one_view_while_another_stays_live) {
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

TEST_F(Versions, parks_what_it_cannot_fold_and_goes_on) {
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
TEST_F(Versions, parks_what_does_not_decode_for_every_view_of_its_context) {
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
TEST_F(Versions, stops_building_at_what_it_cannot_fold_and_says_where) {
    open_carts(2);
    const auto at = tell<Cart>("bad", {cart::Discarded{}});
    open_carts(2);
    Projector projector(log, store, {first_version, stock_view()}, settings);
    ASSERT_TRUE(projector.start());
    const auto stopped = projector.step();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Error::damaged);
    EXPECT_NE(stopped.error().detail.find(wire::name_of(at) + ", record 0"), std::string::npos)
        << stopped.error().detail;
    tell<Stock>("MUG", {receipt(5)});
    run(projector);
    EXPECT_TRUE(projector.is_live("stock"));
    EXPECT_FALSE(projector.is_live("counts"));
    EXPECT_EQ(Views(store, projector).availability(mug).value()->locations.at(0).on_hand, 5);
}
TEST_F(Versions, parks_while_building_only_when_it_is_told_to) {
    tell<Cart>("bad", {cart::Discarded{}});
    open_carts(2);
    Projector projector(log, store, {first_version},
                        {.partitions = partitions, .park_while_building = true});
    ASSERT_TRUE(projector.start());
    run(projector);
    EXPECT_EQ(counted(projector), 2);
    EXPECT_EQ(projector.parked(), 1U);
}
TEST_F(Versions, reads_nothing_of_a_view_that_was_never_built) {
    open_carts(1);
    Projector projector(log, store, {carts_view()}, settings);
    ASSERT_TRUE(projector.start());
    const Views views(store, projector);
    EXPECT_EQ(views.cart(known<CartId>("cart-0")).error().code, Error::unavailable);
}

}  // namespace
}  // namespace holdfast::projections
