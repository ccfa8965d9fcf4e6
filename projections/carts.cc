#include "projections/carts.h"

#include <algorithm>

namespace holdfast::projections {
namespace {

void apply(CartRow& row, const cart::Opened& opened) {
    row.currency = opened.currency;
    row.customer = opened.customer;
    row.country = opened.country;
    row.lines = opened.lines;
    row.charges = opened.charges;
    row.personal = opened.personal;
}
void apply(CartRow& row, const cart::LineSet& set) {
    const auto at = std::ranges::find(row.lines, set.line.line, &Line::line);
    if (at != row.lines.end())
        *at = set.line;
    else
        row.lines.push_back(set.line);
}
void apply(CartRow& row, const cart::LineRemoved& removed) {
    std::erase_if(row.lines, [&](const Line& line) { return line.line == removed.line; });
}
void apply(CartRow& row, const cart::DetailsSet& set) {
    if (set.customer) row.customer = set.customer;
    if (set.country) row.country = *set.country;
    if (set.charges) row.charges = *set.charges;
    if (set.personal) row.personal = set.personal;
}
void apply(CartRow& row, const cart::Discarded&) { row.state = cart::Stage::discarded; }
void apply(CartRow& row, const cart::Frozen& frozen) {
    row.state = cart::Stage::frozen;
    row.order = frozen.order;
    row.reopened_because.clear();
    row.frozen_until_ms = frozen.frozen_until_ms;
}
void apply(CartRow& row, const cart::Unfrozen& unfrozen) {
    row.state = cart::Stage::open;
    row.order = unfrozen.order;
    row.reopened_because = wire::name_of(unfrozen.why);
    row.frozen_until_ms.reset();
}
void apply(CartRow& row, const cart::Converted& converted) {
    row.state = cart::Stage::converted;
    row.order = converted.order;
    row.frozen_until_ms.reset();
}
void apply(CartRow& row, const cart::OrderAsked& asked) {
    row.frozen_until_ms = asked.frozen_until_ms;
}

CartRow* row_of(const Told<Cart>& told, Rows& rows, const Happened<Cart>& stream) {
    if (auto* row = rows.find<CartRow>(stream.key)) return row;
    const auto id = CartId::from(stream.key);
    const auto* opened = std::get_if<cart::Opened>(&stream.events.front());
    if (!id || !opened) return nullptr;
    return &rows.put(stream.key, CartRow{.cart = *id,
                                         .currency = opened->currency,
                                         .channel = told.envelope().channel,
                                         .opened_at_ms = told.at()});
}

Folded fold(const Told<Cart>& told, Rows& rows) {
    return each_stream(told, [&](const Happened<Cart>& stream) -> Folded {
        auto* row = row_of(told, rows, stream);
        if (!row) return unfoldable("an event is of a cart that was never opened", stream.key);
        for (const auto& event : stream.events)
            std::visit([&](const auto& one) { apply(*row, one); }, event);
        const auto total = total_of(row->lines, row->charges);
        row->total = total ? total->raw() : 0;
        row->version = stream.version;
        row->changed_at_ms = told.at();
        return {};
    });
}

}  // namespace

View carts_view() { return {"carts", 2, Fold<Cart>(fold)}; }

}  // namespace holdfast::projections
