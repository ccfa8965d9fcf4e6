// Order: the checkout of one cart and everything that happens to it afterwards; the process manager
// that stock, payments and warehouses answer to.
//
// Order      reserving -> paying -> confirmed -> completed; or refused, declined, cancelled. Stock is
//            asked one partition after the other, so that two orders never fail for each other's.
// Invariant  per line: quantity = open + cancelled + shipped, returned <= shipped; the amounts of all
//            cancellations, returns and what is left sum to the order's total, to the minor unit.
// Limits     sale.h's; 500 cancellations and 500 returns an order.
#pragma once

#include <variant>

#include "engine/domain/decision.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/sale.h"

namespace holdfast::order {

// A part of a SKU's reservation at one location, as stock answered it.
struct Allocation {
    Sku sku;
    LocationId location;
    Quantity quantity;
    auto members() { return std::tie(sku, location, quantity); }
    friend bool operator==(const Allocation&, const Allocation&) = default;
};
struct Shortage {
    Sku sku;
    Label why;  // stock's rejection, by name
    Units available;
    auto members() { return std::tie(sku, why, available); }
    friend bool operator==(const Shortage&, const Shortage&) = default;
};
struct LineUnits {
    LineId line;
    Quantity quantity;
    auto members() { return std::tie(line, quantity); }
    friend bool operator==(const LineUnits&, const LineUnits&) = default;
};
// Units of a line taken off, and their share of its total.
struct LineShare {
    LineId line;
    Quantity quantity;
    Amount amount;
    auto members() { return std::tie(line, quantity, amount); }
    friend bool operator==(const LineShare&, const LineShare&) = default;
};
enum class Condition : std::uint8_t { sellable = 1, damaged };
struct ReturnedLine {
    LineId line;
    Quantity quantity;
    Condition condition;
    auto members() { return std::tie(line, quantity, condition); }
    friend bool operator==(const ReturnedLine&, const ReturnedLine&) = default;
};
// What an accepted return puts back, and where.
struct Restocking {
    Sku sku;
    LocationId location;
    Quantity quantity;
    Condition condition;
    auto members() { return std::tie(sku, location, quantity, condition); }
    friend bool operator==(const Restocking&, const Restocking&) = default;
};
// What one payment gives back of a refund.
struct RefundPart {
    PaymentId payment;
    Amount amount;
    auto members() { return std::tie(payment, amount); }
    friend bool operator==(const RefundPart&, const RefundPart&) = default;
};
enum class Trouble : std::uint8_t { capture_failed = 1, void_failed, refund_failed };

// clang-format off
struct Begin             { std::optional<CartId> cart; Currency currency; std::optional<CustomerId> customer; CountryName country; std::vector<Line> lines;
                           std::vector<Charge> charges; std::vector<Tender> payments; Amount total; std::optional<Sealed> personal; };
struct NoteReserved      { std::vector<Allocation> allocations; };                       // stock's
struct NoteNotReserved   { std::vector<Shortage> shortages; };                           // stock's
struct NoteClaimLapsed   { Sku sku; };                                                   // stock's: is the claim still wanted?
struct NoteAuthorized    { PaymentId payment; Amount amount; };                          // the payment's
struct NoteDeclined      { PaymentId payment; Label detail; };
struct NoteCaptured      { PaymentId payment; OperationId operation; Amount amount; };
struct NoteVoided        { PaymentId payment; OperationId operation; Amount amount; };
struct NoteRefunded      { PaymentId payment; OperationId operation; Amount amount; };
struct NotePaymentFailed { PaymentId payment; OperationId operation; Amount amount; Trouble trouble; Label detail; };
struct NoteShipped       { FulfillmentId fulfillment; ShipmentId shipment; std::vector<LineUnits> lines; };   // the fulfillment's
struct NoteCancelAnswer  { FulfillmentId fulfillment; CancellationId cancellation; std::vector<LineUnits> cancelled, refused; };
struct NoteRejected      { FulfillmentId fulfillment; std::vector<LineUnits> lines; };
struct Cancel            { CancellationId cancellation; std::vector<LineUnits> lines; };          // no lines: all that is open
struct Return            { ReturnId returned; std::vector<ReturnedLine> lines; bool restock; bool refund; };
struct GiveUp            {};                                                             // the timer's
using Command = std::variant<Begin, NoteReserved, NoteNotReserved, NoteClaimLapsed, NoteAuthorized, NoteDeclined, NoteCaptured,
                             NoteVoided, NoteRefunded, NotePaymentFailed, NoteShipped, NoteCancelAnswer, NoteRejected, Cancel,
                             Return, GiveUp>;

struct Begun                { std::optional<CartId> cart; Currency currency; std::optional<CustomerId> customer; CountryName country; std::vector<Line> lines;
                              std::vector<Charge> charges; std::vector<Tender> payments; Amount total; std::optional<Sealed> personal;
                              Time give_up_at_ms; bool capture_at_confirmation; };
struct StockAsked           { std::uint16_t partition; std::vector<Sku> skus; };         // the next partition's reservations
struct StockReserved        { std::vector<Allocation> allocations; };
struct StockRefused         { std::vector<Shortage> shortages; };
struct Placed               {};                                                          // all stock is held; the payments are asked
struct PaymentAuthorized    { PaymentId payment; Amount amount; };
struct PaymentDeclined      { PaymentId payment; Label detail; };
struct Confirmed            {};
struct Refused              { std::vector<Shortage> shortages; };                        // ended: no stock
struct Declined             { PaymentId payment; Label detail; };                        // ended: no payment
struct GivenUp              {};                                                          // ended: nobody answered in time
struct CancellationAsked    { CancellationId cancellation; std::vector<LineUnits> lines; };
struct LinesCancelled       { CancellationId cancellation; std::vector<LineShare> lines; Amount charges; std::vector<Allocation> released; std::vector<RefundPart> refunds; };
struct CancellationRefused  { CancellationId cancellation; std::vector<LineUnits> lines; };
struct Cancelled            {};                                                          // ended: every line cancelled
struct Shipped              { FulfillmentId fulfillment; ShipmentId shipment; std::vector<LineUnits> lines; };
struct Completed            {};                                                          // every unit shipped or cancelled; money settled on the way
struct Returned             { ReturnId returned; std::vector<LineShare> lines; std::vector<Restocking> restocked; std::vector<RefundPart> refunds; };
struct PaymentCaptured      { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentVoided        { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentRefunded      { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentFailed        { PaymentId payment; OperationId operation; Amount amount; Trouble trouble; Label detail; };  // needs a human: listed
using Event = std::variant<Begun, StockAsked, StockReserved, StockRefused, Placed, PaymentAuthorized, PaymentDeclined, Confirmed,
                           Refused, Declined, GivenUp, CancellationAsked, LinesCancelled, CancellationRefused, Cancelled,
                           Shipped, Completed, Returned, PaymentCaptured, PaymentVoided, PaymentRefunded, PaymentFailed>;
// clang-format on

enum class Rejection : std::uint8_t {
    order_is_unknown = 1,
    order_exists_already,
    order_is_empty,
    line_id_is_repeated,
    charge_id_is_repeated,
    too_many_lines,
    too_many_charges,
    too_many_adjustments,
    too_many_payments,
    total_does_not_add_up,
    total_is_too_large,
    payments_do_not_add_up,
    discounts_exceed_the_line,
    line_is_unknown,
    nothing_is_open_to_cancel,
    quantity_exceeds_what_is_open,
    quantity_exceeds_what_was_shipped,
    order_is_not_confirmed,
    order_has_ended,
    cancellation_exists_with_other_lines,
    return_exists_with_other_lines,
    too_many_cancellations,
    too_many_returns,
    answer_is_for_another_stage,
};

enum class Stage : std::uint8_t {
    none = 0,
    reserving,
    paying,
    confirmed,
    completed,
    refused,
    declined,
    given_up,
    cancelled
};

// What happened to a line's units and money so far.
struct LineProgress {
    Units cancelled = no_units, shipped = no_units, returned = no_units;
    Units leaving = no_units;  // a warehouse was asked to cancel them
    Amount amount_cancelled = no_amount, amount_returned = no_amount;
    auto members() {
        return std::tie(cancelled, shipped, returned, leaving, amount_cancelled, amount_returned);
    }
    friend bool operator==(const LineProgress&, const LineProgress&) = default;
};
// A location's share of a line: what its fulfillment is asked for.
struct LinePart {
    LineId line;
    LocationId location;
    Units quantity = no_units, shipped = no_units, cancelled = no_units, returned = no_units;
    auto members() { return std::tie(line, location, quantity, shipped, cancelled, returned); }
    friend bool operator==(const LinePart&, const LinePart&) = default;
};
struct PaymentProgress {
    Tender tender;
    bool answered = false;
    Amount authorized = no_amount, captured = no_amount, voided = no_amount;
    Amount refund_asked = no_amount, refunded = no_amount;
    auto members() {
        return std::tie(tender, answered, authorized, captured, voided, refund_asked, refunded);
    }
    friend bool operator==(const PaymentProgress&, const PaymentProgress&) = default;
};

struct State {
    Stage stage = Stage::none;
    std::optional<CartId> cart;
    std::optional<Currency> currency;
    std::optional<CustomerId> customer;
    CountryName country;
    std::vector<Line> lines;
    std::vector<Charge> charges;
    Amount total = no_amount;
    Amount charges_cancelled = no_amount;
    std::optional<Sealed> personal;
    std::optional<Time> give_up_at_ms;
    bool capture_at_confirmation = false;
    FlatMap<LineId, LineProgress> progress;
    std::vector<LinePart> parts;
    std::vector<Sku> asked;  // stock asked and not answered yet
    FlatMap<Sku, std::vector<Allocation>> allocations;
    FlatMap<PaymentId, PaymentProgress> payments;
    FlatMap<CancellationId, std::vector<LineUnits>> cancellations;
    FlatMap<ReturnId, std::vector<ReturnedLine>> returns;
    bool needs_attention = false;
    auto members() {
        return std::tie(stage, cart, currency, customer, country, lines, charges, total,
                        charges_cancelled, personal, give_up_at_ms, capture_at_confirmation,
                        progress, parts, asked, allocations, payments, cancellations, returns,
                        needs_attention);
    }
};

using Refusal = holdfast::Refusal<Rejection>;
using Decision = Decided<Event, Rejection>;
Decision decide(const State& order, const Command& command, const Terms& terms);
void evolve(State& order, const Event& event);

std::optional<Time> deadline(const State& order);
Command on_deadline(const State& order);
std::optional<std::string_view> broken_rule(const State& order);

// Ids that follow from the order's own: its n-th payment, its fulfillment at a location's place.
PaymentId payment_of(const OrderId& order, std::size_t n);
FulfillmentId fulfillment_of(const OrderId& order, std::size_t n);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::order
