#include "projections/sales.h"

#include <algorithm>
#include <array>

#include "engine/wire/fields.h"
#include "projections/calendar.h"

namespace holdfast::projections {
namespace {

class Folding {
public:
    Folding(const SaleRow& sale, Time at, Rows& rows) : sale_(sale), at_(at), rows_(rows) {}

    // ---- what the order is ----

    void apply(const order::Confirmed&) {
        std::int64_t units = 0, untracked_units = 0;
        for (const auto& line : sale_.lines)
            (line.untracked ? untracked_units : units) += line.quantity;
        each_group(sale_.at_ms, [&](SalesRow& row) {
            ++row.orders;
            row.lines += std::ssize(sale_.lines);
            row.units += units;
            row.untracked_units += untracked_units;
            row.total += sale_.total;
        });
        for (const auto& line : sale_.lines) {
            auto& row = of_sku(line);
            ++row.orders;
            ++row.lines;
            (line.untracked ? row.untracked_units : row.units) += line.quantity;
            row.total += line.amount;
        }
    }
    void apply(const order::Refused&) { count(&SalesRow::refused); }
    void apply(const order::Declined&) { count(&SalesRow::declined); }
    void apply(const order::GivenUp&) { count(&SalesRow::given_up); }

    // ---- what happened to it ----

    void apply(const order::LinesCancelled& cancelled) {
        if (!sale_.is_confirmed) return;
        add(cancelled.lines, &SalesRow::cancelled_units, &SalesRow::cancelled);
    }
    void apply(const order::Returned& returned) {
        add(returned.shares, &SalesRow::returned_units, &SalesRow::returned);
    }
    void apply(const order::Shipped& shipped) {
        add(shipped.lines, &SalesRow::shipped_units);
        each_group(at_, [](SalesRow& row) { ++row.shipments; });
    }
    void apply(const order::PaymentAuthorized& paid) { pay(&SalesRow::authorized, paid.amount); }
    void apply(const order::PaymentCaptured& paid) { pay(&SalesRow::captured, paid.amount); }
    void apply(const order::PaymentVoided& paid) { pay(&SalesRow::voided, paid.amount); }
    void apply(const order::PaymentRefunded& paid) { pay(&SalesRow::refunded, paid.amount); }

    // Everything else is not in the figures.
    template <class Event> void apply(const Event&) {}

    const std::optional<LineId>& unknown_line() const { return unknown_line_; }

private:
    using Figure = std::int64_t SalesRow::*;

    void count(Figure figure) {
        each_group(sale_.at_ms, [&](SalesRow& row) { ++(row.*figure); });
    }
    void pay(Figure figure, Amount amount) {
        each_group(at_, [&](SalesRow& row) { row.*figure += amount.raw(); });
    }
    void add(const std::vector<order::LineShare>& shares, Figure units, Figure amount = nullptr) {
        std::int64_t all_units = 0, all_amounts = 0;
        for (const auto& share : shares) {
            all_units += share.quantity.raw();
            all_amounts += share.amount.raw();
            const auto line = std::ranges::find(sale_.lines, share.line, &SoldLineRow::line);
            if (line == sale_.lines.end()) {
                unknown_line_ = share.line;
                continue;
            }
            auto& row = of_sku(*line);
            row.*units += share.quantity.raw();
            if (amount) row.*amount += share.amount.raw();
        }
        each_group(at_, [&](SalesRow& row) {
            row.*units += all_units;
            if (amount) row.*amount += all_amounts;
        });
    }

    SalesRow& of(SalesBy by, std::string_view group) {
        return rows_.find_or_put(joined({wire::name_of(by), sale_.currency.raw(), group}),
                                 SalesRow{.group = std::string(group), .currency = sale_.currency});
    }
    SalesRow& of_sku(const SoldLineRow& line) { return of(SalesBy::sku, line.sku.raw()); }
    template <class Change> void each_group(Time at, Change change) {
        const auto day = day_of(at);
        change(of(SalesBy::all, "all"));
        change(of(SalesBy::day, day));
        change(of(SalesBy::month, std::string_view(day).substr(0, 7)));
        change(of(SalesBy::country, sale_.country));
        change(of(SalesBy::channel, sale_.channel));
    }

    const SaleRow& sale_;
    Time at_;
    Rows& rows_;
    std::optional<LineId> unknown_line_;
};

SaleRow sale_of(const order::Begun& begun, const Told<Order>& told) {
    SaleRow sale{.at_ms = told.at(),
                 .currency = begun.currency,
                 .country = std::string(begun.country.raw()),
                 .channel = told.envelope().channel,
                 .total = begun.total.raw()};
    sale.lines.reserve(begun.lines.size());
    for (const auto& line : begun.lines) {
        const auto total = total_of(line);
        sale.lines.push_back(
            {line.line, line.sku, line.quantity.raw(), total ? total->raw() : 0, line.untracked});
    }
    return sale;
}

const SaleRow* row_of(const Told<Order>& told, Rows& rows, const Happened<Order>& stream) {
    if (const auto* row = rows.look<SaleRow>(stream.key)) return row;
    const auto* begun = std::get_if<order::Begun>(&stream.events.front());
    return begun ? &rows.put(stream.key, sale_of(*begun, told)) : nullptr;
}

Folded fold(const Told<Order>& told, Rows& rows) {
    return each_stream(told, [&](const Happened<Order>& stream) -> Folded {
        const auto* sale = row_of(told, rows, stream);
        if (!sale) return unfoldable("an event is of an order that never began", stream.key);
        Folding folding(*sale, told.at(), rows);
        for (const auto& event : stream.events) {
            std::visit([&](const auto& one) { folding.apply(one); }, event);
            if (std::holds_alternative<order::Confirmed>(event))
                rows.find<SaleRow>(stream.key)->is_confirmed = true;
        }
        if (const auto& line = folding.unknown_line())
            return unfoldable("an event names a line that the order does not have", line->raw());
        return {};
    });
}

}  // namespace

View sales_view() { return {"sales", 1, Fold<Order>(fold)}; }

}  // namespace holdfast::projections
