#include "engine/wire/json_context.h"
#include "fulfillment_tables.h"

namespace holdfast::wire {

template struct JsonOf<Fulfillment>;

}  // namespace holdfast::wire
