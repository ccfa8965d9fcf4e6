#include "engine/wire/json_decision.h"

#include <array>

#include "engine/domain/contexts.h"
#include "engine/wire/base64url.h"
#include "engine/wire/hex.h"
#include "engine/wire/json_context.h"

namespace holdfast::wire {
namespace {

std::string text_of(const CommandId& id) {
    std::array<std::byte, 16> bytes;
    std::size_t next = 0;
    for (const auto half : {id.high, id.low})
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes[next++] = static_cast<std::byte>(half >> shift);
    return hexadecimal(bytes);
}

// Members of one object, left out when they say nothing.
class Members {
public:
    explicit Members(std::string& to) : to_(to) { to_ += '{'; }
    Members& text(std::string_view name, std::string_view value) {
        if (!value.empty()) append_field(to_, name, value);
        return *this;
    }
    Members& json(std::string_view name, std::string_view value) {
        if (value.empty()) return *this;
        begin_field(to_, name);
        to_ += value;
        return *this;
    }
    Members& number(std::string_view name, std::integral auto value) {
        begin_field(to_, name);
        append_number(to_, value);
        return *this;
    }
    void end() { to_ += '}'; }

private:
    std::string& to_;
};

std::string refusal_text(const JsonRefusal& refusal) {
    std::string text;
    Members members(text);
    members.text("name", refusal.name);
    if (!refusal.counts.empty()) members.number(refusal.counts, refusal.detail);
    members.text("subject", refusal.subject).end();
    return text;
}

std::string part_text(const JsonDecided& part) {
    std::string text;
    Members members(text);
    members.text("key", part.key);
    if (part.expected) members.number("expected_version", *part.expected);
    members.number("version", part.after);
    members.text("asked", part.message).json("command", part.command).json("events", part.events);
    if (part.refusal) members.json("refusal", refusal_text(*part.refusal));
    members.end();
    return text;
}

std::string follow_up_text(const Addressed& follow_up) {
    std::string text;
    Members members(text);
    members.text("context", context_name(follow_up.to.context));
    members.number("partition", follow_up.to.partition).number("n", follow_up.n);
    if (const auto commands =
            commands_from(follow_up.to.context, std::as_bytes(std::span(follow_up.command))))
        members.json("commands", *commands);
    members.end();
    return text;
}

std::string list_of_texts(const auto& from, auto text_of) {
    std::string list = "[";
    for (const auto& item : from) {
        if (list.size() > 1) list += ',';
        list += text_of(item);
    }
    return list + "]";
}

}  // namespace

extern template struct JsonOf<Stock>;
extern template struct JsonOf<Cart>;
extern template struct JsonOf<Order>;
extern template struct JsonOf<Payment>;
extern template struct JsonOf<Fulfillment>;

std::expected<JsonDecision, Malformed> decision_from(std::uint8_t context,
                                                     std::span<const std::byte> record,
                                                     Wanted wanted, const Opener* opener) {
    std::expected<JsonDecision, Malformed> decision =
        std::unexpected(Malformed::message_is_unknown);
    with_context(context,
                 [&]<class C>(C) { decision = JsonOf<C>::decision(record, wanted, opener); });
    return decision;
}

std::expected<std::string, Malformed> commands_from(std::uint8_t context,
                                                    std::span<const std::byte> record) {
    std::expected<std::string, Malformed> commands = std::unexpected(Malformed::message_is_unknown);
    with_context(context, [&]<class C>(C) { commands = JsonOf<C>::commands(record); });
    return commands;
}

std::string to_json(const JsonDecision& decision) {
    const auto& header = decision.header;
    const auto& envelope = header.envelope;
    std::string text;
    Members members(text);
    members.text("context", context_name(decision.context));
    members.text("command_id", text_of(envelope.id)).text("outcome", name_of(header.outcome));
    members.number("at_ms", header.at_ms.raw()).text("source", name_of(header.origin.source));
    members.text("client", envelope.client).text("actor", envelope.actor);
    members.text("channel", envelope.channel).text("reason", envelope.reason);
    members.text("reference", envelope.reference).json("metadata", envelope.metadata);
    members.text("traceparent", envelope.traceparent);
    if (envelope.cause) members.text("cause", text_of(envelope.cause));
    members.json("parts", list_of_texts(decision.parts, part_text));
    if (header.objection)
        members.text("objection", header.objection->name).number("bytes", header.objection->bytes);
    if (!header.raw.empty() && header.objection)
        members.text("raw",
                     base64url(std::span(reinterpret_cast<const std::uint8_t*>(header.raw.data()),
                                         header.raw.size())));
    if (!header.raw.empty() && !header.objection)
        if (const auto commands =
                commands_from(decision.context, std::as_bytes(std::span(header.raw))))
            members.json("undecided", *commands);
    if (header.generation != 0) members.number("generation", header.generation);
    if (!header.follow_ups.empty())
        members.json("follow_ups", list_of_texts(header.follow_ups, follow_up_text));
    members.end();
    return text;
}

}  // namespace holdfast::wire
