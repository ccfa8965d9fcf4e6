// Publishing: what outsiders are told of a context's events.
//
// Invariant  the same log gives the same messages, in the same order, on any machine. Every event
//            of stock, orders, payments and fulfillments is either told or named as internal: a new
//            one does not compile until that is decided. Carts are their customers' alone.
// Order      stock is told by batch of the log: what a SKU is at its end, once, however often it
//            changed in it; the SKUs in the order in which they first changed.
#pragma once

#include "projections/availability.h"
#include "projections/published.h"
#include "projections/relay_marks.h"
#include "projections/view.h"

namespace holdfast::published {

template <class C> struct Stream {
    typename C::Key key;
    projections::StreamRow& row;
    const wire::Envelope& envelope;
};

// Nothing: nobody outside is told of it. What later events need is noted in the stream's row.
std::optional<Message> tell(const order::Event& event, const Stream<Order>& of);
std::optional<Message> tell(const payment::Event& event, const Stream<Payment>& of);
std::optional<Message> tell(const fulfillment::Event& event, const Stream<Fulfillment>& of);

// A location, when it is its own stream that says so; and what there is of a SKU, as the row of its
// levels has it.
std::optional<Message> tell(const stock::Event& event, bool is_repeated_to_a_partition);
bool changes_levels(const stock::Event& event);
Message level_of(const projections::AvailabilityRow& row);

}  // namespace holdfast::published
