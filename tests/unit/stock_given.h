// Names that the tests of stock share: two locations, three reservations, two orders, one noon.
#pragma once

#include "stock_tables.h"
#include "tests/support/given.h"

namespace holdfast::stock {

template <class... Past> Scenario<Stock> given(const Past&... past) { return {past...}; }

constexpr Time noon = known<Time>(1'900'000'000'000);
constexpr Time after_noon(std::int64_t ms) { return known<Time>(noon.raw() + ms); }
constexpr std::int64_t ttl_ms = 600'000, claim_ms = 3'600'000;  // Policy's
constexpr Units u(std::int64_t count) { return known<Units>(count); }
constexpr Quantity q(std::int64_t count) { return known<Quantity>(count); }

constexpr auto north = known<LocationId>("north"), south = known<LocationId>("south");
constexpr auto ann = known<ReservationId>("ann"), bob = known<ReservationId>("bob");
constexpr auto cid = known<ReservationId>("cid");
constexpr auto first = known<OrderId>("order-1"), second = known<OrderId>("order-2");
constexpr auto customer = known<CustomerId>("customer-1");
constexpr auto m1 = known<MovementId>("m1"), m2 = known<MovementId>("m2");
constexpr auto shipment = known<ShipmentId>("shipment-1");
constexpr auto returned = known<ReturnId>("return-1");

inline const LocationSet north_opened{north, {}, known<Priority>(1), true};
inline const LocationSet south_opened{south, {}, known<Priority>(2), true};

inline Received received(std::int64_t count, const LocationId& location = north) {
    return {m1, location, q(count)};
}
inline Reserve reserve(const ReservationId& id, std::int64_t count) {
    return {id, q(count), {}, {}, {}, {}};
}
// Held at one location until the usual time.
inline Reserved held(const ReservationId& id, std::int64_t count,
                     const LocationId& location = north) {
    return {id, {{location, q(count)}}, no_units, after_noon(ttl_ms), {}, {}};
}
inline Claimed claimed(const ReservationId& id, const OrderId& order = first) {
    return {id, order, after_noon(claim_ms)};
}
inline PolicySet policy() { return {no_units, no_units, {}, no_units, no_units, no_units, {}, {}}; }

}  // namespace holdfast::stock
