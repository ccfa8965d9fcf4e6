// Published tables: which table of schemas/public.fbs each message is, for JSON and its schema.
#pragma once

#include "engine/wire/json_write.h"
#include "projections/published.h"

namespace holdfast::wire {

template <> struct TablesOf<published::Message> {
    using type = published::Tables;
};

}  // namespace holdfast::wire
