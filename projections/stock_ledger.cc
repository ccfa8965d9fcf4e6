#include "projections/stock_ledger.h"

#include "engine/wire/fields.h"
#include "projections/calendar.h"

namespace holdfast::projections {
namespace {

MovementTotalsRow& totals_of(const Told<Stock>& told, Rows& rows, StockChange kind) {
    const auto month = month_of(told.at());
    const auto& reason = told.envelope().reason;
    return rows.find_or_put(joined({month, wire::name_of(kind), reason}),
                            MovementTotalsRow{.month = month, .kind = kind, .reason = reason});
}

// The movement that a command would have been; nothing for another command.
std::optional<StockChange> movement_of(const stock::Command& command) {
    if (std::holds_alternative<stock::Receive>(command)) return StockChange::received;
    if (std::holds_alternative<stock::Adjust>(command)) return StockChange::adjusted;
    if (std::holds_alternative<stock::Count>(command)) return StockChange::counted;
    if (std::holds_alternative<stock::Reclassify>(command)) return StockChange::reclassified;
    if (std::holds_alternative<stock::WriteOff>(command)) return StockChange::written_off;
    return {};
}

}  // namespace

void count_movement(const Told<Stock>& told, Rows& rows, StockChange kind, std::int64_t change) {
    auto& totals = totals_of(told, rows, kind);
    ++totals.movements;
    (change > 0 ? totals.units_in : totals.units_out) += std::abs(change);
}

void count_refused(const Told<Stock>& told, Rows& rows) {
    if (told.decision.header.outcome != fb::Outcome::refused) return;
    for (const auto& part : told.decision.parts)
        if (const auto kind = movement_of(part.command)) ++totals_of(told, rows, *kind).refused;
}

}  // namespace holdfast::projections
