// Documents: rows of the read models as the JSON that clients read.
#pragma once

#include <string>

#include "engine/wire/json_command.h"
#include "engine/wire/json_write.h"
#include "projections/views.h"

namespace holdfast::http {

// `opener` opens personal data; null: it is shown as sealed.
template <class Row> std::string document(const Row& row, const wire::Opener* opener = nullptr);

// {"items": [...], "next": "..."}; `next` is left out when there is no more.
template <class Row>
std::string documents(const projections::Page<Row>& page, const wire::Opener* opener = nullptr) {
    std::string text = R"({"items":[)";
    for (const Row& row : page.rows) {
        if (!text.ends_with('[')) text += ',';
        text += document(row, opener);
    }
    text += ']';
    if (!page.next.empty()) text.append(R"(,"next":")").append(page.next).append("\"");
    return text + "}";
}

// The components of the OpenAPI document that rows are: "projections.OrderRow" and what they hold.
void add_document_schemas(wire::JsonSchemas& to);

}  // namespace holdfast::http
