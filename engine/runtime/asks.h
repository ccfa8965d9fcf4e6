// Asks: what a decision of a payment tells the engine to ask a gateway.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/domain/payment/payment.h"

namespace holdfast {

inline bool asks_a_gateway(const payment::Event& event, const OperationId& operation) {
    return std::visit(
        [&]<class E>(const E& one) {
            if constexpr (std::same_as<E, payment::AuthorizationAsked> ||
                          std::same_as<E, payment::CaptureAsked> ||
                          std::same_as<E, payment::VoidAsked> ||
                          std::same_as<E, payment::RefundAsked> ||
                          std::same_as<E, payment::AskedAgain>)
                return one.operation == operation;
            else
                return false;
        },
        event);
}

// Of all that is pending, what these events asked for.
inline std::vector<payment::Ask> asked(const payment::State& payment,
                                       const std::vector<payment::Event>& events) {
    auto asks = payment::pending(payment);
    std::erase_if(asks, [&](const payment::Ask& ask) {
        return std::ranges::none_of(
            events, [&](const auto& event) { return asks_a_gateway(event, ask.operation); });
    });
    return asks;
}

}  // namespace holdfast
