#include "bench/year/requests.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/domain/order/order.h"

namespace holdfast::year {

// A code of the file as an id: a space is none of its characters.
std::string id_of(std::string sku) {
    std::ranges::replace(sku, ' ', '-');
    return sku;
}

namespace {

constexpr std::string_view shelf = "main";
constexpr std::int64_t day_ms = 86'400'000;

std::string name_of(const Spot& spot) {
    return fmt::format("{}-{}-{}", spot.invoice.number, spot.row, spot.part);
}

std::string text(std::string_view plain) {
    std::string quoted = "\"";
    for (const char c : plain) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

Asking movement(const Spot& spot, const std::string& sku, const std::string& what) {
    const auto name = name_of(spot);
    return {"POST", fmt::format("/v1/skus/{}/movements", id_of(sku)),
            fmt::format(R"({{"movement":"{}","location":"{}",{}}})", name, shelf, what),
            "year/" + name, spot.invoice.time_ms()};
}

}  // namespace

Asking location_set(std::int64_t time_ms) {
    return {"PUT", fmt::format("/v1/locations/{}", shelf),
            R"({"name":"The warehouse","priority":0,"accepts_orders":true})", "year/location",
            time_ms};
}

Asking opened(const std::string& sku, std::int64_t units, std::int64_t time_ms) {
    const auto id = id_of(sku);
    if (units == 0)
        return {"PUT", "/v1/skus/" + id,
                R"({"backorder_max":0,"preorder_max":0,"safety":0,"low_stock":0,"reorder":0})",
                "year/opening/" + id, time_ms};
    return {"POST", fmt::format("/v1/skus/{}/movements", id),
            fmt::format(R"({{"kind":"receive","movement":"opening-{}","location":"{}",)"
                        R"("quantity":{},"reason":"opening"}})",
                        id, shelf, units),
            "year/opening/" + id, time_ms};
}

Asking cart_opened(const Sale& sale) {
    const auto& invoice = *sale.invoice;
    auto body = fmt::format(R"({{"currency":"GBP","country":{},)", text(invoice.country));
    if (!invoice.customer.empty()) body += fmt::format(R"("customer":{},)", text(invoice.customer));
    if (sale.shipping > 0)
        body += fmt::format(
            R"("charges":[{{"charge":"shipping","kind":"shipping","label":"","amount":{}}}],)",
            sale.shipping);
    body += R"("lines":[)";
    for (const auto& line : sale.lines)
        body +=
            fmt::format(R"({}{{"line":"{}","sku":"{}","quantity":{},"unit_price":{}{}}})",
                        body.ends_with('[') ? "" : ",", line.id(), id_of(line.sku), line.ordered,
                        line.price, line.kind == Kind::goods ? "" : R"(,"untracked":true)");
    return {"PUT", "/v1/carts/" + invoice.number, body + "]}",
            fmt::format("year/{}/cart", invoice.number), begin_of_day_ms(invoice.date())};
}

Asking completed(const Sale& sale) {
    const auto& invoice = *sale.invoice;
    const auto total = sale.total();
    const auto payments =
        total == 0 ? std::string() : fmt::format(R"({{"amount":{},"token":"tok_approve"}})", total);
    return {"POST", fmt::format("/v1/carts/{}/complete", invoice.number),
            fmt::format(R"({{"order":"{}","expected_total":{{"amount":{},"currency":"GBP"}},)"
                        R"("payments":[{}]}})",
                        invoice.number, total, payments),
            fmt::format("year/{}/complete", invoice.number), invoice.time_ms()};
}

Asking shipped(const Sale& sale) {
    const auto& invoice = *sale.invoice;
    const auto order = OrderId::from(invoice.number);
    if (!order) stop("not the number of an order: " + invoice.number);
    return {"POST", fmt::format("/v1/fulfillments/{}/ship", order::fulfillment_of(*order, 1).raw()),
            fmt::format(R"({{"shipment":"{}"}})", invoice.number),
            fmt::format("year/{}/ship", invoice.number),
            begin_of_day_ms(invoice.date()) + day_ms - 1};
}

Asking received(const Spot& spot, const std::string& sku, std::int64_t units) {
    const bool is_unmatched = spot.invoice.is == Class::cancellation;
    return movement(spot, sku,
                    fmt::format(R"("kind":"receive","quantity":{},"reason":"{}")", units,
                                is_unmatched ? "unmatched_return" : "stock_in"));
}

Asking adjusted(const Spot& spot, const Row& row) {
    return movement(
        spot, row.sku,
        fmt::format(R"("kind":"adjust","change":{},"reason":"stock_out")", row.quantity));
}

Asking given_back(const Spot& spot, const Part& part) {
    const auto name = name_of(spot);
    const auto& order = part.sale->invoice->number;
    const auto line = fmt::format(R"("line":"{}","quantity":{})", part.line->id(), part.units);
    if (part.is_same_day)
        return {"POST", fmt::format("/v1/orders/{}/cancel", order),
                fmt::format(R"({{"cancellation":"{}","lines":[{{{}}}]}})", name, line),
                "year/" + name, spot.invoice.time_ms()};
    return {"POST", fmt::format("/v1/orders/{}/returns", order),
            fmt::format(R"({{"returned":"{}","lines":[{{{},"condition":"sellable"}}],)"
                        R"("restock":true,"refund":true}})",
                        name, line),
            "year/" + name, spot.invoice.time_ms()};
}

}  // namespace holdfast::year
