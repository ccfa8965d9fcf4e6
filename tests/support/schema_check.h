// SchemaCheck: what a JSON value breaks of a schema of an OpenAPI document.
//
// Limits  the words that the engine's own document uses: $ref, type, properties, required,
//         additionalProperties, items, maxItems, enum, const, oneOf, minimum, maximum, minLength,
//         maxLength; a word it does not know is a fault of its own. Patterns are not tried.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace holdfast {

class SchemaCheck {
public:
    using Json = nlohmann::json;
    explicit SchemaCheck(const Json& document) : document_(document) {}

    // Each as the place and what is wrong there; empty: the value is as the schema says.
    std::vector<std::string> faults(const Json& schema, const Json& value) const {
        std::vector<std::string> found;
        check(schema, value, "", found);
        return found;
    }

private:
    using Faults = std::vector<std::string>;

    void check(const Json& schema, const Json& value, const std::string& at, Faults& found) const {
        for (const auto& [word, rule] : schema.items())
            check(word, rule, {schema, value, at}, found);
    }

    struct Place {
        const Json& schema;
        const Json& value;
        const std::string& at;
    };
    void check(const std::string& word, const Json& rule, const Place& place, Faults& found) const {
        static const std::set<std::string> said_elsewhere{"additionalProperties", "default",
                                                          "description", "format", "pattern"};
        const auto& value = place.value;
        const auto expect = [&](bool holds) {
            if (!holds) found.push_back(place.at + ": " + word + " " + rule.dump());
        };
        if (word == "$ref")
            check(document_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value,
                  place.at, found);
        else if (word == "type")
            expect(is_of(rule, value));
        else if (word == "properties")
            check_members(place, found);
        else if (word == "required")
            expect(std::ranges::all_of(
                rule, [&](const Json& name) { return value.contains(name.get<std::string>()); }));
        else if (word == "items")
            for (std::size_t i = 0; i < value.size(); ++i)
                check(rule, value.at(i), place.at + "/" + std::to_string(i), found);
        else if (word == "enum")
            expect(std::ranges::find(rule, value) != rule.end());
        else if (word == "const")
            expect(value == rule);
        else if (word == "oneOf")
            expect(std::ranges::count_if(
                       rule, [&](const Json& one) { return faults(one, value).empty(); }) == 1);
        else if (word == "minimum")
            expect(value >= rule);
        else if (word == "maximum")
            expect(value <= rule);
        else if (word == "minLength" || word == "minItems")
            expect(size_of(value) >= rule.get<std::size_t>());
        else if (word == "maxLength" || word == "maxItems")
            expect(size_of(value) <= rule.get<std::size_t>());
        else
            expect(said_elsewhere.contains(word));
    }

    void check_members(const Place& place, Faults& found) const {
        const auto& known = place.schema.at("properties");
        const bool may_have_more = place.schema.value("additionalProperties", true);
        for (const auto& [name, member] : place.value.items()) {
            const auto at = place.at + "/" + name;
            if (known.contains(name))
                check(known.at(name), member, at, found);
            else if (!may_have_more)
                found.push_back(at + ": is not in the schema");
        }
    }

    static bool is_of(const std::string& type, const Json& value) {
        if (type == "integer") return value.is_number_integer();
        if (type == "boolean") return value.is_boolean();
        if (type == "string") return value.is_string();
        if (type == "array") return value.is_array();
        return type == "object" && value.is_object();
    }
    static std::size_t size_of(const Json& value) {
        return value.is_string() ? value.get_ref<const std::string&>().size() : value.size();
    }

    const Json& document_;
};

}  // namespace holdfast
