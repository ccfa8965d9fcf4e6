// Cart: what a customer means to buy, at the prices the storefront quoted, until it is an order.
//
// Invariant  its lines and charges are such that an order could be made of them (sale_rules.h); a
//            frozen cart does not change, for its order is being made from it.
// Order      open -> frozen -> converted, or open again; open -> discarded. Every Complete is
//            answered by its order: Convert, or Unfreeze also when the order gives up. A cart that
//            heard neither in time asks its order, and again until it hears: only the order knows.
// Limits     sale.h's; one currency a cart. What ended (converted, discarded) keeps no contents.
#pragma once

#include <variant>

#include "engine/domain/decision.h"
#include "engine/domain/sale.h"

namespace holdfast::cart {

// Why a completing cart is open again.
enum class Thaw : std::uint8_t {
    stock_was_insufficient = 1,
    payment_was_declined,
    order_was_given_up,
    order_was_cancelled,
    order_was_refused,
    order_never_began,
};

// clang-format off
struct Open       { Currency currency; std::optional<CustomerId> customer; CountryName country;
                    std::vector<Line> lines; std::vector<Charge> charges;
                    std::optional<Sealed> personal; };
struct SetLine    { Line line; };                // added, or in place of the one with its id
struct RemoveLine { LineId line; };
struct SetDetails { std::optional<CustomerId> customer; std::optional<CountryName> country;
                    std::optional<std::vector<Charge>> charges;
                    std::optional<Sealed> personal; };  // absent: stays as it is
struct Discard    {};
struct Complete   { OrderId order; Money expected_total; std::vector<Tender> payments; };
struct Convert    { OrderId order; };            // the order's: it is confirmed
struct Unfreeze   { OrderId order; Thaw why; };  // the order's: it ended without a sale
struct AskOrder   {};                            // the timer's
using Command = std::variant<Open, SetLine, RemoveLine, SetDetails, Discard, Complete, Convert,
                             Unfreeze, AskOrder>;

struct Opened      { Currency currency; std::optional<CustomerId> customer; CountryName country;
                     std::vector<Line> lines; std::vector<Charge> charges;
                     std::optional<Sealed> personal; };
struct LineSet     { Line line; };
struct LineRemoved { LineId line; };
struct DetailsSet  { std::optional<CustomerId> customer; std::optional<CountryName> country;
                     std::optional<std::vector<Charge>> charges; std::optional<Sealed> personal; };
struct Discarded   {};
struct Frozen      { OrderId order; Amount total; std::vector<Tender> payments;
                     Time frozen_until_ms; };               // then the order is asked
struct Unfrozen    { OrderId order; Thaw why; };
struct Converted   { OrderId order; };
struct OrderAsked  { OrderId order; Time frozen_until_ms; };  // then it is asked again
using Event = std::variant<Opened, LineSet, LineRemoved, DetailsSet, Discarded, Frozen, Unfrozen,
                           Converted, OrderAsked>;
// clang-format on

enum class Rejection : std::uint8_t {
    cart_is_unknown = 1,
    cart_exists_already,
    cart_is_frozen,
    cart_is_converted,
    cart_is_discarded,
    cart_is_empty,
    line_is_unknown,
    line_id_is_repeated,
    charge_id_is_repeated,
    too_many_lines,
    too_many_charges,
    too_many_adjustments,
    discounts_exceed_the_line,
    total_is_too_large,
    total_is_not_as_expected,
    currency_differs,
    payments_do_not_add_up,
    too_many_payments,
    cart_became_another_order,
    sku_has_two_reservations,
    too_many_units,
    payment_is_zero,
    order_ended_without_a_sale,
    sale_is_too_long,
};

enum class Stage : std::uint8_t { none = 0, open, frozen, converted, discarded };

struct State {
    Stage stage = Stage::none;
    std::optional<Currency> currency;
    std::optional<CustomerId> customer;
    CountryName country;
    std::vector<Line> lines;  // in the order they came
    std::vector<Charge> charges;
    std::optional<Sealed> personal;
    std::optional<OrderId> order;  // frozen for, converted as, or open again after
    std::optional<Time> frozen_until_ms;
    auto members() {
        return std::tie(stage, currency, customer, country, lines, charges, personal, order,
                        frozen_until_ms);
    }
};

using Refusal = holdfast::Refusal<Rejection>;
using Decision = Decided<Event, Rejection>;
Decision decide(const State& cart, const Command& command, const Terms& terms);
void evolve(State& cart, const Event& event);

std::optional<Time> deadline(const State& cart);
Command on_deadline(const State& cart);
std::optional<std::string_view> broken_rule(const State& cart);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::cart
