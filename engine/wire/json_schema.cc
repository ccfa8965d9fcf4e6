#include "engine/wire/json_schema.h"

namespace holdfast::wire {

void ObjectSchema::add(std::string_view name, std::string schema, bool required) {
    const auto append = [&](std::string& list) {
        if (!list.empty()) list += ',';
        append_text(list, name);
    };
    append(properties_);
    properties_.append(":").append(schema);
    if (required) append(required_);
}

std::string ObjectSchema::text() const {
    return R"({"type":"object","properties":{)" + properties_ + "}" +
           (required_.empty() ? "" : R"(,"required":[)" + required_ + "]") +
           R"(,"additionalProperties":false})";
}

void add_envelope(ObjectSchema& to) {
    for (const auto name : envelope_fields) {
        if (name == "metadata")
            to.add(name, R"({"type":"object"})", false);
        else if (name == "reason" || name == "reference")
            to.add(name, plain_schema(std::type_identity<Text<words_bytes_max>>()), false);
        else
            to.add(name, plain_schema(std::type_identity<Text<name_bytes_max>>()), false);
    }
}

void add_personal(JsonSchemas& to) {
    to["Personal"] = R"({"type":"object","properties":{"subject":)" +
                     plain_schema(std::type_identity<SubjectId>()) +
                     R"(},"additionalProperties":true})";
}

}  // namespace holdfast::wire
