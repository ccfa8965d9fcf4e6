// Customers: forgetting a person.
#pragma once

#include "engine/http/router.h"
#include "engine/ports/key_store.h"

namespace holdfast::http {

std::vector<Row> customers(KeyStore& keys);

}  // namespace holdfast::http
