#include "engine/wire/json_context.h"
#include "order_tables.h"

namespace holdfast::wire {

template struct JsonOf<Order>;

std::string to_json(const order::Event& event) {
    std::string text;
    write_message({text}, event);
    return text;
}

}  // namespace holdfast::wire
