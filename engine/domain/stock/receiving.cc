#include "engine/domain/stock/handles.h"
#include "engine/domain/stock/shortfall.h"

namespace holdfast::stock {
namespace {

std::expected<Shelf, Refusal> shelf_for_new_movement(const State& sku, const LocationId& location,
                                                     const Terms& terms) {
    if (terms.seen_before) return reject(Rejection::movement_was_recorded_before);
    return shelf_for(sku, location, terms);
}
Units in_bin(Shelf shelf, Bin bin) {
    const auto* counter = bin_of(shelf, bin);
    return counter ? *counter : sellable(shelf);
}

// What each movement does to its shelf.
void change(Shelf& shelf, const Received& received) { shelf.on_hand += units(received.quantity); }
void change(Shelf& shelf, const Adjusted& adjusted) {
    shelf.on_hand = known<Units>(shelf.on_hand.raw() + adjusted.change.raw());
}
void change(Shelf& shelf, const Counted& counted) { shelf.on_hand = counted.counted; }
void change(Shelf& shelf, const Reclassified& reclassified) {
    const auto moved = units(reclassified.quantity);
    if (auto* from = bin_of(shelf, reclassified.from)) *from -= moved;
    if (auto* to = bin_of(shelf, reclassified.to)) *to += moved;
}
void change(Shelf& shelf, const WrittenOff& written_off) {
    const auto gone = units(written_off.quantity);
    if (auto* from = bin_of(shelf, written_off.from)) *from -= gone;
    shelf.on_hand -= gone;
}

template <class Movement> Decision record(const State& sku, Shelf shelf, const Movement& movement) {
    change(shelf, movement);
    return accept_movement(sku, shelf, movement);
}

}  // namespace

template <> Decision handle(const State& sku, const Receive& receive, const Terms& terms) {
    const auto shelf = shelf_for_new_movement(sku, receive.location, terms);
    if (!shelf) return std::unexpected(shelf.error());
    if (!has_room(*shelf, receive.quantity.raw()))
        return reject(Rejection::counter_is_full, units_max);
    return record(sku, *shelf, Received{receive.movement, receive.location, receive.quantity});
}

template <> Decision handle(const State& sku, const Adjust& adjust, const Terms& terms) {
    if (adjust.change.raw() == 0) return reject(Rejection::change_is_zero);
    const auto shelf = shelf_for_new_movement(sku, adjust.location, terms);
    if (!shelf) return std::unexpected(shelf.error());
    if (-adjust.change.raw() > available(*shelf).raw())
        return reject(Rejection::stock_is_insufficient, available(*shelf).raw());
    if (!has_room(*shelf, adjust.change.raw()))
        return reject(Rejection::counter_is_full, units_max);
    return record(sku, *shelf, Adjusted{adjust.movement, adjust.location, adjust.change});
}

template <> Decision handle(const State& sku, const Count& count, const Terms& terms) {
    const auto shelf = shelf_for_new_movement(sku, count.location, terms);
    if (!shelf) return std::unexpected(shelf.error());
    if (count.expected_on_hand && *count.expected_on_hand != shelf->on_hand)
        return reject(Rejection::on_hand_is_not_as_expected, shelf->on_hand.raw());
    const auto set_aside = shelf->damaged + shelf->quarantined;
    if (count.counted < set_aside)
        return reject(Rejection::stock_would_be_negative, set_aside.raw());
    return record(sku, *shelf,
                  Counted{count.movement, count.location, count.counted, shelf->on_hand});
}

template <> Decision handle(const State& sku, const Reclassify& reclassify, const Terms& terms) {
    if (reclassify.from == reclassify.to) return reject(Rejection::bins_are_the_same);
    const auto shelf = shelf_for_new_movement(sku, reclassify.location, terms);
    if (!shelf) return std::unexpected(shelf.error());
    const auto there = in_bin(*shelf, reclassify.from);
    if (units(reclassify.quantity) > there)
        return reject(Rejection::stock_would_be_negative, there.raw());
    return record(sku, *shelf,
                  Reclassified{reclassify.movement, reclassify.location, reclassify.quantity,
                               reclassify.from, reclassify.to});
}

template <> Decision handle(const State& sku, const WriteOff& write_off, const Terms& terms) {
    const auto shelf = shelf_for_new_movement(sku, write_off.location, terms);
    if (!shelf) return std::unexpected(shelf.error());
    const auto there = in_bin(*shelf, write_off.from);
    if (units(write_off.quantity) > there)
        return reject(Rejection::stock_would_be_negative, there.raw());
    return record(
        sku, *shelf,
        WrittenOff{write_off.movement, write_off.location, write_off.quantity, write_off.from});
}

template <> void apply(State& sku, const Received& received) {
    change(shelf_or_new(sku, received.location), received);
}
template <> void apply(State& sku, const Adjusted& adjusted) {
    change(shelf_or_new(sku, adjusted.location), adjusted);
}
template <> void apply(State& sku, const Counted& counted) {
    change(shelf_or_new(sku, counted.location), counted);
}
template <> void apply(State& sku, const Reclassified& reclassified) {
    change(shelf_or_new(sku, reclassified.location), reclassified);
}
template <> void apply(State& sku, const WrittenOff& written_off) {
    change(shelf_or_new(sku, written_off.location), written_off);
}

}  // namespace holdfast::stock
