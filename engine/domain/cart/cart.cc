#include "engine/domain/cart/cart.h"

#include "engine/domain/cart/handles.h"
#include "engine/domain/sale_rules.h"

namespace holdfast::cart {
namespace {

using enum Rejection;
using enum Answer;

// clang-format off
constexpr Explained<Rejection> explanations[] = {
    {cart_is_unknown,            "cart_is_unknown",            missing,  ""},
    {cart_exists_already,        "cart_exists_already",        conflict, ""},
    {cart_is_frozen,             "cart_is_frozen",             conflict, ""},
    {cart_is_converted,          "cart_is_converted",          conflict, ""},
    {cart_is_discarded,          "cart_is_discarded",          conflict, ""},
    {cart_is_empty,              "cart_is_empty",              conflict, ""},
    {line_is_unknown,            "line_is_unknown",            missing,  ""},
    {line_id_is_repeated,        "line_id_is_repeated",        invalid,  ""},
    {charge_id_is_repeated,      "charge_id_is_repeated",      invalid,  ""},
    {too_many_lines,             "too_many_lines",             invalid,  "limit"},
    {too_many_charges,           "too_many_charges",           invalid,  "limit"},
    {too_many_adjustments,       "too_many_adjustments",       invalid,  "limit"},
    {discounts_exceed_the_line,  "discounts_exceed_the_line",  invalid,  "price"},
    {total_is_too_large,         "total_is_too_large",         invalid,  "limit"},
    {total_is_not_as_expected,   "total_is_not_as_expected",   conflict, "total"},
    {currency_differs,           "currency_differs",           invalid,  ""},
    {payments_do_not_add_up,     "payments_do_not_add_up",     invalid,  "sum"},
    {too_many_payments,          "too_many_payments",          invalid,  "limit"},
    {cart_became_another_order,  "cart_became_another_order",  conflict, ""},
    {sku_has_two_reservations,   "sku_has_two_reservations",   invalid,  ""},
    {too_many_units,             "too_many_units",             invalid,  "limit"},
    {payment_is_zero,            "payment_is_zero",            invalid,  ""},
    {order_ended_without_a_sale, "order_ended_without_a_sale", conflict, ""},
    {sale_is_too_long,           "sale_is_too_long",           invalid,  "limit"},
};
// clang-format on
static_assert(in_order(explanations));

}  // namespace

const Explained<Rejection>& explain(Rejection why) {
    const auto place = static_cast<std::size_t>(why) - 1;
    assert(place < std::size(explanations));
    return explanations[place];
}

Decision decide(const State& cart, const Command& command, const Terms& terms) {
    return std::visit([&](const auto& known_command) { return handle(cart, known_command, terms); },
                      command);
}

void evolve(State& cart, const Event& event) {
    std::visit([&](const auto& known_event) { apply(cart, known_event); }, event);
}

std::optional<Time> deadline(const State& cart) { return cart.frozen_until_ms; }
Command on_deadline(const State&) { return AskOrder{}; }

std::optional<Refusal> closed(const State& cart) {
    switch (cart.stage) {
        case Stage::none: return Refusal{cart_is_unknown, 0, {}};
        case Stage::open: return {};
        case Stage::frozen: return Refusal{cart_is_frozen, 0, std::string(cart.order->raw())};
        case Stage::converted: return Refusal{cart_is_converted, 0, std::string(cart.order->raw())};
        case Stage::discarded: return Refusal{cart_is_discarded, 0, {}};
    }
    assert(false);
    return {};
}

void empty_out(State& cart) {
    cart.lines = {};
    cart.charges = {};
    cart.personal.reset();
}

std::optional<std::string_view> broken_rule(const State& cart) {
    if (cart.currency.has_value() != (cart.stage != Stage::none)) return "a cart has a currency";
    if (fault_in(cart.lines, cart.charges)) return "an order could be made of what a cart holds";
    if ((cart.stage == Stage::frozen || cart.stage == Stage::converted) && !cart.order)
        return "a frozen or converted cart has its order";
    if (cart.stage == Stage::frozen && cart.lines.empty()) return "an empty cart is never frozen";
    if ((cart.stage == Stage::frozen) != cart.frozen_until_ms.has_value())
        return "a cart waits for its order, and until when, exactly while it is frozen";
    const bool ended = cart.stage == Stage::converted || cart.stage == Stage::discarded;
    if (ended && !(cart.lines.empty() && cart.charges.empty() && !cart.personal))
        return "a cart that ended holds nothing";
    return {};
}

}  // namespace holdfast::cart
