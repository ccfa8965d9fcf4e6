#include <algorithm>

#include "engine/domain/cart/handles.h"
#include "engine/domain/sale_rules.h"

namespace holdfast::cart {
namespace {

Decision reject(const Found& found) {
    return reject(rejection_for<Rejection>(found.fault), found.detail, found.subject);
}

const Line* line_of(const State& cart, const LineId& id) {
    const auto line = std::ranges::find(cart.lines, id, &Line::line);
    return line == cart.lines.end() ? nullptr : &*line;
}

// What is wrong with the cart once `line` is added or put in place of `old`: one pass, no copy.
std::optional<Found> fault_with(const State& cart, const Line& line, const Line* old) {
    if (!old && cart.lines.size() == lines_max)
        return Found{Fault::too_many_lines, std::int64_t{lines_max}, {}};
    auto wanted = line.quantity.raw();
    auto total = total_of(line)->raw();  // with the others' below 2 * amount_max
    auto bytes = bytes_of(line);
    for (const auto& other : cart.lines) {
        if (&other == old) continue;
        total += total_of(other)->raw();
        bytes += bytes_of(other);
        if (line.untracked || other.untracked || other.sku != line.sku) continue;
        if (line.reservation && other.reservation && *line.reservation != *other.reservation)
            return Found{Fault::sku_has_two_reservations, 0, line.sku.raw()};
        wanted += other.quantity.raw();
    }
    if (wanted > quantity_max) return Found{Fault::too_many_units, quantity_max, line.sku.raw()};
    for (const auto& charge : cart.charges) {
        total += total_of(charge)->raw();
        bytes += bytes_of(charge);
    }
    if (total > amount_max) return Found{Fault::total_is_too_large, amount_max, {}};
    if (bytes > sale_bytes_max) return Found{Fault::sale_is_too_long, sale_bytes_max, {}};
    return {};
}

bool is_same(const State& cart, const Open& open) {
    return cart.currency == open.currency && cart.customer == open.customer &&
           cart.country == open.country && cart.lines == open.lines &&
           cart.charges == open.charges && cart.personal == open.personal;
}

bool is_set_already(const State& cart, const SetDetails& set) {
    return (!set.customer || cart.customer == set.customer) &&
           (!set.country || cart.country == *set.country) &&
           (!set.charges || cart.charges == *set.charges) &&
           (!set.personal || cart.personal == set.personal);
}

}  // namespace

template <> Decision handle(const State& cart, const Open& open, const Terms&) {
    if (const auto found = fault_in(open.lines, open.charges)) return reject(*found);
    if (cart.stage == Stage::converted || cart.stage == Stage::discarded)
        return std::unexpected(*closed(cart));
    if (cart.stage != Stage::none)
        return is_same(cart, open) ? nothing_to_do() : reject(Rejection::cart_exists_already);
    return accept(Opened{open.currency, open.customer, open.country, open.lines, open.charges,
                         open.personal});
}

template <> Decision handle(const State& cart, const SetLine& set, const Terms&) {
    if (const auto found = fault_in(set.line)) return reject(*found);
    if (auto refusal = closed(cart)) return std::unexpected(std::move(*refusal));
    const auto* old = line_of(cart, set.line.line);
    if (old && *old == set.line) return nothing_to_do();
    if (const auto found = fault_with(cart, set.line, old)) return reject(*found);
    return accept(LineSet{set.line});
}

template <> Decision handle(const State& cart, const RemoveLine& remove, const Terms&) {
    if (auto refusal = closed(cart)) return std::unexpected(std::move(*refusal));
    if (!line_of(cart, remove.line))
        return reject(Rejection::line_is_unknown, 0, remove.line.raw());
    return accept(LineRemoved{remove.line});
}

template <> Decision handle(const State& cart, const SetDetails& set, const Terms&) {
    if (set.charges)
        if (const auto found = fault_in(*set.charges)) return reject(*found);
    if (auto refusal = closed(cart)) return std::unexpected(std::move(*refusal));
    if (is_set_already(cart, set)) return nothing_to_do();
    if (set.charges && !total_of(cart.lines, *set.charges))
        return reject(Rejection::total_is_too_large, amount_max);
    if (set.charges && bytes_of(cart.lines, *set.charges) > sale_bytes_max)
        return reject(Rejection::sale_is_too_long, sale_bytes_max);
    return accept(DetailsSet{set.customer, set.country, set.charges, set.personal});
}

template <> Decision handle(const State& cart, const Discard&, const Terms&) {
    if (cart.stage == Stage::discarded) return nothing_to_do();
    if (auto refusal = closed(cart)) return std::unexpected(std::move(*refusal));
    return accept(Discarded{});
}

template <> void apply(State& cart, const Opened& opened) {
    cart.stage = Stage::open;
    cart.currency = opened.currency;
    cart.customer = opened.customer;
    cart.country = opened.country;
    cart.lines = opened.lines;
    cart.charges = opened.charges;
    cart.personal = opened.personal;
}
template <> void apply(State& cart, const LineSet& set) {
    const auto line = std::ranges::find(cart.lines, set.line.line, &Line::line);
    if (line == cart.lines.end())
        cart.lines.push_back(set.line);
    else
        *line = set.line;
}
template <> void apply(State& cart, const LineRemoved& removed) {
    std::erase_if(cart.lines, [&](const Line& line) { return line.line == removed.line; });
}
template <> void apply(State& cart, const DetailsSet& set) {
    if (set.customer) cart.customer = set.customer;
    if (set.country) cart.country = *set.country;
    if (set.charges) cart.charges = *set.charges;
    if (set.personal) cart.personal = set.personal;
}
template <> void apply(State& cart, const Discarded&) {
    cart.stage = Stage::discarded;
    empty_out(cart);
}

}  // namespace holdfast::cart
