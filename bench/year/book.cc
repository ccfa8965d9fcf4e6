#include "bench/year/book.h"

#include <algorithm>
#include <ranges>

namespace holdfast::year {

std::string SoldLine::id() const {
    auto text = sku + "-" + std::to_string(price);
    std::ranges::replace(text, ' ', '-');
    return text;
}

std::int64_t Sale::total() const {
    auto sum = shipping;
    for (const auto& line : lines) sum += line.ordered * line.price;
    return sum;
}

bool Sale::is_cancelled_whole() const {
    return std::ranges::all_of(lines,
                               [](const SoldLine& line) { return line.ordered == line.cancelled; });
}

Sale sale_of(const Invoice& invoice) {
    Sale sale{&invoice};
    std::map<std::pair<std::string, std::int64_t>, std::size_t> places;
    for (const auto& row : invoice.rows) {
        if (row.kind == Kind::shipping) {
            sale.shipping += row.quantity * row.price;
            continue;
        }
        const auto [place, is_new] = places.try_emplace({row.sku, row.price}, sale.lines.size());
        if (is_new) sale.lines.push_back({row.sku, row.price, row.kind});
        sale.lines[place->second].ordered += row.quantity;
    }
    return sale;
}

void Book::accept(Sale& sale) {
    const std::lock_guard lock(mutex_);
    sale.is_accepted = true;
    for (const auto& line : sale.lines) {
        by_line_[{sale.invoice->customer, line.sku, line.price}].push_back(&sale);
        if (line.kind == Kind::goods) available_[line.sku] -= line.ordered;
    }
}

void Book::move(const std::string& sku, std::int64_t units) {
    const std::lock_guard lock(mutex_);
    available_[sku] += units;
}
std::int64_t Book::available(const std::string& sku) const {
    const std::lock_guard lock(mutex_);
    const auto found = available_.find(sku);
    return found == available_.end() ? 0 : found->second;
}

void Book::refuse(const std::string& operation) {
    const std::lock_guard lock(mutex_);
    refused_[operation] = true;
}

bool Book::was_refused(const std::string& operation) const {
    const std::lock_guard lock(mutex_);
    return refused_.contains(operation);
}

std::vector<Part> Book::give_back(const Invoice& invoice, const Row& row) {
    const std::lock_guard lock(mutex_);
    std::vector<Part> parts;
    auto units = -row.quantity;
    available_[row.sku] += units;
    const auto known = by_line_.find({invoice.customer, row.sku, row.price});
    if (!invoice.customer.empty() && known != by_line_.end())
        for (auto* sale : known->second | std::views::reverse) {
            const auto line = std::ranges::find_if(sale->lines, [&](const SoldLine& one) {
                return one.sku == row.sku && one.price == row.price;
            });
            const auto part = std::min(units, line->left());
            if (part == 0) continue;
            const bool is_same_day = sale->invoice->date() == invoice.date();
            (is_same_day ? line->cancelled : line->returned) += part;
            parts.push_back({sale, &*line, part, is_same_day});
            units -= part;
        }
    if (units > 0) {
        parts.push_back({nullptr, nullptr, units, false});
        auto& unmatched = tally_.unmatched[invoice.month()];
        unmatched.units += units;
        unmatched.pence += units * row.price;
    }
    return parts;
}

void Book::count_adjustment(bool is_accepted) {
    const std::lock_guard lock(mutex_);
    ++(is_accepted ? tally_.adjustments_accepted : tally_.adjustments_refused);
}

void Book::count_receipt() {
    const std::lock_guard lock(mutex_);
    ++tally_.receipts;
}

Tally Book::tally() const {
    const std::lock_guard lock(mutex_);
    return tally_;
}

std::vector<std::string> Book::refused() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    names.reserve(refused_.size());
    for (const auto& [name, _] : refused_) names.push_back(name);
    std::ranges::sort(names);
    return names;
}

}  // namespace holdfast::year
