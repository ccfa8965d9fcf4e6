// Tables: which table of schemas/views.fbs each row is, for the codec and for JSON.
#pragma once

#include "projections/availability.h"
#include "projections/carts.h"
#include "projections/fulfillments.h"
#include "projections/orders.h"
#include "projections/parked.h"
#include "projections/payments.h"
#include "projections/relay_marks.h"
#include "projections/sales.h"
#include "projections/stock_ledger.h"
#include "views_generated.h"

namespace holdfast::projections {

template <class Row> struct TableOf;
// clang-format off
template <> struct TableOf<AvailabilityRow>   { using type = fb::views::Availability; };
template <> struct TableOf<ReservationRow>    { using type = fb::views::Reservation; };
template <> struct TableOf<LocationRow>       { using type = fb::views::Location; };
template <> struct TableOf<StockTotalsRow>    { using type = fb::views::StockTotals; };
template <> struct TableOf<StockEntryRow>     { using type = fb::views::StockEntry; };
template <> struct TableOf<MovementTotalsRow> { using type = fb::views::MovementTotals; };
template <> struct TableOf<CartRow>           { using type = fb::views::Cart; };
template <> struct TableOf<OrderRow>          { using type = fb::views::Order; };
template <> struct TableOf<PaymentRow>        { using type = fb::views::Payment; };
template <> struct TableOf<FulfillmentRow>    { using type = fb::views::Fulfillment; };
template <> struct TableOf<SaleRow>           { using type = fb::views::Sale; };
template <> struct TableOf<SalesRow>          { using type = fb::views::SalesFigures; };
template <> struct TableOf<ParkedRow>         { using type = fb::views::Parked; };
template <> struct TableOf<StreamRow>         { using type = fb::views::Stream; };
template <> struct TableOf<RelayMarksRow>     { using type = fb::views::RelayMarks; };
// clang-format on

}  // namespace holdfast::projections
