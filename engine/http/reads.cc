#include "engine/http/reads.h"

#include <algorithm>
#include <charconv>

#include "engine/http/browser.h"
#include "engine/http/documents.h"
#include "engine/wire/hash.h"
#include "engine/wire/personal.h"
#include "projections/calendar.h"

namespace holdfast::http {
namespace {

using projections::Listing;

constexpr std::size_t skus_max = 100;

Problem problem_of(const Error& error) {
    switch (error.code) {
        case Error::refused: return Problem(problems::cursor_is_malformed);
        case Error::damaged: return Problem(problems::row_is_damaged);
        default: return Problem(problems::view_is_being_built).header("Retry-After", "1");
    }
}
std::unexpected<Problem> bad_query(std::string_view parameter) {
    return std::unexpected(Problem(problems::query_is_malformed).with("parameter", parameter));
}

template <class Id>
std::expected<Id, Problem> id_at(const Request& request, std::string_view name) {
    const auto id = Id::from(request.path[name]);
    if (id) return *id;
    return std::unexpected(Problem(problems::path_is_malformed).with("parameter", name));
}
template <class Value>
std::expected<std::optional<Value>, Problem> value_in(const Request& request,
                                                      std::string_view name) {
    const auto text = request.query_value(name);
    if (!text) return std::nullopt;
    const auto value = Value::from(*text);
    if (!value) return bad_query(name);
    return std::optional(*value);
}
template <class Enum>
std::expected<std::optional<Enum>, Problem> word_in(const Request& request, std::string_view name) {
    const auto text = request.query_value(name);
    if (!text) return std::nullopt;
    const auto& words = wire::words_of<Enum>;
    const auto found = text->empty() ? words.end() : std::ranges::find(words, *text);
    if (found != words.end()) return static_cast<Enum>(found - words.begin());
    return bad_query(name);
}
std::expected<Listing, Problem> listing_in(const Core& core, const Request& request) {
    Listing listing;
    listing.generation = core.engine.generation();
    listing.cursor = request.query_value("cursor").value_or("");
    const auto limit = request.query_value("limit");
    if (!limit) return listing;
    const auto [stop, error] = std::from_chars(limit->begin(), limit->end(), listing.limit);
    if (error != std::errc() || stop != limit->end() || listing.limit == 0 ||
        listing.limit > projections::page_rows_max)
        return bad_query("limit");
    return listing;
}

// Of "a,b," three, of which the last is empty.
std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    for (auto end = list.find(','); end != list.npos; end = list.find(',')) {
        parts.push_back(list.substr(0, end));
        list.remove_prefix(end + 1);
    }
    parts.push_back(list);
    return parts;
}

std::optional<Problem> objection_to(const LocationId& location, const projections::Views& views) {
    const auto found = views.location(location);
    if (!found) return problem_of(found.error());
    if (*found) return {};
    return Problem({404, "location_is_unknown"}).with("location", location.raw());
}

// Of the rows, the shelves at one location, and what who names it may have of them, by stock's own
// rule (stock/sourcing.h); a problem when there is no such location.
std::optional<Problem> keep_only(const LocationId& location,
                                 std::vector<projections::AvailabilityRow>& rows,
                                 const projections::Views& views) {
    bool is_known = false;
    for (auto& row : rows) {
        std::erase_if(row.locations, [&](const auto& shelf) { return shelf.location != location; });
        is_known = is_known || !row.locations.empty();
        const bool is_open = !row.locations.empty() && row.locations.front().accepts_orders;
        row.available = is_open ? std::min(row.available, row.locations.front().available) : 0;
    }
    return is_known ? std::nullopt : objection_to(location, views);
}

// A group that sales by it may have; the others are texts.
bool is_a_group(projections::SalesBy by, std::string_view text) {
    switch (by) {
        case projections::SalesBy::day: return projections::is_day(text);
        case projections::SalesBy::month: return projections::is_month(text);
        case projections::SalesBy::sku: return Sku::from(text).has_value();
        default: return !text.empty();
    }
}

}  // namespace

template <class Row>
Reads::Read Reads::one(const projections::Found<Row>& found, std::string_view unknown,
                       const wire::Opener* open) {
    if (!found) return std::unexpected(problem_of(found.error()));
    if (!*found) return std::unexpected(Problem({404, unknown}));
    Shown shown{document(**found, open)};
    if constexpr (requires { (**found).version; }) shown.tag = std::to_string((**found).version);
    return shown;
}

template <class Row>
Reads::Read Reads::many(const projections::Paged<Row>& page, const wire::Opener* open) {
    if (!page) return std::unexpected(problem_of(page.error()));
    return Shown{documents(*page, open)};
}

// ---- stock ----

Reads::Read Reads::availability(const Request& request) const {
    const auto location = value_in<LocationId>(request, "location");
    const auto listing = listing_in(core_, request);
    if (!location) return std::unexpected(location.error());
    if (!listing) return std::unexpected(listing.error());
    projections::Page<projections::AvailabilityRow> page;
    if (const auto skus = request.query_value("sku")) {
        for (const auto paging : {"cursor", "limit"})
            if (request.query_value(paging)) return bad_query(paging);
        const auto names = split(*skus);
        if (names.size() > skus_max) return bad_query("sku");
        for (const auto name : names) {
            const auto sku = Sku::from(name);
            if (!sku) return bad_query("sku");
            auto row = core_.views.availability(*sku);
            if (!row) return std::unexpected(problem_of(row.error()));
            if (!*row) return std::unexpected(Problem({404, "sku_is_unknown"}).with("sku", name));
            page.rows.push_back(**std::move(row));
        }
    } else {
        auto all = core_.views.availability(*listing);
        if (!all) return std::unexpected(problem_of(all.error()));
        page = *std::move(all);
    }
    if (*location) {
        if (auto problem = keep_only(**location, page.rows, core_.views))
            return std::unexpected(*std::move(problem));
    }
    auto text = documents(page);
    const auto tag = wire::blake2b_64(std::array{std::string_view(text)});
    return Shown{std::move(text), std::to_string(tag)};
}

Reads::Read Reads::location(const Request& request) const {
    const auto id = id_at<LocationId>(request, "location");
    if (!id) return std::unexpected(id.error());
    return one(core_.views.location(*id), "location_is_unknown");
}

Reads::Read Reads::locations(const Request& request) const {
    const auto listing = listing_in(core_, request);
    if (!listing) return std::unexpected(listing.error());
    return many(core_.views.locations(*listing));
}

Reads::Read Reads::reservation(const Request& request) const {
    const auto sku = id_at<Sku>(request, "sku");
    const auto id = id_at<ReservationId>(request, "reservation");
    if (!sku) return std::unexpected(sku.error());
    if (!id) return std::unexpected(id.error());
    return one(core_.views.reservation(*sku, *id), "reservation_is_unknown");
}

Reads::Read Reads::movements(const Request& request) const {
    const auto sku = id_at<Sku>(request, "sku");
    const auto listing = listing_in(core_, request);
    if (!sku) return std::unexpected(sku.error());
    if (!listing) return std::unexpected(listing.error());
    const auto row = core_.views.availability(*sku);
    if (!row) return std::unexpected(problem_of(row.error()));
    if (!*row) return std::unexpected(Problem({404, "sku_is_unknown"}).with("sku", sku->raw()));
    return many(core_.views.stock_ledger(*sku, *listing));
}

Reads::Read Reads::stock_totals(const Request&) const {
    auto totals = core_.views.stock_totals();
    if (totals && !*totals) totals->emplace();
    return one(totals, "sku_is_unknown");
}

Reads::Read Reads::stock_movements(const Request& request) const {
    const auto listing = listing_in(core_, request);
    if (!listing) return std::unexpected(listing.error());
    return many(core_.views.movements(*listing));
}

// ---- carts, orders, payments ----

Reads::Read Reads::cart(const Request& request) const {
    const auto id = id_at<CartId>(request, "cart");
    if (!id) return std::unexpected(id.error());
    if (!may_see_cart(*request.principal, id->raw()))
        return std::unexpected(Problem(problems::cart_is_another));
    const auto open = wire::opening_by(core_.keys);
    return one(core_.views.cart(*id), "cart_is_unknown", &open);
}

Reads::Read Reads::order(const Request& request) const {
    const auto id = id_at<OrderId>(request, "order");
    if (!id) return std::unexpected(id.error());
    const auto open = wire::opening_by(core_.keys);
    auto found = core_.views.order(*id);
    if (found && *found && !may_see(*request.principal, **found)) found->reset();
    return one(found, "order_is_unknown", &open);
}

Reads::Read Reads::orders(const Request& request) const {
    const auto customer = value_in<CustomerId>(request, "customer");
    const auto state = word_in<order::Stage>(request, "state");
    const auto listing = listing_in(core_, request);
    const auto stuck = request.query_value("stuck").value_or("false");
    if (!customer) return std::unexpected(customer.error());
    if (!state) return std::unexpected(state.error());
    if (!listing) return std::unexpected(listing.error());
    if (stuck != "true" && stuck != "false") return bad_query("stuck");
    const auto open = wire::opening_by(core_.keys);
    return many(core_.views.orders({*customer, *state, stuck == "true"}, *listing), &open);
}

Reads::Read Reads::payment(const Request& request) const {
    const auto id = id_at<PaymentId>(request, "payment");
    if (!id) return std::unexpected(id.error());
    return one(core_.views.payment(*id), "payment_is_unknown");
}

// ---- warehouses ----

Reads::Read Reads::fulfillment(const Request& request) const {
    const auto id = id_at<FulfillmentId>(request, "fulfillment");
    if (!id) return std::unexpected(id.error());
    const auto open = wire::opening_by(core_.keys);
    return one(core_.views.fulfillment(*id), "fulfillment_is_unknown", &open);
}

Reads::Read Reads::fulfillments(const Request& request) const {
    const auto location = value_in<LocationId>(request, "location");
    const auto state = word_in<fulfillment::Stage>(request, "state");
    const auto listing = listing_in(core_, request);
    if (!location) return std::unexpected(location.error());
    if (!state) return std::unexpected(state.error());
    if (!listing) return std::unexpected(listing.error());
    if (*location)
        if (auto problem = objection_to(**location, core_.views))
            return std::unexpected(*std::move(problem));
    const auto open = wire::opening_by(core_.keys);
    return many(core_.views.fulfillments({*location, *state}, *listing), &open);
}

// ---- reports ----

Reads::Read Reads::sales(const Request& request) const {
    const auto by = word_in<projections::SalesBy>(request, "by");
    const auto currency = value_in<Currency>(request, "currency");
    const auto listing = listing_in(core_, request);
    if (!by) return std::unexpected(by.error());
    if (!currency) return std::unexpected(currency.error());
    if (!listing) return std::unexpected(listing.error());
    projections::SalesFilter filter{by->value_or(projections::SalesBy::day), *currency};
    for (const auto& [name, group] : {std::pair("from", &filter.from), {"to", &filter.until}}) {
        const auto text = request.query_value(name);
        if (!text) continue;
        if (!is_a_group(filter.by, *text)) return bad_query(name);
        *group = *text;
    }
    return many(core_.views.sales(filter, *listing));
}

Reads::Read Reads::sales_totals(const Request&) const {
    return many(core_.views.sales({projections::SalesBy::all}, {}));
}

}  // namespace holdfast::http
