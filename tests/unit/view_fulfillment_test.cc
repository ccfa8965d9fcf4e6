#include "tests/support/sold.h"
#include "tests/support/told_views.h"

namespace holdfast::projections {
namespace {

using namespace fulfillment;

constexpr auto order_1 = known<OrderId>("order-1");
constexpr auto north = known<LocationId>("north"), south = known<LocationId>("south");
constexpr auto mugs = known<LineId>("1"), cups = known<LineId>("2");

class FulfillmentView : public ::testing::Test, public ToldViews {
protected:
    void was_requested(std::string_view id, std::int64_t at_ms,
                       const LocationId& location = north) {
        header.at_ms = known<Time>(at_ms);
        had(id,
            Requested{order_1,
                      location,
                      {{mugs, known<Sku>("MUG"), pieces(3)}, {cups, known<Sku>("CUP"), pieces(1)}},
                      {}});
    }
    template <class... Events> void had(std::string_view id, const Events&... events) {
        tell<Fulfillment>(id, list_of<Event>(events...));
    }
    FulfillmentRow row(std::string_view id) {
        return read().fulfillment(known<FulfillmentId>(id)).value().value();
    }
    std::vector<std::string> queue(const FulfillmentFilter& filter) {
        std::vector<std::string> ids;
        const auto page = read().fulfillments(filter, {}).value();
        for (const auto& row : page.rows) ids.emplace_back(row.fulfillment.raw());
        return ids;
    }
};
using Ids = std::vector<std::string>;

TEST_F(FulfillmentView, counts_what_is_shipped_and_cancelled_of_each_line) {
    was_requested("f1", 1);
    had("f1", Accepted{order_1},
        Shipped{order_1,
                known<ShipmentId>("box"),
                {{mugs, pieces(2)}},
                known<Label>("Royal Mail"),
                known<Reference>("RM 1")});
    had("f1", CancellationAnswered{
                  order_1, known<CancellationId>("c"), {{mugs, pieces(1)}}, {{cups, pieces(1)}}});
    EXPECT_EQ(row("f1").items.at(0), (FulfillmentItemRow{mugs, known<Sku>("MUG"), 3, 2, 1}));
    EXPECT_EQ(row("f1").items.at(1), (FulfillmentItemRow{cups, known<Sku>("CUP"), 1, 0, 0}));
    const auto parcel = row("f1").shipments.at(0);
    EXPECT_EQ(parcel.carrier + " " + parcel.tracking, "Royal Mail RM 1");
    EXPECT_EQ(row("f1").version, 4U);
}
TEST_F(FulfillmentView, shows_why_a_warehouse_will_not) {
    was_requested("f1", 1);
    had("f1", Rejected{order_1, known<Label>("flooded"), {{mugs, pieces(3)}, {cups, pieces(1)}}},
        Ended{order_1});
    EXPECT_EQ(row("f1").rejected_because, "flooded");
    EXPECT_EQ(row("f1").state, Stage::ended);
    EXPECT_EQ(row("f1").items.at(0).cancelled, 3);
}
TEST_F(FulfillmentView, queues_by_location_and_state_oldest_first) {
    was_requested("f3", 10);
    was_requested("f1", 30);
    was_requested("f2", 20, south);
    EXPECT_EQ(queue({}), (Ids{"f3", "f2", "f1"}));
    EXPECT_EQ(queue({.location = north}), (Ids{"f3", "f1"}));
    EXPECT_EQ(queue({.state = Stage::requested}), (Ids{"f3", "f2", "f1"}));
    had("f3", Accepted{order_1});
    EXPECT_EQ(queue({north, Stage::requested}), (Ids{"f1"}));
    EXPECT_EQ(queue({north, Stage::accepted}), (Ids{"f3"}));
    EXPECT_EQ(queue({.state = Stage::requested}), (Ids{"f2", "f1"}));
    EXPECT_EQ(queue({.location = north}), (Ids{"f3", "f1"}));
    had("f3", Ended{order_1});
    EXPECT_EQ(queue({north, Stage::accepted}), Ids());
}
TEST_F(FulfillmentView, is_found_by_its_order) {
    was_requested("f1", 10);
    was_requested("f2", 20, south);
    EXPECT_EQ(read().fulfillments_of(order_1).value().size(), 2U);
}

}  // namespace
}  // namespace holdfast::projections
