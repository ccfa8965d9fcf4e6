#include "engine/wire/json_context.h"
#include "order_tables.h"

namespace holdfast::wire {

template struct JsonOf<Order>;

}  // namespace holdfast::wire
