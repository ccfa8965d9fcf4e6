// OpenAPI: the document that says what can be asked, made from the rows that the router serves.
//
// Invariant  a row is in it because it is a row: nothing is listed twice by hand.
// Source     OpenAPI 3.1, JSON Schema 2020-12.
#pragma once

#include "engine/http/router.h"

namespace holdfast::http {

std::string openapi(const std::vector<Row>& rows);

// GET /openapi.json, which is in its own document beside the others.
Row openapi_row(const std::vector<Row>& others);
// GET /asyncapi.json: what the public topics hold.
Row asyncapi_row(std::string document);

}  // namespace holdfast::http
