#include "engine/http/documents.h"

#include "projections/tables.h"

namespace holdfast::http {

template <class Row> std::string document(const Row& row, const wire::Opener* opener) {
    std::string text = "{";
    wire::write_object<typename projections::TableOf<Row>::type>({text, opener}, row);
    return text + "}";
}

// clang-format off
template std::string document(const projections::AvailabilityRow&, const wire::Opener*);
template std::string document(const projections::ReservationRow&, const wire::Opener*);
template std::string document(const projections::LocationRow&, const wire::Opener*);
template std::string document(const projections::StockTotalsRow&, const wire::Opener*);
template std::string document(const projections::StockEntryRow&, const wire::Opener*);
template std::string document(const projections::MovementTotalsRow&, const wire::Opener*);
template std::string document(const projections::CartRow&, const wire::Opener*);
template std::string document(const projections::OrderRow&, const wire::Opener*);
template std::string document(const projections::PaymentRow&, const wire::Opener*);
template std::string document(const projections::FulfillmentRow&, const wire::Opener*);
template std::string document(const projections::SalesRow&, const wire::Opener*);
// clang-format on

}  // namespace holdfast::http
