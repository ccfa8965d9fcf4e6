// Order: the checkout of one cart and everything that happens to it afterwards; the process manager
// that stock, payments and warehouses answer to.
//
// Order      reserving -> paying -> confirmed -> completed; or refused, declined, given up,
//            cancelled. Stock is asked one partition after the other, so that two orders never
//            fail for each other's units.
// Invariant  per line: quantity = open + cancelled + shipped, returned <= shipped. A line's money
//            is split by units: what ships (and comes back) counts from its first unit, what is
//            cancelled from its last, so that all parts sum to its total, to the minor unit.
// Invariant  what a payment is asked to capture, give back or void is an event with an operation
//            id of its own; charges are captured with the first shipment.
// Limits     sale.h's; 500 cancellations and 500 returns an order.
#pragma once

#include <variant>

#include "engine/domain/decision.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/sale.h"

namespace holdfast::order {

constexpr std::size_t cancellations_max = 500;
constexpr std::size_t returns_max = 500;

// What an order needs of a SKU, summed over its lines; from a reservation that they name, if any.
struct Demand {
    Sku sku;
    Quantity quantity;
    std::optional<ReservationId> reservation;
    auto members() { return std::tie(sku, quantity, reservation); }
    friend bool operator==(const Demand&, const Demand&) = default;
};
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
constexpr std::size_t shortages_max = 20;

struct LineUnits {
    LineId line;
    Quantity quantity;
    auto members() { return std::tie(line, quantity); }
    friend bool operator==(const LineUnits&, const LineUnits&) = default;
};
// Units of a line, and their share of its total.
struct LineShare {
    LineId line;
    Quantity quantity;
    Amount amount;
    auto members() { return std::tie(line, quantity, amount); }
    friend bool operator==(const LineShare&, const LineShare&) = default;
};
// Units of a line that one fulfillment is asked to cancel.
struct PartUnits {
    FulfillmentId fulfillment;
    LineId line;
    Quantity quantity;
    auto members() { return std::tie(fulfillment, line, quantity); }
    friend bool operator==(const PartUnits&, const PartUnits&) = default;
};
enum class Condition : std::uint8_t { sellable = 1, damaged };
struct ReturnedLine {
    LineId line;
    Quantity quantity;
    Condition condition;
    auto members() { return std::tie(line, quantity, condition); }
    friend bool operator==(const ReturnedLine&, const ReturnedLine&) = default;
};
// A return as it was asked for, told by what it did: which flags it had, when they mattered.
struct ReturnTaken {
    std::vector<ReturnedLine> lines;
    Amount worth, refund;
    bool restocked;
    auto members() { return std::tie(lines, worth, refund, restocked); }
    friend bool operator==(const ReturnTaken&, const ReturnTaken&) = default;
};
// Where units that came back are put on the shelf: a location that shipped them.
struct Restocking {
    LineId line;
    LocationId location;
    Quantity quantity;
    Condition condition;
    auto members() { return std::tie(line, location, quantity, condition); }
    friend bool operator==(const Restocking&, const Restocking&) = default;
};
enum class Trouble : std::uint8_t { capture_failed = 1, void_failed, refund_failed };

// `order` in Begin is the stream's own key. A Note... is another context's answer: one that comes
// when it no longer matters is accepted with no events.
// clang-format off
struct Begin             { OrderId order; std::optional<CartId> cart; Currency currency;
                           std::optional<CustomerId> customer; CountryName country;
                           std::vector<Line> lines; std::vector<Charge> charges;
                           std::vector<Tender> payments; Amount total;
                           std::optional<Sealed> personal; };
struct NoteReserved      { std::vector<Allocation> allocations; };             // stock's
struct NoteNotReserved   { std::vector<Shortage> shortages; };
struct NoteClaimLapsed   { Sku sku; };                                         // still wanted?
struct NoteAuthorized    { PaymentId payment; Amount amount; };                // the payment's
struct NoteDeclined      { PaymentId payment; Label detail; };
struct NoteCaptured      { PaymentId payment; OperationId operation; Amount amount; };
struct NoteVoided        { PaymentId payment; OperationId operation; Amount amount; };
struct NoteRefunded      { PaymentId payment; OperationId operation; Amount amount; };
struct NotePaymentFailed { PaymentId payment; OperationId operation; Amount amount;
                           Trouble trouble; Label detail; };
struct NoteShipped       { FulfillmentId fulfillment; ShipmentId shipment;     // the fulfillment's
                           std::vector<LineUnits> lines; };
struct NoteCancelAnswer  { FulfillmentId fulfillment; CancellationId cancellation;
                           std::vector<LineUnits> cancelled, refused; };
struct NoteRejected      { FulfillmentId fulfillment; std::vector<LineUnits> lines; };
struct Cancel            { CancellationId cancellation;                        // no lines: all that
                           std::vector<LineUnits> lines; };                    // is open
struct Return            { ReturnId returned; std::vector<ReturnedLine> lines; bool restock;
                           bool refund; };
struct GiveUp            {};                                                   // the timer's
struct NoteCartWaits     { CartId cart; };                                     // what became of it?
using Command = std::variant<Begin, NoteReserved, NoteNotReserved, NoteClaimLapsed, NoteAuthorized,
                             NoteDeclined, NoteCaptured, NoteVoided, NoteRefunded,
                             NotePaymentFailed, NoteShipped, NoteCancelAnswer, NoteRejected, Cancel,
                             Return, GiveUp, NoteCartWaits>;

struct Begun               { OrderId order; std::optional<CartId> cart; Currency currency;
                             std::optional<CustomerId> customer; CountryName country;
                             std::vector<Line> lines; std::vector<Charge> charges;
                             std::vector<Tender> payments; Amount total;
                             std::optional<Sealed> personal; Time give_up_at_ms;
                             bool capture_at_confirmation; };
struct StockAsked          { std::uint16_t partition; std::vector<Demand> demands; };  // by SKU
struct StockReserved       { std::vector<Allocation> allocations; };
struct Placed              {};                       // all stock is held; the payments are asked
struct PaymentAuthorized   { PaymentId payment; Amount amount; };
struct PaymentDeclined     { PaymentId payment; Label detail; };
struct Confirmed           {};
struct Refused             { std::vector<Shortage> shortages; };        // ended: no stock
struct Declined            { PaymentId payment; Label detail; };        // ended: no payment
struct GivenUp             {};                                          // ended: no answer in time
struct StockLetGo          { std::vector<Sku> skus; };                  // what an ended order held
struct CancellationAsked   { CancellationId cancellation; std::vector<LineUnits> lines;  // as asked
                             std::vector<PartUnits> parts; };           // by fulfillment, then line
struct LinesCancelled      { CancellationId cancellation;               // no fulfillment: untracked
                             std::optional<FulfillmentId> fulfillment; std::vector<LineShare> lines;
                             Amount charges; Amount refund; };          // of what was paid already
struct CancellationRefused { CancellationId cancellation; FulfillmentId fulfillment;
                             std::vector<LineUnits> lines; };
struct Cancelled           { bool was_confirmed; };                     // ended: nothing is left
struct Shipped             { FulfillmentId fulfillment; ShipmentId shipment;
                             std::vector<LineShare> lines; };
struct Completed           { std::vector<LineShare> delivered; };       // untracked: no parcel
struct Returned            { ReturnId returned; std::vector<ReturnedLine> lines;
                             std::vector<LineShare> shares; std::vector<Restocking> restocked;
                             Amount refund; };
struct CaptureAsked        { PaymentId payment; OperationId operation; Amount amount; };
struct SettlementAsked     { PaymentId payment; OperationId operation;
                             Amount capture; };                         // in all; void the rest
struct VoidAsked           { PaymentId payment; OperationId operation; };
struct RefundAsked         { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentCaptured     { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentVoided       { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentRefunded     { PaymentId payment; OperationId operation; Amount amount; };
struct PaymentFailed       { PaymentId payment; OperationId operation; Amount amount;  // a human is
                             Trouble trouble; Label detail; };          // needed: listed
using Event = std::variant<Begun, StockAsked, StockReserved, Placed, PaymentAuthorized,
                           PaymentDeclined, Confirmed, Refused, Declined, GivenUp, StockLetGo,
                           CancellationAsked, LinesCancelled, CancellationRefused, Cancelled,
                           Shipped, Completed, Returned, CaptureAsked, SettlementAsked, VoidAsked,
                           RefundAsked, PaymentCaptured, PaymentVoided, PaymentRefunded,
                           PaymentFailed>;
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
    return_exists_with_other_contents,
    too_many_cancellations,
    too_many_returns,
    answer_is_for_another_stage,
    sku_has_two_reservations,
    too_many_units,
    payment_is_zero,
    payment_is_unknown,
    fulfillment_is_unknown,
    no_line_was_named,
    allocations_do_not_add_up,
    sale_is_too_long,
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
    cancelled,
};

// What happened to a line's units and money so far.
struct LineProgress {
    std::uint32_t place;  // in State::lines
    Units cancelled = no_units, shipped = no_units, returned = no_units;
    Units leaving = no_units;  // a warehouse was asked to cancel them
    Amount amount_cancelled = no_amount, amount_shipped = no_amount, amount_returned = no_amount;
    auto members() {
        return std::tie(place, cancelled, shipped, returned, leaving, amount_cancelled,
                        amount_shipped, amount_returned);
    }
    friend bool operator==(const LineProgress&, const LineProgress&) = default;
};
// A location's share of a line: what its fulfillment is asked for.
struct LinePart {
    LocationId location;
    LineId line;
    Units quantity = no_units, shipped = no_units, cancelled = no_units, leaving = no_units;
    Units restocked = no_units;
    auto members() {
        return std::tie(location, line, quantity, shipped, cancelled, leaving, restocked);
    }
    friend bool operator==(const LinePart&, const LinePart&) = default;
};
struct PaymentProgress {
    PaymentId payment;
    Tender tender;
    bool declined = false;
    bool void_asked = false;  // what is not captured is to be voided
    Amount authorized = no_amount, capture_asked = no_amount, captured = no_amount;
    Amount voided = no_amount, refund_asked = no_amount, refunded = no_amount;
    auto members() {
        return std::tie(payment, tender, declined, void_asked, authorized, capture_asked, captured,
                        voided, refund_asked, refunded);
    }
    friend bool operator==(const PaymentProgress&, const PaymentProgress&) = default;
};

struct State {
    Stage stage = Stage::none;
    std::optional<OrderId> order;
    std::optional<CartId> cart;
    std::optional<Currency> currency;
    std::optional<CustomerId> customer;
    CountryName country;
    std::vector<Line> lines;
    std::vector<Charge> charges;
    Amount total = no_amount;
    std::optional<Sealed> personal;
    std::optional<Time> give_up_at_ms;
    bool capture_at_confirmation = false;

    std::optional<std::uint16_t> asked;   // the partition of stock that has not answered yet
    std::vector<Allocation> allocations;  // by partition, then SKU
    FlatMap<Sku, ReservationId> named;    // the others bear the order's id
    std::vector<LinePart> parts;          // by location, then line
    FlatMap<FulfillmentId, LocationId> fulfillments;

    FlatMap<LineId, LineProgress> progress;
    Units open = no_units, open_untracked = no_units, shipped = no_units;
    Amount amount_shipped = no_amount, amount_cancelled = no_amount, charges_cancelled = no_amount;
    FlatMap<CancellationId, std::vector<LineUnits>> cancellations;
    FlatMap<ReturnId, ReturnTaken> returns;

    std::vector<PaymentProgress> payments;
    std::uint32_t operations = 0;  // how many were asked so far
    Amount refunds_for_cancellations = no_amount, refunds_for_returns = no_amount;  // promised
    bool needs_attention = false;
    auto members() {
        return std::tie(stage, order, cart, currency, customer, country, lines, charges, total,
                        personal, give_up_at_ms, capture_at_confirmation, asked, allocations, named,
                        parts, fulfillments, progress, open, open_untracked, shipped,
                        amount_shipped, amount_cancelled, charges_cancelled, cancellations, returns,
                        payments, operations, refunds_for_cancellations, refunds_for_returns,
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

// Ids that follow from the order's own: of its n-th payment, and of the fulfillment at the n-th of
// its locations in the order of their ids; n counts from 1.
PaymentId payment_of(const OrderId& order, std::size_t n);
FulfillmentId fulfillment_of(const OrderId& order, std::size_t n);
// Whether an operation was asked of a payment by its order, not by somebody's own request.
bool is_an_orders(const OperationId& operation);

// The reservation that holds a SKU for an order.
ReservationId reservation_of(const State& order, const Sku& sku);
// A line by its id; the order has it.
const Line& line_of(const State& order, const LineId& line);

const Explained<Rejection>& explain(Rejection why);

}  // namespace holdfast::order
