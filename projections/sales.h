// Sales: what was ordered, cancelled, returned and paid, by day, month, SKU, country and channel.
//
// Order      folded from order alone; every figure is a sum, so no order between orders matters.
// Invariant  what an order is (orders, refused, lines, units, total) counts at the order's own
//            time; what happened to it later (cancelled, returned, shipped, paid) at the time of
//            that. A cancellation counts when the order had been confirmed: until then nothing was
//            sold.
// Limits     by SKU there are no charges and no payments, and `orders` are its lines.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

struct SoldLineRow {
    LineId line;
    Sku sku;
    std::int64_t quantity = 0, amount = 0;
    bool untracked = false;
    friend bool operator==(const SoldLineRow&, const SoldLineRow&) = default;
};
// What is remembered of an order, for what happens to it later.
struct SaleRow {
    static constexpr std::string_view family = "order";
    Time at_ms;
    Currency currency;
    std::string country = {}, channel = {};
    std::int64_t total = 0;
    std::vector<SoldLineRow> lines = {};
    bool is_confirmed = false;
    friend bool operator==(const SaleRow&, const SaleRow&) = default;
};

struct SalesRow {
    static constexpr std::string_view family = "by";  // key: day, month ... / currency / group
    std::string group;
    Currency currency;
    std::int64_t orders = 0, refused = 0, declined = 0, given_up = 0;
    std::int64_t lines = 0, units = 0, untracked_units = 0, total = 0;
    std::int64_t cancelled_units = 0, cancelled = 0;  // lines, charges not counted in
    std::int64_t returned_units = 0, returned = 0;
    std::int64_t shipments = 0, shipped_units = 0;
    std::int64_t authorized = 0, captured = 0, voided = 0, refunded = 0;
    friend bool operator==(const SalesRow&, const SalesRow&) = default;
};

enum class SalesBy : std::uint8_t { all, day, month, sku, country, channel };

View sales_view();

}  // namespace holdfast::projections
