// Browser: what a browser's token may do, which is little: it is in the hands of a customer.
//
// Invariant  a browser touches the cart that its token names and no other, and nothing that says a
//            price, a sale channel, who acted, or that money was taken elsewhere: those come from
//            the shop's server. It sees that cart, and the orders of that cart or of its customer.
// Errors     cart_is_another, field_is_not_for_browsers; an order that is not its own is unknown.
#pragma once

#include "engine/http/asking.h"
#include "projections/orders.h"

namespace holdfast::http {

// Why this may not be asked by a browser; nothing for every other principal.
std::optional<Problem> objection_to_browser(const Wish& wish);

bool may_see_cart(const Principal& principal, std::string_view cart);
bool may_see(const Principal& principal, const projections::OrderRow& order);

}  // namespace holdfast::http
