#include "engine/domain/payment/handles.h"

namespace holdfast::payment {
namespace {

constexpr GatewayName default_gateway = known<GatewayName>("sandbox");
constexpr OperationId taken_outside = known<OperationId>("outside");

OperationId attempt_number(std::size_t n) {
    return known<OperationId>("authorization-" + std::to_string(n));
}

// Until one has succeeded a payment has no operations but its authorizations.
std::size_t attempts(const State& payment) { return payment.operations.size(); }

bool is_same(const State& payment, const Authorize& authorize) {
    return payment.order == authorize.order && payment.asked == authorize.amount.amount &&
           payment.currency == authorize.amount.currency;
}

// Money that was taken elsewhere is authorized and captured by being said.
Decision take_outside(const Authorize& authorize, const AuthorizationAsked& asked) {
    const auto reference = *Reference::from(authorize.token.raw());
    const auto amount = authorize.amount.amount;
    return accept(asked, Authorized{asked.operation, asked.order, amount, reference},
                  CaptureAsked{taken_outside, amount, asked.answer_by_ms},
                  Captured{taken_outside, asked.order, amount, reference});
}

}  // namespace

template <> Decision handle(const State& payment, const Authorize& authorize, const Terms& terms) {
    if (authorize.amount.amount == no_amount) return reject(Rejection::amount_is_zero);
    const auto gateway = authorize.outside
                             ? std::nullopt
                             : std::optional(authorize.gateway.value_or(default_gateway));
    if (payment.order) {
        if (!is_same(payment, authorize))
            return reject(Rejection::payment_exists_with_another_amount, payment.asked.raw());
        if (payment.gateway == gateway && payment.token == authorize.token) return nothing_to_do();
        if (payment.authorized != no_amount || authorization_is_pending(payment))
            return reject(Rejection::payment_exists_with_another_token);
        if (attempts(payment) == attempts_max)
            return reject(Rejection::too_many_operations, std::int64_t{attempts_max});
    }
    const AuthorizationAsked asked{attempt_number(attempts(payment) + 1),
                                   authorize.order,
                                   authorize.amount,
                                   gateway,
                                   authorize.token,
                                   answer_by(terms)};
    return authorize.outside ? take_outside(authorize, asked) : accept(asked);
}

template <> void apply(State& payment, const AuthorizationAsked& asked) {
    payment.order = asked.order;
    payment.currency = asked.amount.currency;
    payment.gateway = asked.gateway;
    payment.token = asked.token;
    payment.asked = asked.amount.amount;
    begin(payment, asked.operation,
          {Kind::authorization, Standing::pending, asked.amount.amount, 1, asked.answer_by_ms});
}
template <> void apply(State& payment, const Authorized& authorized) {
    end(payment, authorized.operation, Standing::succeeded);
    payment.authorized = authorized.amount;
    payment.gateway_reference = authorized.gateway_reference;
}
template <> void apply(State& payment, const Declined& declined) {
    end(payment, declined.operation, Standing::failed);
    payment.void_deferred.reset();
}

}  // namespace holdfast::payment
