// What tests sell, and for how much, in a few words.
#pragma once

#include "engine/domain/sale.h"

namespace holdfast {

inline Amount amount(std::int64_t raw) { return known<Amount>(raw); }
inline Quantity pieces(std::int64_t raw) { return known<Quantity>(raw); }
inline Currency gbp() { return known<Currency>("GBP"); }
inline Money pounds(std::int64_t pence) { return {amount(pence), gbp()}; }

// `quantity` of a SKU at `price` each, with nothing on or off.
inline Line line(std::string_view id, std::string_view sku, std::int64_t quantity,
                 std::int64_t price) {
    return {known<LineId>(id),
            known<Sku>(sku),
            known<LineQuantity>(quantity),
            amount(price),
            {},
            {},
            {},
            false,
            {}};
}
inline Line with_reservation(Line sold, std::string_view reservation) {
    sold.reservation = known<ReservationId>(reservation);
    return sold;
}
inline Line with_discount(Line sold, std::int64_t off) {
    sold.discounts.push_back({known<Label>("offer"), amount(off)});
    return sold;
}
inline Line with_tax(Line sold, std::int64_t tax, bool included = false) {
    sold.taxes.push_back({known<Label>("VAT"), known<Rate>(200'000), amount(tax), included});
    return sold;
}
inline Line untracked(Line sold) {
    sold.untracked = true;
    return sold;
}
inline Charge shipping(std::string_view id, std::int64_t price) {
    return {known<ChargeId>(id), ChargeKind::shipping, {}, amount(price), {}};
}
inline Tender by_token(std::int64_t price, std::string_view token = "approve") {
    return {amount(price), known<GatewayToken>(token), {}, false};
}

}  // namespace holdfast
