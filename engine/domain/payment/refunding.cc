#include "engine/domain/payment/handles.h"

namespace holdfast::payment {

template <> Decision handle(const State& payment, const Refund& refund, const Terms& terms) {
    const auto amount = weigh(payment, {Kind::refund, refund.operation, refund.amount});
    if (!amount) return std::unexpected(amount.error());
    if (!*amount) return nothing_to_do();
    const RefundAsked asked{refund.operation, **amount, answer_by(terms)};
    if (payment.gateway) return accept(asked);
    // What was taken outside is given back outside.
    return accept(
        asked, Refunded{asked.operation, *payment.order, asked.amount, payment.gateway_reference});
}

template <> void apply(State& payment, const RefundAsked& asked) {
    begin(payment, asked.operation,
          {Kind::refund, Standing::pending, asked.amount, 1, asked.answer_by_ms});
}
template <> void apply(State& payment, const Refunded& refunded) {
    end(payment, refunded.operation, Standing::succeeded);
    payment.refunded += refunded.amount;
}
template <> void apply(State& payment, const RefundFailed& failed) {
    end(payment, failed.operation, Standing::failed);
}

}  // namespace holdfast::payment
