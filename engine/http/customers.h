// Customers: sealing what is a person's, and forgetting them.
#pragma once

#include "engine/http/key_work.h"
#include "engine/http/router.h"

namespace holdfast::http {

std::vector<Row> customers(KeyStore& keys, KeyWork& key_work);

}  // namespace holdfast::http
