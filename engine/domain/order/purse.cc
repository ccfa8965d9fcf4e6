#include "engine/domain/order/purse.h"

namespace holdfast::order {
namespace {

constexpr OperationId none_was_asked = known<OperationId>("order:none");
constexpr std::string_view orders_own = "order:";

// What is in hand once what was asked for has succeeded; a capture by hand counts as well.
Amount in_hand(const PaymentProgress& payment) {
    if (payment.tender.outside) return payment.authorized;
    return std::max(payment.capture_asked, payment.captured);
}
std::int64_t uncollected(const PaymentProgress& payment) {
    const auto gone = payment.voided.raw() + in_hand(payment).raw();
    return std::max<std::int64_t>(0, payment.authorized.raw() - gone);
}
std::int64_t left_to_refund(const PaymentProgress& payment) {
    const auto there = payment.tender.outside ? payment.authorized : payment.captured;
    const auto gone = std::max(payment.refund_asked, payment.refunded);
    return std::max<std::int64_t>(0, there.raw() - gone.raw());
}
Amount in_hand(const std::vector<PaymentProgress>& payments) {
    auto sum = no_amount;
    for (const auto& payment : payments) sum += in_hand(payment);
    return sum;
}

}  // namespace

bool is_an_orders(const OperationId& operation) { return operation.raw().starts_with(orders_own); }

PaymentProgress& Purse::at(const PaymentId& payment) {
    return *std::ranges::find(payments_, payment, &PaymentProgress::payment);
}
void Purse::authorized(const PaymentId& payment, Amount amount) { at(payment).authorized = amount; }
void Purse::captured(const PaymentId& payment, Amount amount) { at(payment).captured += amount; }

OperationId Purse::next_operation(std::string_view kind) {
    return known<OperationId>(
        std::string(orders_own).append(kind).append("-").append(std::to_string(++operations_)));
}

void Purse::fail_to_capture(std::int64_t amount) {
    if (amount <= 0) return;
    say<PaymentFailed>(events_, payments_.front().payment, none_was_asked, known<Amount>(amount),
                       Trouble::capture_failed, known<Label>("no payment has it left to capture"));
}

void Purse::capture_up_to(Amount goal) {
    auto missing = goal.raw() - collected().raw();
    for (auto& payment : payments_) {
        const auto taken = std::min(missing, uncollected(payment));
        if (taken <= 0) continue;
        missing -= taken;
        say<CaptureAsked>(events_, payment.payment, next_operation("capture"),
                          known<Amount>(taken));
        payment.capture_asked = in_hand(payment) + known<Amount>(taken);
    }
    fail_to_capture(missing);
}

void Purse::settle(Amount due) {
    auto missing = std::max<std::int64_t>(0, due.raw() - collected().raw());
    for (auto& payment : payments_) {
        const auto left = uncollected(payment);
        if (left == 0 || payment.void_asked) continue;
        const auto taken = std::min(missing, left);
        missing -= taken;
        const auto in_all = in_hand(payment) + known<Amount>(taken);
        if (in_all == no_amount)
            say<VoidAsked>(events_, payment.payment, next_operation("void"));
        else
            say<SettlementAsked>(events_, payment.payment, next_operation("settle"), in_all);
        payment.capture_asked = in_all;
        payment.void_asked = true;
    }
    fail_to_capture(missing);
}

void Purse::refund(Amount amount) {
    auto missing = amount.raw();
    for (auto& payment : payments_) {
        const auto given = std::min(missing, left_to_refund(payment));
        if (given <= 0) continue;
        missing -= given;
        say<RefundAsked>(events_, payment.payment, next_operation("refund"), known<Amount>(given));
        payment.refund_asked += known<Amount>(given);
    }
}

void Purse::give_everything_back() {
    settle(no_amount);
    refund(collected());
}

Amount Purse::collected() const { return in_hand(payments_); }

Amount collected(const State& order) { return in_hand(order.payments); }

Amount owed_back(const State& order) {
    auto owed = (order.refunds_for_cancellations + order.refunds_for_returns).raw();
    for (const auto& payment : order.payments) owed -= payment.refund_asked.raw();
    return known<Amount>(std::max<std::int64_t>(0, owed));
}

Amount charges_of(const State& order) {
    auto sum = no_amount;
    for (const auto& charge : order.charges) sum += *total_of(charge);
    return sum;
}

const PaymentProgress* payment_at(const State& order, const PaymentId& payment) {
    const auto at = std::ranges::find(order.payments, payment, &PaymentProgress::payment);
    return at == order.payments.end() ? nullptr : &*at;
}
PaymentProgress* payment_at(State& order, const PaymentId& payment) {
    const auto at = std::ranges::find(order.payments, payment, &PaymentProgress::payment);
    return at == order.payments.end() ? nullptr : &*at;
}

}  // namespace holdfast::order
