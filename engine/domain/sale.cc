#include "engine/domain/sale.h"

namespace holdfast {
namespace {

// An amount outside its kind's range is no amount.
std::optional<Amount> amount(std::int64_t raw) {
    const auto checked = Amount::from(raw);
    return checked ? std::optional(*checked) : std::nullopt;
}

std::int64_t added_by(const std::vector<Tax>& taxes) {
    std::int64_t sum = 0;  // at most 20 of 10^15 each: no overflow
    for (const auto& tax : taxes)
        if (!tax.included) sum += tax.amount.raw();
    return sum;
}

constexpr std::size_t fixed_bytes = 32;  // of a table: its numbers, its place among others

template <class Adjustment> std::size_t bytes_of_all(const std::vector<Adjustment>& adjustments) {
    std::size_t bytes = 0;
    for (const auto& adjustment : adjustments) bytes += fixed_bytes + adjustment.label.raw().size();
    return bytes;
}

}  // namespace

std::optional<Amount> total_of(const Line& line) {
    std::int64_t total = 0;
    if (__builtin_mul_overflow(line.unit_price.raw(), line.quantity.raw(), &total)) return {};
    if (total > amount_max) return {};
    for (const auto& discount : line.discounts) total -= discount.amount.raw();
    if (total < 0) return {};
    return amount(total + added_by(line.taxes));
}

std::optional<Amount> total_of(const Charge& charge) {
    return amount(charge.amount.raw() + added_by(charge.taxes));
}

std::optional<Amount> total_of(const std::vector<Line>& lines, const std::vector<Charge>& charges) {
    std::int64_t sum = 0;  // stays below 2 * amount_max
    const auto add = [&](const auto& part) {
        const auto total = total_of(part);
        if (!total) return false;
        sum += total->raw();
        return sum <= amount_max;
    };
    for (const auto& line : lines)
        if (!add(line)) return {};
    for (const auto& charge : charges)
        if (!add(charge)) return {};
    return amount(sum);
}

std::int64_t bytes_of(const Line& line) {
    const auto texts = line.line.raw().size() + line.sku.raw().size() + line.label.raw().size() +
                       (line.reservation ? line.reservation->raw().size() : 0);
    const auto adjustments = bytes_of_all(line.discounts) + bytes_of_all(line.taxes);
    return static_cast<std::int64_t>(2 * fixed_bytes + texts + adjustments);
}
std::int64_t bytes_of(const Charge& charge) {
    const auto texts = charge.charge.raw().size() + charge.label.raw().size();
    return static_cast<std::int64_t>(fixed_bytes + texts + bytes_of_all(charge.taxes));
}
std::int64_t bytes_of(const std::vector<Line>& lines, const std::vector<Charge>& charges) {
    std::int64_t bytes = 0;
    for (const auto& line : lines) bytes += bytes_of(line);
    for (const auto& charge : charges) bytes += bytes_of(charge);
    return bytes;
}

Amount share_of(Amount total, std::int64_t whole, std::int64_t before, std::int64_t quantity) {
    assert(quantity >= 0 && before >= 0 && before + quantity <= whole && whole > 0);
    // total * units / whole, rounded down, in two parts that cannot overflow.
    const auto until = [&](std::int64_t units) {
        return total.raw() / whole * units + total.raw() % whole * units / whole;
    };
    return known<Amount>(until(before + quantity) - until(before));
}

}  // namespace holdfast
