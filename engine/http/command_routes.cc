#include "engine/http/command_routes.h"

#include "engine/domain/contexts.h"

namespace holdfast::http {
namespace {

constexpr Scopes shop{Scope::storefront, Scope::admin};
constexpr Scopes shoppers{Scope::storefront, Scope::browser, Scope::admin};  // browser.h
constexpr Scopes stockroom{Scope::warehouse, Scope::admin};
constexpr Scopes office{Scope::admin};

constexpr auto stock = Stock::number, cart = Cart::number, order = Order::number,
               payment = Payment::number, fulfillment = Fulfillment::number;

// A location that nobody said more of takes orders; a SKU promises nothing beyond what is there.
using wire::Given;
constexpr std::array open_location{Given{"priority", "0", true},
                                   Given{"accepts_orders", "true", true}};
constexpr std::array no_limits{Given{"backorder_max", "0", true}, Given{"preorder_max", "0", true},
                               Given{"safety", "0", true}, Given{"low_stock", "0", true},
                               Given{"reorder", "0", true}};

// The rows read as a table: request; who may and when it is shed; what it asks, of which stream.
// clang-format off
constexpr std::array table{
    CommandRoute{Method::put, "/v1/locations/{location}", stockroom, Shedding::checkouts,
                 stock, "SetLocation", "location", "Create or change a location.",
                 "", "", "", Conversation::none, open_location},
    CommandRoute{Method::put, "/v1/skus/{sku}", office, Shedding::checkouts,
                 stock, "SetPolicy", "sku", "Set the policy of a SKU.",
                 "", "", "", Conversation::none, no_limits},
    CommandRoute{Method::post, "/v1/skus/{sku}/movements", stockroom, Shedding::checkouts,
                 stock, "", "sku", "Receive, adjust, count, reclassify or write off units.",
                 "movement"},
    CommandRoute{Method::post, "/v1/skus/{sku}/reservations", shop, Shedding::reservations,
                 stock, "Reserve", "sku", "Hold units for a while.",
                 "reservation", "", "/v1/skus/{sku}/reservations/{reservation}"},
    CommandRoute{Method::remove, "/v1/skus/{sku}/reservations/{reservation}", shop,
                 Shedding::reservations,
                 stock, "Release", "sku", "Let held units go.", "reservation"},
    CommandRoute{Method::post, "/v1/skus/{sku}/reservations/{reservation}/extend", shop,
                 Shedding::reservations,
                 stock, "Extend", "sku", "Hold units for longer.", "reservation"},

    CommandRoute{Method::post, "/v1/carts", shop, Shedding::carts,
                 cart, "Open", "cart", "Open a cart.", "cart", "", "/v1/carts/{cart}"},
    CommandRoute{Method::put, "/v1/carts/{cart}", shop, Shedding::carts,
                 cart, "Open", "cart", "Open a cart with an id of one's own.",
                 "", "", "/v1/carts/{cart}"},
    CommandRoute{Method::patch, "/v1/carts/{cart}", shoppers, Shedding::carts,
                 cart, "SetDetails", "cart", "Change customer, country or charges."},
    CommandRoute{Method::remove, "/v1/carts/{cart}", shop, Shedding::carts,
                 cart, "Discard", "cart", "Discard a cart."},
    CommandRoute{Method::put, "/v1/carts/{cart}/lines/{line}", shop, Shedding::carts,
                 cart, "SetLine", "cart", "Add or replace a line.", "", "line"},
    CommandRoute{Method::remove, "/v1/carts/{cart}/lines/{line}", shoppers, Shedding::carts,
                 cart, "RemoveLine", "cart", "Remove a line."},
    CommandRoute{Method::post, "/v1/carts/{cart}/complete", shoppers, Shedding::checkouts,
                 cart, "Complete", "cart", "Order what is in the cart, and pay.",
                 "order", "", "/v1/orders/{order}", Conversation::checkout},

    CommandRoute{Method::post, "/v1/orders", shop, Shedding::checkouts,
                 order, "Begin", "order", "Order without a cart.",
                 "order", "", "/v1/orders/{order}", Conversation::checkout},
    CommandRoute{Method::put, "/v1/orders/{order}", shop, Shedding::checkouts,
                 order, "Begin", "order", "Order without a cart, with an id of one's own.",
                 "", "", "/v1/orders/{order}", Conversation::checkout},
    CommandRoute{Method::post, "/v1/orders/{order}/cancel", shop, Shedding::checkouts,
                 order, "Cancel", "order", "Cancel all that is open, or the lines named.",
                 "cancellation", "", "", Conversation::cancellation},
    CommandRoute{Method::post, "/v1/orders/{order}/returns", {Scope::storefront, Scope::warehouse,
                 Scope::admin}, Shedding::checkouts,
                 order, "Return", "order", "Take shipped units back.",
                 "returned", "", "/v1/orders/{order}"},

    CommandRoute{Method::post, "/v1/payments/{payment}/capture", shop, Shedding::checkouts,
                 payment, "Capture", "payment", "Capture what is authorized, or a part.",
                 "operation"},
    CommandRoute{Method::post, "/v1/payments/{payment}/void", shop, Shedding::checkouts,
                 payment, "Void", "payment", "Void what is not captured, or a part.",
                 "operation"},
    CommandRoute{Method::post, "/v1/payments/{payment}/refund", shop, Shedding::checkouts,
                 payment, "Refund", "payment", "Refund what is captured, or a part.",
                 "operation"},

    CommandRoute{Method::post, "/v1/fulfillments/{fulfillment}/accept", stockroom,
                 Shedding::checkouts,
                 fulfillment, "Accept", "fulfillment", "The warehouse will send it."},
    CommandRoute{Method::post, "/v1/fulfillments/{fulfillment}/reject", stockroom,
                 Shedding::checkouts,
                 fulfillment, "Reject", "fulfillment", "The warehouse will not send it."},
    CommandRoute{Method::post, "/v1/fulfillments/{fulfillment}/ship", stockroom,
                 Shedding::checkouts,
                 fulfillment, "Ship", "fulfillment", "A parcel was handed over.", "shipment"},
};
// clang-format on

std::vector<Row> bare_rows() {
    std::vector<Row> rows;
    rows.reserve(std::size(table));
    for (const auto& route : table)
        rows.push_back({route.method, route.path, route.scopes, route.shedding, {}, route.summary});
    return rows;
}

}  // namespace

std::span<const CommandRoute> command_routes() { return table; }

CommandRouter::CommandRouter() : router_(bare_rows()) {}

std::expected<CommandMatch, Problem> CommandRouter::route_of(std::string_view method,
                                                             std::string_view target) const {
    Received received;
    received.method_string({method.data(), method.size()});
    received.target({target.data(), target.size()});
    auto match = router_.match(received);
    if (!match) return std::unexpected(std::move(match.error()));
    if (match->row == nullptr) return std::unexpected(Problem(problems::method_is_not_allowed));
    const auto place = static_cast<std::size_t>(match->row - router_.rows().data());
    return CommandMatch{table[place], std::move(match->path)};
}

}  // namespace holdfast::http
