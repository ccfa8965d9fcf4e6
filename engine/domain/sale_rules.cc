#include "engine/domain/sale_rules.h"

#include <algorithm>

namespace holdfast {
namespace {

std::int64_t limit(std::size_t max) { return static_cast<std::int64_t>(max); }

// The parts in the order of that member; those with the same one stay in theirs.
template <class Part, class Member>
std::vector<const Part*> sorted(const std::vector<Part>& parts, Member Part::* member) {
    std::vector<const Part*> order;
    order.reserve(parts.size());
    for (const auto& part : parts) order.push_back(&part);
    std::ranges::stable_sort(order,
                             [&](const Part* a, const Part* b) { return a->*member < b->*member; });
    return order;
}
template <class Part, class Member>
const Part* repeated(const std::vector<Part>& parts, Member Part::* member) {
    const auto order = sorted(parts, member);
    const auto same = std::ranges::adjacent_find(
        order, [&](const Part* a, const Part* b) { return a->*member == b->*member; });
    return same == order.end() ? nullptr : *same;
}

std::optional<Found> fault_of_a_sku_in(const std::vector<Line>& lines) {
    const Sku* sku = nullptr;
    const ReservationId* reservation = nullptr;
    std::int64_t wanted = 0;
    for (const auto* line : sorted(lines, &Line::sku)) {
        if (line->untracked) continue;
        if (!sku || *sku != line->sku) {
            sku = &line->sku;
            reservation = nullptr;
            wanted = 0;
        }
        if (line->reservation && reservation && *reservation != *line->reservation)
            return Found{Fault::sku_has_two_reservations, 0, sku->raw()};
        if (line->reservation) reservation = &*line->reservation;
        wanted += line->quantity.raw();
        if (wanted > quantity_max) return Found{Fault::too_many_units, quantity_max, sku->raw()};
    }
    return {};
}

}  // namespace

std::optional<Found> fault_in(const Line& line) {
    if (line.discounts.size() > adjustments_max || line.taxes.size() > adjustments_max)
        return Found{Fault::too_many_adjustments, limit(adjustments_max), line.line.raw()};
    const auto total = total_of(line);
    if (total) return {};
    std::int64_t price = 0;
    if (__builtin_mul_overflow(line.unit_price.raw(), line.quantity.raw(), &price) ||
        price > amount_max)
        return Found{Fault::total_is_too_large, amount_max, line.line.raw()};
    std::int64_t discounts = 0;
    for (const auto& discount : line.discounts) discounts += discount.amount.raw();
    if (discounts > price) return Found{Fault::discounts_exceed_the_line, price, line.line.raw()};
    return Found{Fault::total_is_too_large, amount_max, line.line.raw()};
}

std::optional<Found> fault_in(const std::vector<Charge>& charges) {
    if (charges.size() > charges_max) return Found{Fault::too_many_charges, limit(charges_max), {}};
    for (const auto& charge : charges) {
        if (charge.taxes.size() > adjustments_max)
            return Found{Fault::too_many_adjustments, limit(adjustments_max), charge.charge.raw()};
        if (!total_of(charge))
            return Found{Fault::total_is_too_large, amount_max, charge.charge.raw()};
    }
    if (const auto* charge = repeated(charges, &Charge::charge))
        return Found{Fault::charge_id_is_repeated, 0, charge->charge.raw()};
    return {};
}

std::optional<Found> fault_in(const std::vector<Line>& lines, const std::vector<Charge>& charges) {
    if (lines.size() > lines_max) return Found{Fault::too_many_lines, limit(lines_max), {}};
    for (const auto& line : lines)
        if (const auto found = fault_in(line)) return found;
    if (const auto found = fault_in(charges)) return found;
    if (const auto* line = repeated(lines, &Line::line))
        return Found{Fault::line_id_is_repeated, 0, line->line.raw()};
    if (const auto found = fault_of_a_sku_in(lines)) return found;
    if (!total_of(lines, charges)) return Found{Fault::total_is_too_large, amount_max, {}};
    if (bytes_of(lines, charges) > sale_bytes_max)
        return Found{Fault::sale_is_too_long, sale_bytes_max, {}};
    return {};
}

std::optional<Found> fault_in(const std::vector<Tender>& payments, Amount total) {
    if (payments.size() > payments_max)
        return Found{Fault::too_many_payments, limit(payments_max), {}};
    std::int64_t sum = 0;
    for (const auto& tender : payments) {
        if (tender.amount == no_amount) return Found{Fault::payment_is_zero, 0, {}};
        sum += tender.amount.raw();
    }
    if (sum != total.raw()) return Found{Fault::payments_do_not_add_up, sum, {}};
    return {};
}

}  // namespace holdfast
