#include "engine/wire/json_schema.h"

#include <algorithm>

namespace holdfast::wire {
namespace {

constexpr std::string_view boolean = R"({"type":"boolean"})";

// What a field is when it is left out.
std::string with_default(std::string schema, std::string_view value) {
    const bool is_text = schema.starts_with(R"({"type":"string")");
    schema.back() = ',';
    schema += R"("default":)";
    if (is_text)
        append_text(schema, value);
    else
        schema += value;
    return schema + "}";
}

// An object's properties, and which of them must be there.
class ObjectSchema {
public:
    void add(std::string_view name, const std::string& schema, bool required = false) {
        const bool is_false = !required && schema == boolean;  // when it is left out
        append_name(properties_, name);
        properties_.append(":").append(is_false ? with_default(schema, "false") : schema);
        if (required) append_name(required_, name);
    }
    std::string text() const {
        return R"({"type":"object","properties":{)" + properties_ + "}" +
               (required_.empty() ? "" : R"(,"required":[)" + required_ + "]") +
               R"(,"additionalProperties":false})";
    }

private:
    static void append_name(std::string& list, std::string_view name) {
        if (!list.empty()) list += ',';
        append_text(list, name);
    }
    std::string properties_, required_;
};

void add_envelope(ObjectSchema& to) {
    for (const auto name : envelope_fields)
        if (name == "metadata")
            to.add(name, R"({"type":"object"})");
        else if (name == "reason" || name == "reference")
            to.add(name, plain_schema(std::type_identity<Text<words_bytes_max>>()));
        else
            to.add(name, plain_schema(std::type_identity<Text<name_bytes_max>>()));
}

}  // namespace

std::string integer_schema(std::int64_t min, std::int64_t max) {
    return R"({"type":"integer","format":"int64","minimum":)" + std::to_string(min) +
           R"(,"maximum":)" + std::to_string(max) + "}";
}

std::string words_schema(std::span<const std::string_view> words) {
    std::string text = R"({"type":"string","enum":[)";
    for (const auto word : words) {
        if (word.empty()) continue;
        if (!text.ends_with('[')) text += ',';
        append_text(text, word);
    }
    return text + "]}";
}

std::string reference_to(std::string_view name, std::string_view folder) {
    return R"({"$ref":)" + quoted(std::string("#/").append(folder).append("/").append(name)) + "}";
}

std::string list_of(std::string items, std::size_t limit) {
    return R"({"type":"array")" +
           (limit ? R"(,"maxItems":)" + std::to_string(limit) : std::string()) + R"(,"items":)" +
           std::move(items) + "}";
}

void add_schema(JsonSchemas& to, std::string name, std::span<const FieldSchema> fields) {
    if (to.contains(name)) return;
    to.emplace(name, std::string());  // met already, should it refer to itself
    ObjectSchema object;
    for (const auto& field : fields) object.add(field.name, field.schema(&to), field.required);
    to[std::move(name)] = object.text();
}

void add_personal(JsonSchemas& to) {
    to["Personal"] = R"({"type":"object","properties":{"subject":)" +
                     plain_schema(std::type_identity<SubjectId>()) +
                     R"(},"additionalProperties":true})";
}

std::string body_schema(const JsonMessage& message, std::string_view inside,
                        std::span<const Given> given) {
    auto fields = message.fields();
    if (!inside.empty()) {
        const auto outer = std::ranges::find(fields, inside, &FieldSchema::name);
        assert(outer != fields.end() && outer->inside != nullptr);
        fields = outer->inside();
    }
    ObjectSchema object;
    for (const auto& field : fields) {
        const auto known = std::ranges::find(given, field.name, &Given::name);
        if (known == given.end())
            object.add(field.name, field.schema(nullptr), field.required);
        else if (known->fallback && known->value.empty())  // derived
            object.add(field.name, field.schema(nullptr));
        else if (known->fallback)
            object.add(field.name, with_default(field.schema(nullptr), known->value));
    }
    add_envelope(object);
    return object.text();
}

}  // namespace holdfast::wire
