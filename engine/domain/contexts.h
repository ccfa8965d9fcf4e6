// The five contexts as the runtime sees them; the one list of them, and their numbers for ever.
#pragma once

#include <concepts>

#include "engine/domain/cart/cart.h"
#include "engine/domain/fulfillment/fulfillment.h"
#include "engine/domain/order/order.h"
#include "engine/domain/payment/payment.h"
#include "engine/domain/stock/stock.h"

namespace holdfast {

// clang-format off
struct Stock       { static constexpr std::uint8_t number = 1; static constexpr std::string_view name = "stock";
                     using Key = Sku;           using State = stock::State;       using Command = stock::Command;       using Event = stock::Event;       using Rejection = stock::Rejection; };
struct Cart        { static constexpr std::uint8_t number = 2; static constexpr std::string_view name = "cart";
                     using Key = CartId;        using State = cart::State;        using Command = cart::Command;        using Event = cart::Event;        using Rejection = cart::Rejection; };
struct Order       { static constexpr std::uint8_t number = 3; static constexpr std::string_view name = "order";
                     using Key = OrderId;       using State = order::State;       using Command = order::Command;       using Event = order::Event;       using Rejection = order::Rejection; };
struct Payment     { static constexpr std::uint8_t number = 4; static constexpr std::string_view name = "payment";
                     using Key = PaymentId;     using State = payment::State;     using Command = payment::Command;     using Event = payment::Event;     using Rejection = payment::Rejection; };
struct Fulfillment { static constexpr std::uint8_t number = 5; static constexpr std::string_view name = "fulfillment";
                     using Key = FulfillmentId; using State = fulfillment::State; using Command = fulfillment::Command; using Event = fulfillment::Event; using Rejection = fulfillment::Rejection; };
// clang-format on

using Contexts = std::tuple<Stock, Cart, Order, Payment, Fulfillment>;
constexpr std::uint8_t contexts_count = std::tuple_size_v<Contexts>;

template <class C>
concept Context = requires(typename C::State state, const typename C::Command& command,
                           const typename C::Event& event, const Terms& terms) {
    {
        decide(state, command, terms)
    } -> std::same_as<Decided<typename C::Event, typename C::Rejection>>;
    { evolve(state, event) } -> std::same_as<void>;
};

// Calls visit(C{}) for the context with that number; false when there is none.
template <class Visit> constexpr bool with_context(std::uint8_t number, Visit visit) {
    return [&]<class... C>(std::type_identity<std::tuple<C...>>) {
        return ((C::number == number && (visit(C{}), true)) || ...);
    }(std::type_identity<Contexts>{});
}

constexpr std::string_view context_name(std::uint8_t number) {
    std::string_view name = "unknown";
    with_context(number, [&]<class C>(C) { name = C::name; });
    return name;
}

}  // namespace holdfast
