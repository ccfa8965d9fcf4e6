// What JSON needs to know of one context; each is compiled once, in json_<context>.cc.
#pragma once

#include "engine/wire/fingerprint.h"
#include "engine/wire/json_command.h"
#include "engine/wire/json_decision.h"
#include "engine/wire/json_read.h"
#include "engine/wire/json_schema.h"

namespace holdfast::wire {

// Takes the body's envelope fields into the request, seals its personal data.
std::expected<std::optional<Sealed>, JsonFailure> complete(JsonRequest& request,
                                                           const JsonBeside& beside,
                                                           std::optional<SubjectId> customer);

template <class C> struct JsonOf {
    using Command = typename C::Command;
    using Event = typename C::Event;

    static std::span<const JsonMessage> messages();
    static std::expected<JsonDecision, Malformed> decision(std::span<const std::byte> record,
                                                           Wanted wanted, const Opener* opener);
    // A command record's messages, as an array.
    static std::expected<std::string, Malformed> commands(std::span<const std::byte> record);
    static void add_schemas(JsonSchemas& to);

private:
    template <std::size_t I> static JsonCommand command_as(JsonRequest request);
};

template <class C> std::string bytes_of(JsonRequest& request, typename C::Command message) {
    wire::Command<C> command{std::move(request.envelope), {}};
    command.parts.push_back({std::string(request.key), request.expected, std::move(message)});
    return to_bytes(command);
}

// Whose the message's personal data is, when the message says it.
template <class Message> std::optional<SubjectId> customer_of(const Message& message) {
    if constexpr (requires { message.customer; })
        if (message.customer) return SubjectId::from(message.customer->raw()).value();
    return {};
}

template <class C> template <std::size_t I> JsonCommand JsonOf<C>::command_as(JsonRequest request) {
    using Message = std::variant_alternative_t<I, Command>;
    using Table = TableAt<Command, I>;
    JsonBeside beside(request.given, request.inside);
    auto message = object_from_json<Message, Table>(*request.body, beside);
    if (!message) return std::unexpected(JsonFailure(problem_in(*request.body, message.error())));
    assert(beside.inside().empty());  // the route names a field that the message has not
    request.envelope.fingerprint = fingerprint_without_personal<Table>(*message);
    auto sealed = complete(request, beside, customer_of(*message));
    if (!sealed) return std::unexpected(std::move(sealed.error()));
    if (*sealed) {
        auto* const personal = personal_in<Table>(*message);
        assert(personal);  // what has no such field lets no personal data in
        *personal = *std::move(sealed);
    }
    return bytes_of<C>(request, Command(std::in_place_index<I>, *std::move(message)));
}

template <class C> std::span<const JsonMessage> JsonOf<C>::messages() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        static constexpr std::array list{JsonMessage{
            C::number, name_of<std::variant_alternative_t<I, Command>>(), &command_as<I>,
            &field_schemas<TableAt<Command, I>, std::variant_alternative_t<I, Command>>}...};
        return std::span<const JsonMessage>(list);
    }(slots<Command>());
}

template <class Union> std::string_view name_in(const Union& message) {
    return std::visit([]<class M>(const M&) { return name_of<M>(); }, message);
}

template <class C>
std::expected<JsonDecided, Malformed> decided_from(const DecidedPart<C>& from, Wanted wanted,
                                                   const Opener* opener) {
    JsonDecided part{
        from.key, from.expected, from.version, from.version, name_in(from.command), {}, "[", {}};
    if (wanted == Wanted::everything) write_message({part.command, opener}, from.command);
    if (from.decided) {
        for (const auto& event : *from.decided) {
            if (part.events.size() > 1) part.events += ',';
            write_message({part.events, opener}, event);
        }
        part.after += from.decided->size();
    } else {
        const auto& refusal = from.decided.error();
        const auto& why = explain(refusal.why);
        part.refusal = {why.name, why.answer, why.detail, refusal.detail, refusal.subject};
    }
    part.events += ']';
    return part;
}

template <class C>
std::expected<JsonDecision, Malformed> JsonOf<C>::decision(std::span<const std::byte> record,
                                                           Wanted wanted, const Opener* opener) {
    auto decision = read_decision<C>(record);
    if (!decision) return std::unexpected(decision.error());
    JsonDecision json{C::number, std::move(decision->header), {}};
    const bool took_effect = json.header.outcome == fb::Outcome::accepted;
    for (const auto& from : decision->parts) {
        auto part = decided_from<C>(from, wanted, opener);
        if (!part) return std::unexpected(part.error());
        if (!took_effect) part->after = part->before, part->events = "[]";
        json.parts.push_back(*std::move(part));
    }
    return json;
}

template <class C>
std::expected<std::string, Malformed> JsonOf<C>::commands(std::span<const std::byte> record) {
    const auto command = read_command<C>(record);
    if (!command) return std::unexpected(command.error());
    std::string text = "[";
    for (const auto& part : command->parts) {
        if (text.size() > 1) text += ',';
        text += "{\"key\":";
        append_text(text, part.key);
        text += ",\"command\":";
        write_message({text}, part.command);
        text += '}';
    }
    return text + "]";
}

template <class C> void JsonOf<C>::add_schemas(JsonSchemas& to) {
    const auto add_all = [&]<class Union>(std::type_identity<Union>) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (wire::add_schema(
                 to, component<std::variant_alternative_t<I, Union>>(),
                 field_schemas<TableAt<Union, I>, std::variant_alternative_t<I, Union>>()),
             ...);
        }(slots<Union>());
    };
    add_all(std::type_identity<Command>());
    add_all(std::type_identity<Event>());
}

}  // namespace holdfast::wire
