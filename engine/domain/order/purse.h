// Purse: what one decision asks of an order's payments, as events with operation ids of their own.
//
// Order      captures are taken from the payments in their order, what was paid outside first;
//            refunds are given back in the same order.
// Invariant  no more is asked of a payment than it has; what none has is a PaymentFailed, never a
//            silence.
// Lifetime   of one decision; the state it was made from does not change meanwhile.
#pragma once

#include "engine/domain/order/handles.h"

namespace holdfast::order {

class Purse {
public:
    Purse(const State& order, std::vector<Event>& events)
        : payments_(order.payments), operations_(order.operations), events_(events) {}

    // Events of the same decision that the payments are to be seen after.
    void authorized(const PaymentId& payment, Amount amount);
    void captured(const PaymentId& payment, Amount amount);

    // Captures until that much is collected in all; charged when shipping is not the last.
    void capture_up_to(Amount goal);
    // That much is the order's whole price: captured in all, and the rest is voided.
    void settle(Amount due);
    // Gives back as much of it as was captured already; the rest is asked when it is captured.
    void refund(Amount amount);
    // All of it, of an order that came to nothing: captured or not.
    void give_everything_back();

    // What was captured or asked for, before anything is given back.
    Amount collected() const;

private:
    PaymentProgress& at(const PaymentId& payment);
    OperationId next_operation(std::string_view kind);
    void fail_to_capture(std::int64_t amount);

    std::vector<PaymentProgress> payments_;
    std::uint32_t operations_;
    std::vector<Event>& events_;
};

// What was promised back and not asked of the payments yet; everything, once an order is unsold.
Amount owed_back(const State& order);
// What was captured, or asked for, of all payments.
Amount collected(const State& order);

// What the order costs after everything that was cancelled.
inline Amount due(const State& order) {
    return order.total - order.amount_cancelled - order.charges_cancelled;
}
Amount charges_of(const State& order);

// Where it stands in State::payments, or null.
const PaymentProgress* payment_at(const State& order, const PaymentId& payment);
PaymentProgress* payment_at(State& order, const PaymentId& payment);

}  // namespace holdfast::order
