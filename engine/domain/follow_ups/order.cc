#include "engine/domain/follow_ups/said.h"

namespace holdfast {
namespace {

using namespace order;

// Some units of a SKU at a location: what stock is told of a shipment, a cancellation or a return.
struct Move {
    std::uint32_t rank;
    const Sku* sku;
    LocationId location;
    Condition condition;
    std::int64_t quantity;

    auto target() const { return std::tie(rank, location, condition); }
};

// By partition, then SKU, as the order asked for its stock, so that each partition hears it at
// once; units of several lines are one move.
class Moves {
public:
    explicit Moves(const State& order) : order_(order) {
        for (const auto& allocation : order.allocations) {
            const auto rank = static_cast<std::uint32_t>(ranks_.size());
            ranks_.push_back({&allocation.sku, rank});
        }
        std::ranges::stable_sort(ranks_, [](auto& a, auto& b) { return *a.first < *b.first; });
    }
    void add(const LineId& line, const LocationId& location, Quantity quantity,
             Condition condition = Condition::sellable) {
        const auto& sku = line_of(order_, line).sku;
        const auto at = std::ranges::lower_bound(
            ranks_, sku, {}, [](auto& rank) -> const Sku& { return *rank.first; });
        moves_.push_back({at->second, &sku, location, condition, quantity.raw()});
    }
    std::vector<Move> merged() {
        std::ranges::stable_sort(moves_, {}, &Move::target);
        std::vector<Move> merged;
        for (const auto& move : moves_)
            if (!merged.empty() && merged.back().target() == move.target())
                merged.back().quantity += move.quantity;
            else
                merged.push_back(move);
        return merged;
    }

private:
    const State& order_;
    std::vector<std::pair<const Sku*, std::uint32_t>> ranks_;
    std::vector<Move> moves_;
};

void unfreeze(const State& order, cart::Thaw why, std::vector<FollowUp>& said) {
    if (order.cart) say(said, *order.cart, cart::Unfreeze{*order.order, why});
}

void commit_stock(const State& order, std::vector<FollowUp>& said) {
    const Sku* last = nullptr;
    for (const auto& allocation : order.allocations) {
        if (last && *last == allocation.sku) continue;
        last = &allocation.sku;
        say(said, *last, stock::Commit{reservation_of(order, *last), *order.order});
    }
}

// Parts stand by location, and fulfillments are numbered in that order.
void request_fulfillments(const State& order, std::vector<FollowUp>& said) {
    std::size_t n = 0;
    for (auto part = order.parts.begin(); part != order.parts.end();) {
        fulfillment::Request request{*order.order, part->location, {}, order.personal};
        for (; part != order.parts.end() && part->location == request.location; ++part)
            request.items.push_back({part->line, line_of(order, part->line).sku,
                                     known<Quantity>(part->quantity.raw())});
        say(said, fulfillment_of(*order.order, ++n), std::move(request));
    }
}

struct Saying {
    const State& order;
    std::vector<FollowUp>& said;

    const OrderId& id() const { return *order.order; }
    Money money(Amount amount) const { return {amount, *order.currency}; }

    void operator()(const StockAsked& asked) const {
        for (const auto& [sku, quantity, reservation] : asked.demands) {
            if (reservation)
                say(said, sku, stock::Claim{*reservation, id(), quantity});
            else
                say(said, sku,
                    stock::Reserve{
                        reservation_of(order, sku), quantity, {}, {}, order.customer, id()});
        }
    }
    void operator()(const StockLetGo& let_go) const {
        for (const auto& sku : let_go.skus) {
            const auto reservation = reservation_of(order, sku);
            if (order.named.contains(sku))
                say(said, sku, stock::Unclaim{reservation, id()});
            else
                say(said, sku, stock::Release{reservation, {}, id(), {}});
        }
    }
    void operator()(const Placed&) const {
        for (const auto& payment : order.payments) {
            const auto& [amount, token, gateway, outside] = payment.tender;
            say(said, payment.payment,
                payment::Authorize{id(), money(amount), gateway, token, outside});
        }
    }
    void operator()(const Confirmed&) const {
        commit_stock(order, said);
        if (order.cart) say(said, *order.cart, cart::Convert{id()});
        request_fulfillments(order, said);
    }
    void operator()(const Refused&) const {
        unfreeze(order, cart::Thaw::stock_was_insufficient, said);
    }
    void operator()(const order::Declined&) const {
        unfreeze(order, cart::Thaw::payment_was_declined, said);
    }
    void operator()(const GivenUp&) const { unfreeze(order, cart::Thaw::order_was_given_up, said); }
    void operator()(const Cancelled& cancelled) const {
        if (!cancelled.was_confirmed) unfreeze(order, cart::Thaw::order_was_cancelled, said);
    }
    void operator()(const CancellationAsked& asked) const {
        for (auto part = asked.parts.begin(); part != asked.parts.end();) {
            const auto& fulfillment = part->fulfillment;
            fulfillment::CancelLines cancel{asked.cancellation, {}};
            for (; part != asked.parts.end() && part->fulfillment == fulfillment; ++part)
                cancel.lines.push_back({part->line, part->quantity});
            say(said, fulfillment, std::move(cancel));
        }
    }
    void operator()(const LinesCancelled& cancelled) const {
        if (!cancelled.fulfillment) return;
        Moves moves(order);
        for (const auto& share : cancelled.lines)
            moves.add(share.line, *order.fulfillments.find(*cancelled.fulfillment), share.quantity);
        for (const auto& move : moves.merged())
            say(said, *move.sku,
                stock::Release{reservation_of(order, *move.sku), known<Quantity>(move.quantity),
                               id(), move.location});
    }
    void operator()(const order::Shipped& shipped) const {
        Moves moves(order);
        for (const auto& share : shipped.lines)
            moves.add(share.line, *order.fulfillments.find(shipped.fulfillment), share.quantity);
        for (const auto& move : moves.merged())
            say(said, *move.sku,
                stock::Ship{reservation_of(order, *move.sku), id(), shipped.shipment, move.location,
                            known<Quantity>(move.quantity)});
    }
    void operator()(const Returned& returned) const {
        Moves moves(order);
        for (const auto& back : returned.restocked)
            moves.add(back.line, back.location, back.quantity, back.condition);
        for (const auto& move : moves.merged())
            say(said, *move.sku,
                stock::Restock{returned.returned, id(), move.location,
                               known<Quantity>(move.quantity),
                               move.condition == Condition::damaged ? stock::Bin::damaged
                                                                    : stock::Bin::sellable});
    }
    void operator()(const order::CaptureAsked& asked) const {
        say(said, asked.payment, payment::Capture{asked.operation, money(asked.amount)});
    }
    void operator()(const SettlementAsked& asked) const {
        say(said, asked.payment, payment::Settle{asked.operation, money(asked.capture)});
    }
    void operator()(const order::VoidAsked& asked) const {
        say(said, asked.payment, payment::Void{asked.operation, {}});
    }
    void operator()(const order::RefundAsked& asked) const {
        say(said, asked.payment, payment::Refund{asked.operation, money(asked.amount)});
    }
    template <class Event> void operator()(const Event&) const {}  // nobody waits for it
};

// A sale that was cancelled has nothing open; an order that was called off has everything.
bool became_a_sale(const State& order) {
    const bool all_cancelled = order.open == no_units && order.open_untracked == no_units;
    return order.stage == Stage::confirmed || order.stage == Stage::completed ||
           (order.stage == Stage::cancelled && all_cancelled);
}

// Why an order came to no sale; nothing while it may still become one.
std::optional<cart::Thaw> why_unsold(Stage stage) {
    switch (stage) {
        case Stage::none: return cart::Thaw::order_never_began;
        case Stage::refused: return cart::Thaw::stock_was_insufficient;
        case Stage::declined: return cart::Thaw::payment_was_declined;
        case Stage::given_up: return cart::Thaw::order_was_given_up;
        case Stage::cancelled: return cart::Thaw::order_was_cancelled;
        default: return {};
    }
}

// What a waiting cart is told: an order that is still being made tells it when it ends.
std::vector<FollowUp> answer(const Outcome<Order>& order, const CartId& cart) {
    std::vector<FollowUp> said;
    const auto id = known<OrderId>(order.key);
    const bool is_its_own = order.decided || order.state.stage == Stage::none;
    if (!is_its_own)
        say(said, cart, cart::Unfreeze{id, cart::Thaw::order_was_refused});
    else if (became_a_sale(order.state))
        say(said, cart, cart::Convert{id});
    else if (const auto why = why_unsold(order.state.stage))
        say(said, cart, cart::Unfreeze{id, *why});
    return said;
}

}  // namespace

std::vector<FollowUp> follow_ups(const Outcome<Order>& order) {
    if (const auto* waiting = std::get_if<NoteCartWaits>(&order.command))
        return answer(order, waiting->cart);
    std::vector<FollowUp> said;
    if (order.decided) {
        for (const auto& event : *order.decided) std::visit(Saying{order.state, said}, event);
    } else if (const auto* begin = std::get_if<Begin>(&order.command); begin && begin->cart) {
        say(said, *begin->cart, cart::Unfreeze{begin->order, cart::Thaw::order_was_refused});
    }
    return said;
}

}  // namespace holdfast
