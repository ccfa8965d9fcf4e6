#include "projections/availability.h"

#include <algorithm>

#include "projections/levels.h"
#include "projections/stock_ledger.h"

namespace holdfast::projections {
namespace {

// What an event does to one shelf.
struct Delta {
    std::int64_t on_hand = 0, damaged = 0, quarantined = 0, reserved = 0, committed = 0,
                 short_of = 0;
};
// What an entry of the ledger says beside the shelf.
struct Cause {
    StockChange kind;
    std::int64_t quantity;
    std::optional<std::string> movement = {};
    std::optional<ReservationId> reservation = {};
    std::optional<OrderId> order = {};
    std::string from = {}, into = {};
};

void add(auto& row, const Delta& delta) {
    row.on_hand += delta.on_hand;
    row.damaged += delta.damaged;
    row.quarantined += delta.quarantined;
    row.reserved += delta.reserved;
    row.committed += delta.committed;
    row.short_of += delta.short_of;
}
std::int64_t available(const ShelfRow& shelf) {
    if (shelf.short_of > 0) return 0;
    const auto sellable = shelf.on_hand - shelf.damaged - shelf.quarantined;
    return std::max<std::int64_t>(0, sellable - shelf.reserved - shelf.committed);
}

std::int64_t* bin_of(Delta& delta, stock::Bin bin) {
    switch (bin) {
        case stock::Bin::damaged: return &delta.damaged;
        case stock::Bin::quarantined: return &delta.quarantined;
        case stock::Bin::sellable: break;
    }
    return nullptr;
}
Delta in_bin(stock::Bin bin, std::int64_t change) {
    Delta delta;
    if (auto* counter = bin_of(delta, bin)) *counter = change;
    return delta;
}
std::string name_of(stock::Bin bin) { return std::string(wire::name_of(bin)); }

template <class Id> std::optional<std::string> text_of(const Id& id) {
    return std::string(id.raw());
}
std::string key_of(std::string_view sku, const ReservationId& reservation) {
    return joined({sku, reservation.raw()});
}
ReservationSplitRow& split_at(ReservationRow& reservation, const LocationId& location) {
    auto& splits = reservation.splits;
    const auto at = std::ranges::find(splits, location, &ReservationSplitRow::location);
    return at != splits.end() ? *at : splits.emplace_back(ReservationSplitRow{location});
}
bool is_over(ReservationState state) { return state >= ReservationState::released; }

// One stream's share of a decision.
class Folding {
public:
    Folding(const Told<Stock>& told, Rows& rows, const Happened<Stock>& stream, bool keeps_ledger)
        : told_(told), rows_(rows), stream_(stream), keeps_ledger_(keeps_ledger) {}

    Folded all() {
        for (const auto& event : stream_.events) {
            const auto folded = std::visit([&](const auto& one) { return apply(one); }, event);
            if (!folded) return folded;
            if (std::holds_alternative<stock::LocationSet>(event)) continue;  // no SKU's
            sku().version = stream_.version;
            sku().changed_at_ms = told_.at();
        }
        return {};
    }

private:
    // ---- locations and policy ----

    Folded apply(const stock::LocationSet& set) {
        if (told_.decision.header.origin.source == fb::Source::follow_up) return {};
        rows_.put(set.location.raw(),
                  LocationRow{set.location, std::string(set.name.raw()), set.priority.raw(),
                              set.accepts_orders, stream_.version, told_.at()});
        return {};
    }
    Folded apply(const stock::PolicySet& set) {
        const auto raw = [](const std::optional<Quantity>& of) {
            return of ? std::optional(of->raw()) : std::nullopt;
        };
        sku().policy = {set.backorder_max.raw(), set.preorder_max.raw(), set.preorder_until_ms,
                        set.safety.raw(),        set.low_stock.raw(),    set.reorder.raw(),
                        raw(set.cart_max),       raw(set.customer_max)};
        return {};
    }

    // ---- movements ----

    Folded apply(const stock::Received& received) {
        const auto units = received.quantity.raw();
        return move(received.location, {.on_hand = units},
                    {StockChange::received, units, text_of(received.movement)});
    }
    Folded apply(const stock::Adjusted& adjusted) {
        const auto change = adjusted.change.raw();
        return move(adjusted.location, {.on_hand = change},
                    {StockChange::adjusted, std::abs(change), text_of(adjusted.movement)});
    }
    Folded apply(const stock::Counted& counted) {
        return move(counted.location, {.on_hand = counted.counted.raw() - counted.before.raw()},
                    {StockChange::counted, counted.counted.raw(), text_of(counted.movement)});
    }
    Folded apply(const stock::Reclassified& moved) {
        auto delta = in_bin(moved.from, -moved.quantity.raw());
        if (auto* into = bin_of(delta, moved.to)) *into += moved.quantity.raw();
        Cause cause{StockChange::reclassified, moved.quantity.raw(), text_of(moved.movement)};
        cause.from = name_of(moved.from);
        cause.into = name_of(moved.to);
        return move(moved.location, delta, std::move(cause));
    }
    Folded apply(const stock::WrittenOff& gone) {
        auto delta = in_bin(gone.from, -gone.quantity.raw());
        delta.on_hand = -gone.quantity.raw();
        Cause cause{StockChange::written_off, gone.quantity.raw(), text_of(gone.movement)};
        cause.from = name_of(gone.from);
        return move(gone.location, delta, std::move(cause));
    }
    Folded apply(const stock::Restocked& back) {
        auto delta = in_bin(back.into, back.quantity.raw());
        delta.on_hand = back.quantity.raw();
        Cause cause{StockChange::restocked, back.quantity.raw(), text_of(back.returned)};
        cause.order = back.order;
        cause.into = name_of(back.into);
        return move(back.location, delta, std::move(cause));
    }
    Folded apply(const stock::Shipped& shipped) {
        auto* reservation = find(shipped.reservation);
        if (!reservation) return unknown(shipped.reservation);
        auto& split = split_at(*reservation, shipped.location);
        const auto left = split.quantity - shipped.quantity.raw();
        auto delta =
            hold(*reservation, split, {shipped.location, left, std::min(left, split.short_of)});
        delta.on_hand = shipped.found.raw() - shipped.quantity.raw();
        end_if_empty(*reservation, ReservationState::shipped);
        Cause cause{StockChange::shipped, shipped.quantity.raw(), text_of(shipped.shipment)};
        cause.reservation = shipped.reservation;
        cause.order = shipped.order;
        return move(shipped.location, delta, std::move(cause));
    }

    // ---- promises ----

    Folded apply(const stock::Reserved& reserved) {
        auto& reservation = begun(reserved);
        for (const auto& [location, quantity] : reserved.splits) {
            auto& split = split_at(reservation, location);
            const auto delta = hold(reservation, split,
                                    {location, split.quantity + quantity.raw(), split.short_of});
            promise(location, delta, {StockChange::reserved, quantity.raw()}, reservation);
        }
        return {};
    }
    Folded apply(const stock::Released& released) {
        auto* reservation = find(released.reservation);
        if (!reservation) return unknown(released.reservation);
        for (const auto& [location, quantity] : released.splits) {
            auto& split = split_at(*reservation, location);
            const auto gone = quantity.raw();
            const auto delta = hold(
                *reservation, split,
                {location, split.quantity - gone, split.short_of - std::min(split.short_of, gone)});
            promise(location, delta, {StockChange::released, gone}, *reservation);
        }
        end_if_empty(*reservation, ReservationState::released);
        return {};
    }
    Folded apply(const stock::Expired& expired) {
        auto* reservation = find(expired.reservation);
        if (!reservation) return unknown(expired.reservation);
        for (auto& split : reservation->splits) {
            const auto gone = split.quantity;
            const auto delta = hold(*reservation, split, {split.location, 0, 0});
            promise(split.location, delta, {StockChange::expired, gone}, *reservation);
        }
        end_if_empty(*reservation, ReservationState::expired);
        return {};
    }
    Folded apply(const stock::Extended& extended) {
        return enter(extended, ReservationState::held, extended.expires_at_ms);
    }
    Folded apply(const stock::Claimed& claimed) {
        auto folded = enter(claimed, ReservationState::claimed, claimed.expires_at_ms);
        if (folded) find(claimed.reservation)->order = claimed.order;
        return folded;
    }
    Folded apply(const stock::Unclaimed& unclaimed) {
        auto folded = enter(unclaimed, ReservationState::held, unclaimed.expires_at_ms);
        if (folded) find(unclaimed.reservation)->order.reset();
        return folded;
    }
    Folded apply(const stock::ClaimLapsed& lapsed) {
        return enter(lapsed, ReservationState::claimed, lapsed.ask_again_at_ms);
    }
    Folded apply(const stock::Committed& committed) {
        auto folded = enter(committed, ReservationState::committed, {});
        if (!folded) return folded;
        auto& reservation = *find(committed.reservation);
        reservation.order = committed.order;
        for (const auto& split : reservation.splits)
            promise(split.location, {.reserved = -split.quantity, .committed = split.quantity},
                    {StockChange::committed, split.quantity}, reservation);
        return {};
    }
    Folded apply(const stock::Uncommitted& uncommitted) {
        auto folded = enter(uncommitted, ReservationState::claimed, uncommitted.expires_at_ms);
        if (!folded) return folded;
        auto& reservation = *find(uncommitted.reservation);
        for (const auto& split : reservation.splits)
            promise(split.location, {.reserved = split.quantity, .committed = -split.quantity},
                    {StockChange::uncommitted, split.quantity}, reservation);
        return {};
    }
    Folded apply(const stock::FellShort& fell) { return lack(fell.gaps, 1); }
    Folded apply(const stock::Healed& healed) { return lack(healed.gaps, -1); }

    Folded lack(const stock::Gaps& gaps, std::int64_t sign) {
        for (const auto& gap : gaps) {
            auto* reservation = find(gap.reservation);
            if (!reservation) return unknown(gap.reservation);
            const auto units = gap.quantity.raw();
            split_at(*reservation, gap.location).short_of += sign * units;
            promise(gap.location, {.short_of = sign * units},
                    {sign > 0 ? StockChange::fell_short : StockChange::healed, units},
                    *reservation);
        }
        return {};
    }

    // ---- the SKU ----

    AvailabilityRow& sku() {
        if (sku_) return *sku_;
        totals_ = &rows_.find_or_put("all", StockTotalsRow{});
        sku_ = rows_.find<AvailabilityRow>(stream_.key);
        if (!sku_) {
            sku_ = &rows_.put(stream_.key, AvailabilityRow{.sku = *Sku::from(stream_.key)});
            ++totals_->skus;
        }
        return *sku_;
    }
    ShelfRow& change(const LocationId& location, const Delta& delta) {
        auto& shelves = sku().locations;
        const auto at = std::ranges::find(shelves, location, &ShelfRow::location);
        auto& shelf = at != shelves.end() ? *at : shelves.emplace_back(ShelfRow{location});
        add(shelf, delta);
        add(*totals_, delta);
        shelf.available = available(shelf);
        return shelf;
    }
    Folded move(const LocationId& location, const Delta& delta, Cause cause) {
        if (keeps_ledger_) count_movement(told_, rows_, cause.kind, delta.on_hand);
        note(change(location, delta), delta.on_hand, std::move(cause));
        return {};
    }
    void promise(const LocationId& location, const Delta& delta, Cause cause,
                 const ReservationRow& reservation) {
        cause.reservation = reservation.reservation;
        cause.order = reservation.order;
        note(change(location, delta), 0, std::move(cause));
    }
    void note(const ShelfRow& shelf, std::int64_t on_hand_change, Cause cause) {
        if (!keeps_ledger_) return;
        const auto& envelope = told_.envelope();
        const auto place = entries_++;
        rows_.append(joined({stream_.key, sortable(told_.sequence) + sortable(place)}),
                     StockEntryRow{std::to_string(told_.sequence) + "-" + std::to_string(place),
                                   told_.sequence, told_.at(), cause.kind, shelf.location,
                                   cause.quantity, on_hand_change, shelf.on_hand, shelf.reserved,
                                   shelf.committed, std::move(cause.movement), cause.reservation,
                                   cause.order, std::move(cause.from), std::move(cause.into),
                                   envelope.reference, envelope.reason, envelope.actor});
    }

    // ---- a reservation ----

    ReservationRow* find(const ReservationId& id) {
        return rows_.find<ReservationRow>(key_of(stream_.key, id));
    }
    Folded unknown(const ReservationId& id) const {
        return unfoldable("an event names a reservation that is not known", id.raw());
    }
    // Its row: one that holds something already, or a new one.
    ReservationRow& begun(const stock::Reserved& reserved) {
        auto* found = find(reserved.reservation);
        if (found && !is_over(found->state)) return found->changed_at_ms = told_.at(), *found;
        const auto state = reserved.order ? ReservationState::claimed : ReservationState::held;
        return rows_.put(key_of(stream_.key, reserved.reservation),
                         ReservationRow{.reservation = reserved.reservation,
                                        .sku = sku().sku,
                                        .state = state,
                                        .backordered = reserved.backordered.raw(),
                                        .expires_at_ms = reserved.expires_at_ms,
                                        .customer = reserved.customer,
                                        .order = reserved.order,
                                        .reserved_at_ms = told_.at(),
                                        .changed_at_ms = told_.at()});
    }
    // What a split is from now on, and what that is to its shelf.
    Delta hold(ReservationRow& of, ReservationSplitRow& split, ReservationSplitRow now) const {
        const auto change = now.quantity - split.quantity;
        Delta delta{.short_of = now.short_of - split.short_of};
        (of.state == ReservationState::committed ? delta.committed : delta.reserved) = change;
        of.quantity += change;
        of.changed_at_ms = told_.at();
        split = now;
        return delta;
    }
    template <class Event>
    Folded enter(const Event& event, ReservationState state, std::optional<Time> expires_at) {
        auto* reservation = find(event.reservation);
        if (!reservation) return unknown(event.reservation);
        reservation->state = state;
        reservation->expires_at_ms = expires_at;
        reservation->changed_at_ms = told_.at();
        return {};
    }
    static void end_if_empty(ReservationRow& reservation, ReservationState as) {
        std::erase_if(reservation.splits, [](const auto& split) { return split.quantity == 0; });
        if (!reservation.splits.empty()) return;
        reservation.state = as;
        reservation.expires_at_ms.reset();
    }

    const Told<Stock>& told_;
    Rows& rows_;
    const Happened<Stock>& stream_;
    bool keeps_ledger_;
    AvailabilityRow* sku_ = nullptr;
    StockTotalsRow* totals_ = nullptr;
    std::uint64_t entries_ = 0;
};

// A SKU, or '@' and a location.
bool is_a_key(std::string_view key) {
    return key.starts_with('@') ? LocationId::from(key.substr(1)).has_value()
                                : Sku::from(key).has_value();
}

Folded fold_streams(const Told<Stock>& told, Rows& rows, bool keeps_ledger) {
    return each_stream(told, [&](const Happened<Stock>& stream) {
        if (!is_a_key(stream.key)) return unfoldable("a stream's key is not a SKU", stream.key);
        return Folding(told, rows, stream, keeps_ledger).all();
    });
}
Folded fold(const Told<Stock>& told, Rows& rows) {
    count_refused(told, rows);
    return fold_streams(told, rows, true);
}

}  // namespace

Folded fold_levels(const Told<Stock>& told, Rows& rows) { return fold_streams(told, rows, false); }

View stock_view() { return {"stock", 1, Fold<Stock>(fold)}; }

}  // namespace holdfast::projections
