#include "engine/domain/follow_ups/said.h"

namespace holdfast {

namespace {

struct Saying {
    CartId id;
    const cart::State& held;
    std::vector<FollowUp>& said;

    // The order is begun from what the cart holds.
    void operator()(const cart::Frozen& frozen) const {
        say(said, frozen.order,
            order::Begin{frozen.order, id, *held.currency, held.customer, held.country, held.lines,
                         held.charges, frozen.payments, frozen.total, held.personal});
    }
    void operator()(const cart::OrderAsked& asked) const {
        say(said, asked.order, order::NoteCartWaits{id});
    }
    template <class Event> void operator()(const Event&) const {}  // nobody waits for it
};

}  // namespace

std::vector<FollowUp> follow_ups(const Outcome<Cart>& cart) {
    std::vector<FollowUp> said;
    if (!cart.decided) return said;
    const Saying saying{known<CartId>(cart.key), cart.state, said};
    for (const auto& event : *cart.decided) std::visit(saying, event);
    return said;
}

}  // namespace holdfast
