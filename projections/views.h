// Views: what clients read: one row by its key, and lists in pages.
//
// Order      each list says its own. A page begins behind its cursor; rows that come and go between
//            two pages move nothing else.
// Threading  by any thread. Rows that are put together (an order with its parcels' tracking) may be
//            of two moments: wait for a token first where that matters (Projector::reached).
// Limits     a page has at most 1,000 rows, and fewer when a filter makes it look at 10,000.
// Errors     refused: the cursor is not one of this list. unavailable: the view is being built for
//            the first time. damaged: a stored row does not decode.
#pragma once

#include <functional>

#include "projections/availability.h"
#include "projections/carts.h"
#include "projections/fulfillments.h"
#include "projections/orders.h"
#include "projections/parked.h"
#include "projections/payments.h"
#include "projections/projector.h"
#include "projections/sales.h"
#include "projections/stock_ledger.h"

namespace holdfast::projections {

constexpr std::size_t page_rows_max = 1'000;

struct Listing {
    std::string cursor = {};  // a page's `next`; empty: from the beginning
    std::size_t limit = 50;
    std::uint32_t generation = 1;  // of the log; the cursors of another are none
};
template <class T> struct Page {
    std::vector<T> rows;
    std::string next;  // empty: there is no more
};
template <class T> using Found = std::expected<std::optional<T>, Error>;
template <class T> using Paged = std::expected<Page<T>, Error>;
template <class T> using Listed = std::expected<std::vector<T>, Error>;

// What is absent does not matter.
struct OrderFilter {
    std::optional<CustomerId> customer = {};
    std::optional<order::Stage> state = {};
    bool needs_attention = false;
};
struct FulfillmentFilter {
    std::optional<LocationId> location = {};
    std::optional<fulfillment::Stage> state = {};
};
struct SalesFilter {
    SalesBy by = SalesBy::day;
    std::optional<Currency> currency = {};
    std::string from = {}, until = {};  // groups: the first one, and the one behind the last
};

class Views {
public:
    Views(const ViewStore& store, const Projector& projector)
        : store_(store), projector_(projector) {}

    // ---- stock ----

    Found<AvailabilityRow> availability(const Sku& sku) const;
    Paged<AvailabilityRow> availability(const Listing& listing) const;  // all SKUs, by id
    Found<ReservationRow> reservation(const Sku& sku, const ReservationId& reservation) const;
    Found<LocationRow> location(const LocationId& location) const;
    Paged<LocationRow> locations(const Listing& listing) const;  // by id
    Found<StockTotalsRow> stock_totals() const;
    Paged<StockEntryRow> stock_ledger(const Sku& sku,
                                      const Listing& listing) const;   // newest first
    Paged<MovementTotalsRow> movements(const Listing& listing) const;  // by month, kind, reason

    // ---- carts, orders, payments ----

    Found<CartRow> cart(const CartId& cart) const;
    Found<OrderRow> order(const OrderId& order) const;
    Paged<OrderRow> orders(const OrderFilter& filter,
                           const Listing& listing) const;  // newest first
    Found<PaymentRow> payment(const PaymentId& payment) const;
    Listed<PaymentRow> payments_of(const OrderId& order) const;

    // ---- warehouses ----

    Found<FulfillmentRow> fulfillment(const FulfillmentId& fulfillment) const;
    Listed<FulfillmentRow> fulfillments_of(const OrderId& order) const;
    Paged<FulfillmentRow> fulfillments(const FulfillmentFilter& filter,
                                       const Listing& listing) const;  // oldest first

    // ---- reports ----

    Paged<SalesRow> sales(const SalesFilter& filter, const Listing& listing) const;  // by group
    Paged<ParkedRow> parked(const Listing& listing) const;

private:
    // A stretch of one view's keys.
    struct Stretch {
        std::string_view view;
        std::string path;  // ends with '/'
        bool newest_first = false;
    };
    using Visit =
        std::function<std::expected<bool, Error>(std::string_view key, std::string_view value)>;

    std::expected<std::string, Error> prefix_of(std::string_view view) const;
    template <class T> Found<T> get(std::string_view view, std::string_view key) const;
    // Visits what lies behind the cursor with the key's rest behind the path, until `limit` visits
    // have said that they took something; the cursor for what is left.
    std::expected<std::string, Error> walk(const Stretch& stretch, const Listing& listing,
                                           const Visit& visit) const;
    template <class T> Paged<T> page(const Stretch& stretch, const Listing& listing) const;
    // Of an index: its keys end with the id of a row, behind a time when `timed`.
    template <class T, class Keep>
    Paged<T> page_of(const Stretch& index, const Listing& listing, Keep keep) const;
    template <class T> Listed<T> of_order(std::string_view view, const OrderId& order) const;
    std::expected<void, Error> work_out(AvailabilityRow& row) const;
    std::expected<void, Error> put_in_tracking(OrderRow& row) const;

    const ViewStore& store_;
    const Projector& projector_;
};

}  // namespace holdfast::projections
