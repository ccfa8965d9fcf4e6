#include "engine/wire/json_context.h"
#include "payment_tables.h"

namespace holdfast::wire {

template struct JsonOf<Payment>;

}  // namespace holdfast::wire
