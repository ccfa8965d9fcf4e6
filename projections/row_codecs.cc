// The bytes of every kind of row, compiled once.
#include <cstring>

#include "engine/wire/batch.h"
#include "projections/tables.h"

namespace holdfast::projections {

template <class T> std::string encoded(const T& row) {
    thread_local wire::Builder builder(4096);
    builder.Clear();
    builder.Finish(wire::write_table<typename TableOf<T>::type>(builder, row));
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

template <class T> std::optional<T> decoded(std::string_view bytes) {
    thread_local std::vector<std::uint64_t> aligned;
    aligned.resize(bytes.size() / 8 + 1);
    std::memcpy(aligned.data(), bytes.data(), bytes.size());
    const auto* table = wire::verified<typename TableOf<T>::type>(
        std::as_bytes(std::span(aligned)).first(bytes.size()));
    if (!table) return {};
    auto row = wire::read_table<T>(*table);
    if (!row) return {};
    return *std::move(row);
}

// clang-format off
template std::string encoded(const AvailabilityRow&);   template std::optional<AvailabilityRow> decoded(std::string_view);
template std::string encoded(const ReservationRow&);    template std::optional<ReservationRow> decoded(std::string_view);
template std::string encoded(const LocationRow&);       template std::optional<LocationRow> decoded(std::string_view);
template std::string encoded(const StockTotalsRow&);    template std::optional<StockTotalsRow> decoded(std::string_view);
template std::string encoded(const StockEntryRow&);     template std::optional<StockEntryRow> decoded(std::string_view);
template std::string encoded(const MovementTotalsRow&); template std::optional<MovementTotalsRow> decoded(std::string_view);
template std::string encoded(const CartRow&);           template std::optional<CartRow> decoded(std::string_view);
template std::string encoded(const OrderRow&);          template std::optional<OrderRow> decoded(std::string_view);
template std::string encoded(const PaymentRow&);        template std::optional<PaymentRow> decoded(std::string_view);
template std::string encoded(const FulfillmentRow&);    template std::optional<FulfillmentRow> decoded(std::string_view);
template std::string encoded(const SaleRow&);           template std::optional<SaleRow> decoded(std::string_view);
template std::string encoded(const SalesRow&);          template std::optional<SalesRow> decoded(std::string_view);
template std::string encoded(const ParkedRow&);         template std::optional<ParkedRow> decoded(std::string_view);
template std::string encoded(const StreamRow&);         template std::optional<StreamRow> decoded(std::string_view);
template std::string encoded(const RelayMarksRow&);     template std::optional<RelayMarksRow> decoded(std::string_view);
// clang-format on

}  // namespace holdfast::projections
