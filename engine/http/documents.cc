#include "engine/http/documents.h"

#include "engine/wire/json_schema.h"
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

namespace {

template <class... Row> void add_schemas_of(wire::JsonSchemas& to) {
    (wire::add_schema(to, wire::component<Row>(),
                      wire::field_schemas<typename projections::TableOf<Row>::type, Row>()),
     ...);
}

}  // namespace

void add_document_schemas(wire::JsonSchemas& to) {
    using namespace projections;
    add_schemas_of<AvailabilityRow, ReservationRow, LocationRow, StockTotalsRow, StockEntryRow,
                   MovementTotalsRow, CartRow, OrderRow, PaymentRow, FulfillmentRow, SalesRow>(to);
}

}  // namespace holdfast::http
