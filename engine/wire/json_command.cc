#include "engine/wire/json_command.h"

#include <algorithm>

#include "engine/domain/contexts.h"
#include "engine/wire/json_context.h"

namespace holdfast::wire {

extern template struct JsonOf<Stock>;
extern template struct JsonOf<Cart>;
extern template struct JsonOf<Order>;
extern template struct JsonOf<Payment>;
extern template struct JsonOf<Fulfillment>;

std::expected<std::optional<Sealed>, JsonFailure> complete(JsonRequest& request,
                                                           const JsonBeside& beside,
                                                           std::optional<SubjectId> customer) {
    const auto refused = [&](const JsonFault& fault) {
        return std::unexpected(JsonFailure(problem_in(*request.body, fault)));
    };
    if (const auto filled = beside.fill(request.envelope); !filled) return refused(filled.error());
    const auto* node = beside.personal();
    if (!node) return std::nullopt;
    if (!request.sealer) return refused({Malformed::field_is_unknown, node});
    const auto personal = personal_from(*node);
    if (!personal) return refused(personal.error());
    auto sealing =
        (*request.sealer)(personal->subject ? personal->subject : customer, personal->text);
    if (!sealing)
        return std::visit([](auto& why) { return std::unexpected(JsonFailure(std::move(why))); },
                          sealing.error());
    request.envelope.personal_fingerprint = sealing->fingerprint;
    return std::move(sealing->sealed);
}

const JsonMessage* json_message(std::uint8_t context, std::string_view name) {
    std::span<const JsonMessage> messages;
    with_context(context, [&]<class C>(C) { messages = JsonOf<C>::messages(); });
    const auto found = std::ranges::find(messages, name, &JsonMessage::name);
    return found == messages.end() ? nullptr : &*found;
}

void add_schemas(JsonSchemas& to) {
    [&]<class... C>(std::type_identity<std::tuple<C...>>) {
        (JsonOf<C>::add_schemas(to), ...);
    }(std::type_identity<Contexts>{});
    add_personal(to);
}

}  // namespace holdfast::wire
