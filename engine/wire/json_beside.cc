#include "engine/wire/json_beside.h"

#include <algorithm>

#include "engine/ports/key_store.h"
#include "engine/wire/card_number.h"
#include "engine/wire/json_write.h"

namespace holdfast::wire {
namespace {

std::unexpected<JsonFault> wrong(Malformed what, const JsonNode& node) {
    return std::unexpected(JsonFault{what, &node});
}

template <std::size_t Max> FromJson<void> fill(std::string& to, const JsonNode* from) {
    if (!from || from->kind == JsonKind::null) return {};
    if (from->kind != JsonKind::text) return wrong(Malformed::field_has_the_wrong_type, *from);
    const auto text = Text<Max>::from(from->text);
    if (!text) return wrong(text.error(), *from);
    to = from->text;
    return {};
}

// In what no schema says more of: elsewhere a number is an amount, a count or a time.
FromJson<void> refuse_card_numbers(const JsonNode& inside) {
    for (const auto& node : std::span(&inside, inside.size))
        if (node.kind == JsonKind::number && is_a_card_number_in_json(node.text))
            return wrong(Malformed::card_number_is_not_accepted, node);
    return {};
}

FromJson<void> fill_metadata(std::string& to, const JsonNode* from) {
    if (!from || from->kind == JsonKind::null) return {};
    if (from->kind != JsonKind::object) return wrong(Malformed::field_has_the_wrong_type, *from);
    if (auto clean = refuse_card_numbers(*from); !clean) return clean;
    std::string text;
    append_json(text, *from);
    if (text.size() > metadata_bytes_max) return wrong(Malformed::text_is_too_long, *from);
    to = std::move(text);
    return {};
}

}  // namespace

JsonProblem problem_in(const JsonNode& body, const JsonFault& fault) {
    JsonProblem problem{fault.what, path_of(body, *fault.at)};
    if (!fault.field.empty()) append_step(problem.path, fault.field);
    return problem;
}

FromJson<Personal> personal_from(const JsonNode& node) {
    if (node.kind != JsonKind::object) return wrong(Malformed::field_has_the_wrong_type, node);
    if (auto clean = refuse_card_numbers(node); !clean) return std::unexpected(clean.error());
    Personal personal;
    personal.text = "{";
    for (const auto& member : node) {
        if (member.name == "subject") {
            if (member.kind != JsonKind::text)
                return wrong(Malformed::field_has_the_wrong_type, member);
            const auto subject = SubjectId::from(member.text);
            if (!subject) return wrong(subject.error(), member);
            personal.subject = *subject;
            continue;
        }
        if (personal.text.size() > 1) personal.text += ',';
        append_member(personal.text, member);
    }
    personal.text += '}';
    if (personal.text.size() > sealed_bytes_max - box_bytes_more)
        return wrong(Malformed::text_is_too_long, node);
    return personal;
}

std::optional<Malformed> JsonBeside::take(const JsonNode& member) {
    const auto field = std::ranges::find(envelope_fields, member.name);
    if (field != envelope_fields.end()) {
        envelope_[static_cast<std::size_t>(field - envelope_fields.begin())] = &member;
        return {};
    }
    const auto* known = given(member.name);
    if (!known) return Malformed::field_is_unknown;
    if (member.kind != JsonKind::text && member.kind != JsonKind::number)
        return Malformed::field_has_the_wrong_type;
    if (member.text != known->value) return Malformed::field_is_not_as_given;
    return {};
}

const Given* JsonBeside::given(std::string_view name) const {
    const auto found = std::ranges::find(given_, name, &Given::name);
    return found == given_.end() ? nullptr : &*found;
}

FromJson<void> JsonBeside::fill(Envelope& envelope) const {
    const auto& [reason, reference, channel, actor, metadata] = envelope_;
    for (const auto& done : {wire::fill<words_bytes_max>(envelope.reason, reason),
                             wire::fill<words_bytes_max>(envelope.reference, reference),
                             wire::fill<name_bytes_max>(envelope.channel, channel),
                             wire::fill<name_bytes_max>(envelope.actor, actor),
                             fill_metadata(envelope.metadata, metadata)})
        if (!done) return done;
    return {};
}

}  // namespace holdfast::wire
