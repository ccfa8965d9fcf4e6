// Carts: each cart as it stands; when it ended, as it last stood.
//
// Order  folded from cart alone.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

struct CartRow {
    static constexpr std::string_view family = "cart";
    CartId cart;
    cart::Stage state = cart::Stage::open;
    Version version = 0;
    Currency currency;
    std::optional<CustomerId> customer = {};
    CountryName country = {};
    std::vector<Line> lines = {};
    std::vector<Charge> charges = {};
    std::int64_t total = 0;
    std::optional<OrderId> order = {};  // frozen for, converted as, or open again after
    std::string reopened_because = {};  // why that order came to nothing
    std::string channel = {};
    Time opened_at_ms = known<Time>(0), changed_at_ms = known<Time>(0);
    std::optional<Sealed> personal = {};
    std::optional<Time> frozen_until_ms = {};  // then the order is asked what became of it
    friend bool operator==(const CartRow&, const CartRow&) = default;
};

View carts_view();

}  // namespace holdfast::projections
