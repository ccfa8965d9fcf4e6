// What tests of carts start from.
#pragma once

#include "cart_tables.h"
#include "tests/support/given.h"
#include "tests/support/sold.h"

namespace holdfast::cart {

const Time noon = known<Time>(43'200'000);
// When a cart that froze at noon asks its order: 15 minutes of checkout, and one more.
const Time asks_at = known<Time>(43'200'000 + 960'000);
const OrderId order_one = known<OrderId>("order-1"), order_two = known<OrderId>("order-2");

inline Opened opened(std::vector<Line> lines, std::vector<Charge> charges = {}) {
    return {gbp(), {}, known<CountryName>("France"), std::move(lines), std::move(charges), {}};
}
inline Sealed sealed_for(std::string_view subject) {
    return {known<SubjectId>(subject), {1, 2, 3}};
}

template <class... Past> Scenario<Cart> given(const Past&... past) { return {past...}; }

}  // namespace holdfast::cart
