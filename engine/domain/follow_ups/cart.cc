#include "engine/domain/follow_ups/said.h"

namespace holdfast {

// The order is begun from what the cart holds.
std::vector<FollowUp> follow_ups(const Outcome<Cart>& cart) {
    std::vector<FollowUp> said;
    if (!cart.decided) return said;
    for (const auto& event : *cart.decided) {
        const auto* frozen = std::get_if<cart::Frozen>(&event);
        if (!frozen) continue;
        const auto& held = cart.state;
        say(said, frozen->order,
            order::Begin{frozen->order, known<CartId>(cart.key), *held.currency, held.customer,
                         held.country, held.lines, held.charges, frozen->payments, frozen->total,
                         held.personal});
    }
    return said;
}

}  // namespace holdfast
