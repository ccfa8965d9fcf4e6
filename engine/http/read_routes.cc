// What can be read: the table of every GET over the read models.
#include <algorithm>
#include <cassert>

#include "engine/http/command_schema.h"
#include "engine/http/reads.h"
#include "engine/http/waiting.h"
#include "engine/wire/json_schema.h"

namespace holdfast::http {
namespace {

template <class Enum> std::string words() { return wire::words_schema(wire::words_of<Enum>); }

std::string page_of(std::string_view component) {
    return R"({"type":"object","properties":{"items":{"type":"array","items":)" +
           wire::reference_to(component) +
           R"(},"next":{"type":"string","description":"The cursor of the next page."}},)"
           R"("required":["items"]})";
}

}  // namespace

// What has a version is asked for again each time; what is free may be a second old.
std::string_view Reads::caching_of(Shape shape) {
    switch (shape) {
        case Shape::document: return "no-cache";
        case Shape::page_with_tag: return "max-age=1";
        default: return "no-store";
    }
}

void Reads::describe(Row& row, const Route& route) {
    const bool is_page = route.shape == Shape::page || route.shape == Shape::page_with_tag;
    const auto schema = [shows = route.shows, is_page] {
        return is_page ? page_of(shows) : wire::reference_to(shows);
    };
    row.headers = {{"Prefer", prefer_wait}};
    row.answers = {{200, "As it is.", schema, {}}, {503, "view_lags_behind, view_is_being_built"}};
    if (has_tag(route.shape)) {
        row.headers.push_back(
            {"If-None-Match", "ETags: 304 when it is still as one of them says."});
        row.answers.front().headers = {"ETag"};
        row.answers.push_back({304, "As the client has it."});
    }
    if (row.path.find('{') != row.path.npos) row.answers.push_back({404, "There is no such."});
}

// The rows read as a table: path; who may, and what answers; what for, what it shows; its query.
// clang-format off
std::vector<Reads::Route> Reads::routes() {
    using enum Scope;
    using enum Shape;
    const QueryParameter limit{"limit", "How many at most, 50 when left out.",
                               R"({"type":"integer","minimum":1,"maximum":1000})"},
        cursor{"cursor", "The `next` of the page before."},
        limit_of_all{limit.name, "As of all lists; not beside `sku`.", limit.schema},
        cursor_of_all{cursor.name, "The `next` of the page before; not beside `sku`."};
    const Scopes shop{storefront, admin}, everybody{storefront, browser, warehouse, analyst, admin},
        stockroom{storefront, warehouse, analyst, admin}, reports{analyst, admin};
    return {
        {"/v1/availability", everybody, &Reads::availability,
         "What is free of each SKU.", "projections.AvailabilityRow", page_with_tag,
         {{"sku", "The SKUs, separated by commas; all when left out."},
          {"location", "At this location alone: what one who names it may have."},
          limit_of_all, cursor_of_all}},
        {"/v1/locations", stockroom, &Reads::locations,
         "All locations, by id.", "projections.LocationRow", page, {limit, cursor}},
        {"/v1/locations/{location}", stockroom, &Reads::location,
         "A location.", "projections.LocationRow"},
        {"/v1/skus/{sku}/movements", stockroom, &Reads::movements,
         "The stock ledger of a SKU, newest first.", "projections.StockEntryRow", page,
         {limit, cursor}},
        {"/v1/skus/{sku}/reservations/{reservation}", shop, &Reads::reservation,
         "A reservation.", "projections.ReservationRow", document_without_tag},
        {"/v1/stock/totals", stockroom, &Reads::stock_totals,
         "The counters over all SKUs.", "projections.StockTotalsRow", document_without_tag},
        {"/v1/stock/movements", stockroom, &Reads::stock_movements,
         "The movements of each month by kind and reason.", "projections.MovementTotalsRow", page,
         {limit, cursor}},
        {"/v1/carts/{cart}", {storefront, browser, admin}, &Reads::cart,
         "A cart.", "projections.CartRow"},
        {"/v1/orders/{order}", {storefront, browser, warehouse, admin}, &Reads::order,
         "An order.", "projections.OrderRow"},
        {"/v1/orders", shop, &Reads::orders,
         "Orders, newest first.", "projections.OrderRow", page,
         {{"customer", "Of this customer."}, {"state", "In this state.", words<order::Stage>()},
          {"stuck", "true: those that need somebody's attention.", R"({"type":"boolean"})"},
          limit, cursor}},
        {"/v1/payments/{payment}", shop, &Reads::payment,
         "A payment.", "projections.PaymentRow"},
        {"/v1/fulfillments/{fulfillment}", {storefront, warehouse, admin}, &Reads::fulfillment,
         "What a warehouse is asked to send.", "projections.FulfillmentRow"},
        {"/v1/fulfillments", {warehouse, admin}, &Reads::fulfillments,
         "The queue of a warehouse, oldest first.", "projections.FulfillmentRow", page,
         {{"location", "Of this location."},
          {"state", "In this state.", words<fulfillment::Stage>()}, limit, cursor}},
        {"/v1/sales", reports, &Reads::sales,
         "What was sold.", "projections.SalesRow", page,
         {{"by", "What the groups are: days when left out.", words<projections::SalesBy>()},
          {"currency", "In this currency."},
          {"from", "The first group, of days as 2010-12-01, of months as 2010-12."},
          {"to", "The group behind the last."}, limit, cursor}},
        {"/v1/sales/totals", reports, &Reads::sales_totals,
         "What was sold in all.", "projections.SalesRow", page},
    };
}
// clang-format on

std::vector<Row> Reads::rows() {
    std::vector<Row> rows;
    for (auto& route : routes()) {
        Row row{Method::get, route.path,    route.scopes, Shedding::carts,
                {},          route.summary, route.query};
        row.query.push_back(wait_for_parameter);
        describe(row, route);
        row.handler = [this, route = std::move(route)](Request& request) {
            return answer(route, request);
        };
        rows.push_back(std::move(row));
    }
    return rows;
}

Task<Response> Reads::answer(const Route& route, Request& request) const {
    const auto path = path_of(request.received);
    auto problem = co_await wait_for(core_, request);
    if (problem) co_return problem->instance(path).response();
    auto read = (this->*route.read)(request);
    if (!read) co_return read.error().instance(path).response();
    co_return respond(route, request, *std::move(read));
}

// 304 when the client has it already.
Response Reads::respond(const Route& route, const Request& request, Shown shown) {
    assert(has_tag(route.shape) == !shown.tag.empty());
    const auto etag = "\"" + shown.tag + "\"";
    const bool is_known =
        has_tag(route.shape) &&
        std::ranges::any_of(request.headers.if_none_match,
                            [&](std::string_view known) { return known == "*" || known == etag; });
    Response response(is_known ? 304 : 200);
    if (has_tag(route.shape)) response.header("ETag", etag);
    response.header("Cache-Control", caching_of(route.shape));
    if (!is_known) response.body("application/json", std::move(shown.text));
    return response;
}

}  // namespace holdfast::http
