#include "engine/wire/json_context.h"
#include "stock_tables.h"

namespace holdfast::wire {

template struct JsonOf<Stock>;

}  // namespace holdfast::wire
