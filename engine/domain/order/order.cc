#include "engine/domain/order/order.h"

#include "engine/domain/order/handles.h"

namespace holdfast::order {
namespace {

using enum Rejection;
using enum Answer;

// clang-format off
constexpr Explained<Rejection> explanations[] = {
    {order_is_unknown,                     "order_is_unknown", missing, ""},
    {order_exists_already,                 "order_exists_already", conflict, ""},
    {order_is_empty,                       "order_is_empty", invalid, ""},
    {line_id_is_repeated,                  "line_id_is_repeated", invalid, ""},
    {charge_id_is_repeated,                "charge_id_is_repeated", invalid, ""},
    {too_many_lines,                       "too_many_lines", invalid, "limit"},
    {too_many_charges,                     "too_many_charges", invalid, "limit"},
    {too_many_adjustments,                 "too_many_adjustments", invalid, "limit"},
    {too_many_payments,                    "too_many_payments", invalid, "limit"},
    {total_does_not_add_up,                "total_does_not_add_up", invalid, "total"},
    {total_is_too_large,                   "total_is_too_large", invalid, "limit"},
    {payments_do_not_add_up,               "payments_do_not_add_up", invalid, "sum"},
    {discounts_exceed_the_line,            "discounts_exceed_the_line", invalid, "price"},
    {line_is_unknown,                      "line_is_unknown", missing, ""},
    {nothing_is_open_to_cancel,            "nothing_is_open_to_cancel", conflict, ""},
    {quantity_exceeds_what_is_open,        "quantity_exceeds_what_is_open", conflict, "open"},
    {quantity_exceeds_what_was_shipped, "quantity_exceeds_what_was_shipped", conflict, "shipped"},
    {order_is_not_confirmed,               "order_is_not_confirmed", conflict, ""},
    {order_has_ended,                      "order_has_ended", conflict, ""},
    {cancellation_exists_with_other_lines, "cancellation_exists_with_other_lines", conflict, ""},
    {return_exists_with_other_contents,    "return_exists_with_other_contents", conflict, ""},
    {too_many_cancellations,               "too_many_cancellations", conflict, "limit"},
    {too_many_returns,                     "too_many_returns", conflict, "limit"},
    {answer_is_for_another_stage,          "answer_is_for_another_stage", conflict, ""},
    {sku_has_two_reservations,             "sku_has_two_reservations", invalid, ""},
    {too_many_units,                       "too_many_units", invalid, "limit"},
    {payment_is_zero,                      "payment_is_zero", invalid, ""},
    {payment_is_unknown,                   "payment_is_unknown", missing, ""},
    {fulfillment_is_unknown,               "fulfillment_is_unknown", missing, ""},
    {no_line_was_named,                    "no_line_was_named", invalid, ""},
    {allocations_do_not_add_up,            "allocations_do_not_add_up", conflict, ""},
    {sale_is_too_long,                     "sale_is_too_long", invalid, "limit"},
};
// clang-format on
static_assert(in_order(explanations));

template <class Result> Result derived(const OrderId& order, std::string_view suffix) {
    return known<Result>(std::string(order.raw()).append(suffix));
}
// 1..9, a..z, 10..: three digits name every location an order can have.
std::string in_base_36(std::size_t n) {
    std::string digits;
    for (; n > 0; n /= 36)
        digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36]);
    return digits;
}

// What the lines' own ledgers sum to.
struct Sums {
    std::int64_t open = 0, open_untracked = 0, shipped = 0, amount_shipped = 0,
                 amount_cancelled = 0;
};
std::optional<std::string_view> broken_rule(const Line& line, const LineProgress& progress) {
    const auto quantity = line.quantity.raw();
    if (progress.cancelled.raw() + progress.shipped.raw() > quantity)
        return "of a line no more is cancelled and shipped than was ordered";
    if (progress.returned > progress.shipped) return "no more comes back than was shipped";
    const auto total = *total_of(line);
    const auto from_the_front = [&](Units units) {
        return share_of(total, quantity, 0, units.raw());
    };
    if (progress.amount_shipped != from_the_front(progress.shipped))
        return "what shipped is priced from a line's first unit";
    if (progress.amount_returned != from_the_front(progress.returned))
        return "what came back is priced from a line's first unit";
    const auto kept = quantity - progress.cancelled.raw();
    if (progress.amount_cancelled != share_of(total, quantity, kept, progress.cancelled.raw()))
        return "what is cancelled is priced from a line's last unit";
    return {};
}
std::optional<std::string_view> broken_rule(const PaymentProgress& payment) {
    if (payment.refunded > payment.captured) return "no more is given back than was captured";
    if (payment.captured.raw() + payment.voided.raw() > payment.authorized.raw())
        return "no more is captured and voided than was authorized";
    return {};
}

}  // namespace

const Explained<Rejection>& explain(Rejection why) {
    const auto place = static_cast<std::size_t>(why) - 1;
    assert(place < std::size(explanations));
    return explanations[place];
}

Decision decide(const State& order, const Command& command, const Terms& terms) {
    return std::visit(
        [&](const auto& known_command) { return handle(order, known_command, terms); }, command);
}

void evolve(State& order, const Event& event) {
    std::visit([&](const auto& known_event) { apply(order, known_event); }, event);
}

std::optional<Time> deadline(const State& order) {
    return is_being_made(order) ? order.give_up_at_ms : std::nullopt;
}
Command on_deadline(const State&) { return GiveUp{}; }

PaymentId payment_of(const OrderId& order, std::size_t n) {
    assert(n >= 1 && n <= payments_max);
    return derived<PaymentId>(order, "-p" + std::to_string(n));
}
FulfillmentId fulfillment_of(const OrderId& order, std::size_t n) {
    assert(n >= 1 && n < 36 * 36 * 36);
    return derived<FulfillmentId>(order, "." + in_base_36(n));
}

ReservationId reservation_of(const State& order, const Sku& sku) {
    const auto* named = order.named.find(sku);
    return named ? *named : known<ReservationId>(order.order->raw());
}

const Line& line_of(const State& order, const LineId& line) {
    const auto* progress = order.progress.find(line);
    assert(progress);
    return order.lines[progress->place];
}

std::vector<LineShare> undelivered(const State& order) {
    std::vector<LineShare> shares;
    if (order.open_untracked == no_units) return shares;
    for (const auto& line : order.lines) {
        if (!line.untracked) continue;
        const auto& progress = *order.progress.find(line.line);
        const auto open = open_units(line, progress);
        if (open == no_units) continue;
        const auto quantity = known<Quantity>(open.raw());
        shares.push_back(
            {line.line, quantity,
             share_of(*total_of(line), line.quantity.raw(), progress.shipped.raw(), open.raw())});
    }
    return shares;
}

const LinePart* part_of(const State& order, const LocationId& location, const LineId& line) {
    const auto key = std::tie(location, line);
    const auto at = std::ranges::lower_bound(order.parts, key, {}, [](const LinePart& part) {
        return std::tie(part.location, part.line);
    });
    return at != order.parts.end() && std::tie(at->location, at->line) == key ? &*at : nullptr;
}
LinePart* part_of(State& order, const LocationId& location, const LineId& line) {
    return const_cast<LinePart*>(part_of(std::as_const(order), location, line));  // it is not const
}

std::expected<const LocationId*, Refusal> location_of(const State& order,
                                                      const FulfillmentId& fulfillment) {
    const auto refuse = [](Rejection why, std::string_view subject = {}) {
        return std::unexpected(Refusal{why, 0, std::string(subject)});
    };
    if (order.stage == Stage::none) return refuse(order_is_unknown);
    if (is_being_made(order)) return refuse(answer_is_for_another_stage);
    if (const auto* location = order.fulfillments.find(fulfillment)) return location;
    return refuse(fulfillment_is_unknown, fulfillment.raw());
}

std::optional<std::string_view> broken_rule(const State& order) {
    if (order.stage == Stage::none) return {};
    Sums sums;
    for (const auto& line : order.lines) {
        const auto& progress = *order.progress.find(line.line);
        if (const auto broken = broken_rule(line, progress)) return broken;
        (line.untracked ? sums.open_untracked : sums.open) += open_units(line, progress).raw();
        sums.shipped += progress.shipped.raw();
        sums.amount_shipped += progress.amount_shipped.raw();
        sums.amount_cancelled += progress.amount_cancelled.raw();
    }
    if (sums.open != order.open.raw() || sums.open_untracked != order.open_untracked.raw() ||
        sums.shipped != order.shipped.raw())
        return "the order's units are the sum of its lines'";
    if (sums.amount_shipped != order.amount_shipped.raw() ||
        sums.amount_cancelled != order.amount_cancelled.raw())
        return "the order's amounts are the sum of its lines'";
    for (const auto& payment : order.payments)
        if (const auto broken = broken_rule(payment)) return broken;
    for (const auto& part : order.parts)
        if (part.shipped + part.cancelled > part.quantity || part.restocked > part.shipped)
            return "a location sends no more of a line than it was asked for";
    const bool done = order.stage == Stage::completed;
    if (done && (order.open != no_units || order.open_untracked != no_units))
        return "nothing of a completed order is open";
    return {};
}

}  // namespace holdfast::order
