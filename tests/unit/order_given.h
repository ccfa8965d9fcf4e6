// What the tests of orders share: an order of a few lines, taken as far as a test begins.
#pragma once

#include "engine/domain/order/handles.h"
#include "engine/domain/partition.h"
#include "tests/support/given.h"
#include "tests/support/sold.h"

namespace holdfast {

// How the messages are shown and compared is compiled once, in order_given.cc.
extern template std::string shown(const order::Event&);
extern template std::string shown(const std::vector<order::Event>&);
extern template bool same_fields(const order::Event&, const order::Event&);

}  // namespace holdfast

namespace holdfast::order {

template <class... Past> Scenario<Order> given(const Past&... past) { return {past...}; }

constexpr Time noon = known<Time>(43'200'000);
constexpr Time give_up_at = known<Time>(43'200'000 + 900'000);
constexpr OrderId o1 = known<OrderId>("o1");
constexpr LocationId east = known<LocationId>("east"), west = known<LocationId>("west");

inline LineId line_id(std::string_view id) { return known<LineId>(id); }
inline LineUnits some(std::string_view id, std::int64_t n) { return {line_id(id), pieces(n)}; }
inline LineShare share(std::string_view id, std::int64_t n, std::int64_t pence) {
    return {line_id(id), pieces(n), amount(pence)};
}
inline PaymentId payment(std::size_t n) { return payment_of(o1, n); }
inline FulfillmentId fulfillment(std::size_t n) { return fulfillment_of(o1, n); }
inline CancellationId c(std::string_view id) { return known<CancellationId>(id); }
inline OperationId operation(std::string_view id) { return known<OperationId>(id); }

// The n-th SKU of its kind that lives in that partition of eight.
inline std::string sku_in(std::uint16_t partition, int n = 0) {
    for (int i = 0;; ++i) {
        auto sku = "S" + std::to_string(i);
        if (partition_of(sku, 8) == partition && n-- == 0) return sku;
    }
}

inline Tender outside(std::int64_t price) { return {amount(price), {}, {}, true}; }

// One payment of all of it, if there is anything to pay.
inline Begin begin(std::vector<Line> lines, std::vector<Charge> charges = {}) {
    const auto total = *total_of(lines, charges);
    std::vector<Tender> payments;
    if (total != no_amount) payments.push_back(by_token(total.raw()));
    return {o1,    {}, gbp(), {}, {}, std::move(lines), std::move(charges), std::move(payments),
            total, {}};
}
inline Begin paid_by(Begin begin, std::vector<Tender> payments) {
    begin.payments = std::move(payments);
    return begin;
}
inline Begun begun(const Begin& begin) {
    return {begin.order,   begin.cart,     begin.currency, begin.customer,
            begin.country, begin.lines,    begin.charges,  begin.payments,
            begin.total,   begin.personal, give_up_at,     false};
}

// Where stock finds units: all in the east, or so many there and the rest in the west.
inline std::vector<Allocation> found(const StockAsked& asked, std::int64_t in_the_east) {
    std::vector<Allocation> allocations;
    for (const auto& [sku, quantity, reservation] : asked.demands) {
        const auto there = std::min(quantity.raw(), in_the_east);
        if (there > 0) allocations.push_back({sku, east, pieces(there)});
        if (quantity.raw() > there)
            allocations.push_back({sku, west, pieces(quantity.raw() - there)});
    }
    return allocations;
}
constexpr std::int64_t all_of_it = quantity_max;

// Begun, and all of its stock held.
inline Scenario<Order> placed(const Begin& begin, std::int64_t in_the_east = all_of_it,
                              const Policy& policy = {}) {
    Scenario<Order> scenario;
    scenario.under(policy).when(begin, noon);
    std::optional<std::uint16_t> answered;
    while (scenario.state().stage == Stage::reserving) {
        const auto asked = next_asked(begin.lines, answered, 8);
        scenario.when(NoteReserved{found(*asked, in_the_east)}, noon);
        answered = asked->partition;
    }
    return scenario;
}
inline Scenario<Order> confirmed(const Begin& begin, std::int64_t in_the_east = all_of_it,
                                 const Policy& policy = {}) {
    auto scenario = placed(begin, in_the_east, policy);
    for (std::size_t n = 0; n < begin.payments.size(); ++n)
        scenario.when(NoteAuthorized{payment(n + 1), begin.payments[n].amount}, noon);
    EXPECT_GE(scenario.state().stage, Stage::confirmed);
    return scenario;
}
inline Policy captures_at_confirmation() {
    Policy policy;
    policy.capture = CaptureWhen::at_confirmation;
    return policy;
}

}  // namespace holdfast::order
