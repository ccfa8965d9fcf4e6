// What makes a sale one that no cart and no order takes: one list of rules for both.
//
// Order   the first rule that is broken is named, lines before charges before what they sum to.
// Limits  sale.h's, and 10^9 units of one SKU over all lines.
#pragma once

#include "engine/domain/sale.h"

namespace holdfast {

enum class Fault : std::uint8_t {
    too_many_lines = 1,
    too_many_charges,
    too_many_adjustments,
    discounts_exceed_the_line,
    line_id_is_repeated,
    charge_id_is_repeated,
    sku_has_two_reservations,
    too_many_units,
    total_is_too_large,
    too_many_payments,
    payment_is_zero,
    payments_do_not_add_up,
    sale_is_too_long,
};

// What is wrong, the number that a client needs to go on, and the line, charge or SKU it is about.
struct Found {
    Fault fault;
    std::int64_t detail = 0;
    std::string_view subject;
};

std::optional<Found> fault_in(const Line& line);
std::optional<Found> fault_in(const std::vector<Charge>& charges);
std::optional<Found> fault_in(const std::vector<Line>& lines, const std::vector<Charge>& charges);
// The detail of payments_do_not_add_up is what they add up to. A zero total needs no payment.
std::optional<Found> fault_in(const std::vector<Tender>& payments, Amount total);

// The same no in a context's own words: its rejections bear the names of the faults.
template <class Rejection> constexpr Rejection rejection_for(Fault fault) {
    switch (fault) {
        using enum Fault;
        case too_many_lines: return Rejection::too_many_lines;
        case too_many_charges: return Rejection::too_many_charges;
        case too_many_adjustments: return Rejection::too_many_adjustments;
        case discounts_exceed_the_line: return Rejection::discounts_exceed_the_line;
        case line_id_is_repeated: return Rejection::line_id_is_repeated;
        case charge_id_is_repeated: return Rejection::charge_id_is_repeated;
        case sku_has_two_reservations: return Rejection::sku_has_two_reservations;
        case too_many_units: return Rejection::too_many_units;
        case total_is_too_large: return Rejection::total_is_too_large;
        case too_many_payments: return Rejection::too_many_payments;
        case payment_is_zero: return Rejection::payment_is_zero;
        case payments_do_not_add_up: return Rejection::payments_do_not_add_up;
        case sale_is_too_long: return Rejection::sale_is_too_long;
    }
    assert(false);
    return {};
}

}  // namespace holdfast
