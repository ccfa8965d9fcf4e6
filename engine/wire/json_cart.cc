#include "cart_tables.h"
#include "engine/wire/json_context.h"

namespace holdfast::wire {

template struct JsonOf<Cart>;

}  // namespace holdfast::wire
