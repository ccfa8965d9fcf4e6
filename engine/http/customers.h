// Customers: forgetting a person.
#pragma once

#include "engine/http/key_work.h"
#include "engine/http/router.h"

namespace holdfast::http {

std::vector<Row> customers(KeyWork& key_work);

}  // namespace holdfast::http
