#include "projections/published.h"

#include "projections/published_tables.h"

namespace holdfast::published {

std::string_view type_of(const Message& message) {
    return std::visit([](const auto& one) { return std::string_view(one.type); }, message);
}

std::string json_of(const Message& message) {
    std::string text = "{";
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (void)((message.index() == I &&
                (wire::write_object<wire::TableAt<Message, I>>({text}, *std::get_if<I>(&message)),
                 true)) ||
               ...);
    }(wire::slots<Message>());
    return text + "}";
}

}  // namespace holdfast::published
