#include "projections/views.h"

#include <algorithm>

#include "engine/wire/crc32c.h"
#include "engine/wire/fields.h"
#include "projections/opaque.h"

namespace holdfast::projections {
namespace {

constexpr char cursor_kind = 'L';
constexpr std::size_t visits_max = 10'000;
constexpr std::size_t time_bytes = 8;  // sortable()

Error damaged(std::string_view key) {
    return {Error::damaged, "a row of a view does not decode: " + std::string(key)};
}

// A cursor is where a page ended, and which list that was. In another generation of the log the
// same key may mean another place.
std::string list_mark(std::string_view view, std::string_view path, std::uint32_t generation) {
    auto name = joined({view, path});
    if (generation != 1) name += sortable(generation);
    return sortable(wire::crc32c(std::as_bytes(std::span(name)))).substr(4);
}
std::string cursor_at(std::string_view mark, std::string_view rest) {
    return closed(cursor_kind, std::string(mark).append(rest));
}
std::expected<std::string, Error> rest_of(std::string_view mark, std::string_view cursor) {
    auto bytes = opened(cursor_kind, cursor);
    if (!bytes || !bytes->starts_with(mark))
        return std::unexpected(Error{Error::refused, "the cursor is not one of this list"});
    return bytes->substr(mark.size());
}

}  // namespace

// ---- rows and pages ----

std::expected<std::string, Error> Views::prefix_of(std::string_view view) const {
    auto prefix = projector_.prefix(view);
    if (!prefix)
        return std::unexpected(
            Error{Error::unavailable, "the view is being built: " + std::string(view)});
    return *std::move(prefix);
}

template <class T> Found<T> Views::get(std::string_view view, std::string_view key) const {
    const auto prefix = prefix_of(view);
    if (!prefix) return std::unexpected(prefix.error());
    const auto bytes = store_.get(*prefix + joined({T::family, key}));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    auto row = decoded<T>(**bytes);
    if (!row) return std::unexpected(damaged(key));
    return row;
}

std::expected<std::string, Error> Views::walk(const Stretch& stretch, const Listing& listing,
                                              const Visit& visit) const {
    const auto prefix = prefix_of(stretch.view);
    if (!prefix) return std::unexpected(prefix.error());
    const auto path = *prefix + stretch.path;
    const auto mark = list_mark(stretch.view, stretch.path, listing.generation);
    auto from = path, until = behind(path);
    if (!listing.cursor.empty()) {
        const auto rest = rest_of(mark, listing.cursor);
        if (!rest) return std::unexpected(rest.error());
        if (stretch.newest_first)
            until = path + *rest;
        else
            from = path + *rest + '\0';
    }
    const auto limit = std::clamp<std::size_t>(listing.limit, 1, page_rows_max);
    std::size_t visits = 0, taken = 0;
    std::string last, next;
    std::expected<bool, Error> took = false;
    const auto scanned = store_.scan(from, until, stretch.newest_first, [&](auto key, auto value) {
        if (taken == limit || visits++ == visits_max) {
            next = cursor_at(mark, last);
            return false;
        }
        last = key.substr(path.size());
        took = visit(last, value);
        if (took && *took) ++taken;
        return took.has_value();
    });
    if (!scanned) return std::unexpected(scanned.error());
    if (!took) return std::unexpected(took.error());
    return next;
}

template <class T> Paged<T> Views::page(const Stretch& stretch, const Listing& listing) const {
    Page<T> page;
    auto next = walk(stretch, listing, [&](auto key, auto value) -> std::expected<bool, Error> {
        auto row = decoded<T>(value);
        if (!row) return std::unexpected(damaged(key));
        page.rows.push_back(*std::move(row));
        return true;
    });
    if (!next) return std::unexpected(next.error());
    page.next = *std::move(next);
    return page;
}

template <class T, class Keep>
Paged<T> Views::page_of(const Stretch& index, const Listing& listing, Keep keep) const {
    Page<T> page;
    auto next = walk(index, listing, [&](auto key, auto) -> std::expected<bool, Error> {
        auto row = get<T>(index.view, key.substr(time_bytes));
        if (!row) return std::unexpected(row.error());
        if (!*row || !keep(**row)) return false;
        page.rows.push_back(**std::move(row));
        return true;
    });
    if (!next) return std::unexpected(next.error());
    page.next = *std::move(next);
    return page;
}

template <class T> Listed<T> Views::of_order(std::string_view view, const OrderId& order) const {
    std::vector<T> rows;
    const Stretch index{view, joined({"of_order", order.raw()}) + "/"};
    const auto walked =
        walk(index, {.limit = page_rows_max}, [&](auto key, auto) -> std::expected<bool, Error> {
            auto row = get<T>(view, key);
            if (!row) return std::unexpected(row.error());
            if (!*row) return false;
            rows.push_back(**std::move(row));
            return true;
        });
    if (!walked) return std::unexpected(walked.error());
    return rows;
}

// ---- stock ----

// What orders may have of it: where they are accepted, less safety stock.
std::expected<void, Error> Views::work_out(AvailabilityRow& row) const {
    auto available = -row.policy.safety;
    for (auto& shelf : row.locations) {
        const auto place = location(shelf.location);
        if (!place) return std::unexpected(place.error());
        shelf.accepts_orders = *place && (*place)->accepts_orders;
        if (shelf.accepts_orders) available += shelf.available;
    }
    row.available = std::max<std::int64_t>(0, available);
    return {};
}

Found<AvailabilityRow> Views::availability(const Sku& sku) const {
    auto row = get<AvailabilityRow>("stock", sku.raw());
    if (!row || !*row) return row;
    if (auto done = work_out(**row); !done) return std::unexpected(done.error());
    return row;
}
Paged<AvailabilityRow> Views::availability(const Listing& listing) const {
    auto page = this->page<AvailabilityRow>({"stock", "sku/"}, listing);
    if (!page) return page;
    for (auto& row : page->rows)
        if (auto done = work_out(row); !done) return std::unexpected(done.error());
    return page;
}
Found<ReservationRow> Views::reservation(const Sku& sku, const ReservationId& reservation) const {
    return get<ReservationRow>("stock", joined({sku.raw(), reservation.raw()}));
}
Found<LocationRow> Views::location(const LocationId& location) const {
    return get<LocationRow>("stock", location.raw());
}
Paged<LocationRow> Views::locations(const Listing& listing) const {
    return page<LocationRow>({"stock", "location/"}, listing);
}
Found<StockTotalsRow> Views::stock_totals() const { return get<StockTotalsRow>("stock", "all"); }
Paged<StockEntryRow> Views::stock_ledger(const Sku& sku, const Listing& listing) const {
    return page<StockEntryRow>({"stock", joined({"entry", sku.raw()}) + "/", true}, listing);
}
Paged<MovementTotalsRow> Views::movements(const Listing& listing) const {
    return page<MovementTotalsRow>({"stock", "movements/"}, listing);
}

// ---- carts, orders, payments ----

Found<CartRow> Views::cart(const CartId& cart) const { return get<CartRow>("carts", cart.raw()); }

std::expected<void, Error> Views::put_in_tracking(OrderRow& row) const {
    std::optional<FulfillmentRow> of;
    for (auto& shipment : row.shipments) {
        if (!of || of->fulfillment != shipment.fulfillment) {
            auto found = fulfillment(shipment.fulfillment);
            if (!found) return std::unexpected(found.error());
            of = *std::move(found);
        }
        if (!of) continue;
        const auto parcel =
            std::ranges::find(of->shipments, shipment.shipment, &ParcelRow::shipment);
        if (parcel == of->shipments.end()) continue;
        shipment.carrier = parcel->carrier;
        shipment.tracking = parcel->tracking;
    }
    return {};
}

Found<OrderRow> Views::order(const OrderId& order) const {
    auto row = get<OrderRow>("orders", order.raw());
    if (!row || !*row) return row;
    if (auto done = put_in_tracking(**row); !done) return std::unexpected(done.error());
    return row;
}

Paged<OrderRow> Views::orders(const OrderFilter& filter, const Listing& listing) const {
    Stretch index{"orders", "all/", true};
    if (filter.state) index.path = joined({"state", wire::name_of(*filter.state)}) + "/";
    if (filter.needs_attention) index.path = "attention/";
    if (filter.customer) index.path = joined({"customer", filter.customer->raw()}) + "/";
    auto page = page_of<OrderRow>(index, listing, [&](const OrderRow& row) {
        return (!filter.customer || row.customer == filter.customer) &&
               (!filter.state || row.state == *filter.state) &&
               (!filter.needs_attention || row.needs_attention);
    });
    if (!page) return page;
    for (auto& row : page->rows)
        if (auto done = put_in_tracking(row); !done) return std::unexpected(done.error());
    return page;
}

Found<PaymentRow> Views::payment(const PaymentId& payment) const {
    return get<PaymentRow>("payments", payment.raw());
}
Listed<PaymentRow> Views::payments_of(const OrderId& order) const {
    return of_order<PaymentRow>("payments", order);
}

// ---- warehouses ----

Found<FulfillmentRow> Views::fulfillment(const FulfillmentId& fulfillment) const {
    return get<FulfillmentRow>("fulfillments", fulfillment.raw());
}
Listed<FulfillmentRow> Views::fulfillments_of(const OrderId& order) const {
    return of_order<FulfillmentRow>("fulfillments", order);
}
Paged<FulfillmentRow> Views::fulfillments(const FulfillmentFilter& filter,
                                          const Listing& listing) const {
    Stretch index{"fulfillments", "all/"};
    if (filter.location && filter.state)
        index.path =
            joined({"at_state", filter.location->raw(), wire::name_of(*filter.state)}) + "/";
    else if (filter.location)
        index.path = joined({"at", filter.location->raw()}) + "/";
    else if (filter.state)
        index.path = joined({"state", wire::name_of(*filter.state)}) + "/";
    return page_of<FulfillmentRow>(index, listing, [&](const FulfillmentRow& row) {
        return !filter.state || row.state == *filter.state;
    });
}

// ---- reports ----

Paged<SalesRow> Views::sales(const SalesFilter& filter, const Listing& listing) const {
    Page<SalesRow> page;
    auto path = joined({"by", wire::name_of(filter.by)}) + "/";
    if (filter.currency) path.append(filter.currency->raw()).append("/");
    auto next =
        walk({"sales", path}, listing, [&](auto key, auto value) -> std::expected<bool, Error> {
            auto row = decoded<SalesRow>(value);
            if (!row) return std::unexpected(damaged(key));
            const bool is_asked =
                row->group >= filter.from && (filter.until.empty() || row->group < filter.until);
            if (is_asked) page.rows.push_back(*std::move(row));
            return is_asked;
        });
    if (!next) return std::unexpected(next.error());
    page.next = *std::move(next);
    return page;
}

Paged<ParkedRow> Views::parked(const Listing& listing) const {
    return page<ParkedRow>({"parked", "record/"}, listing);
}

}  // namespace holdfast::projections
