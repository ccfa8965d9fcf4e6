// JSON Schema of the texts that json_read.h takes and json_write.h makes, from the same field lists.
//
// Invariant  a struct's required fields are those that reading requires; limits are those of its
//            types, and of lists those of the domain. A text's limit counts bytes, maxLength
//            characters: some texts within it are still too long.
// Source     OpenAPI 3.1, which is JSON Schema 2020-12; a struct is a reference to a component.
#pragma once

#include "engine/domain/sale.h"
#include "engine/wire/json_command.h"
#include "engine/wire/json_read.h"

namespace holdfast::wire {

// How many the domain takes at most; 0: no limit but the body's.
template <class Item> constexpr std::size_t items_max = 0;
template <> inline constexpr std::size_t items_max<Line> = lines_max;
template <> inline constexpr std::size_t items_max<Charge> = charges_max;
template <> inline constexpr std::size_t items_max<Tender> = payments_max;
template <> inline constexpr std::size_t items_max<Discount> = adjustments_max;
template <> inline constexpr std::size_t items_max<Tax> = adjustments_max;

// "stock.Split" of holdfast::stock::Split: the component's name.
template <class T> std::string component() {
    std::string_view text = __PRETTY_FUNCTION__;
    constexpr std::string_view house = "holdfast::";
    text = text.substr(text.find(house, text.find("T = ")) + house.size());
    text = text.substr(0, text.find_first_of(";]"));
    std::string name;
    for (const char c : text)
        if (c != ':')
            name += c;
        else if (!name.ends_with('.'))
            name += '.';
    return name;
}

template <class Kind, class Raw> std::string plain_schema(std::type_identity<Number<Kind, Raw>>) {
    std::string text = R"({"type":"integer","format":"int64","minimum":)";
    append_number(text, Kind::min);
    text += R"(,"maximum":)";
    append_number(text, Kind::max);
    return text + "}";
}
template <class Kind> std::string plain_schema(std::type_identity<Id<Kind>>) {
    return R"({"type":"string","minLength":1,"maxLength":)" + std::to_string(Kind::bytes_max) +
           R"(,"pattern":"^[A-Za-z0-9._~:+-]+$"})";
}
template <std::size_t Max> std::string plain_schema(std::type_identity<Text<Max>>) {
    return R"({"type":"string","maxLength":)" + std::to_string(Max) +
           R"(,"pattern":"^[^\\u0000-\\u001f\\u007f]*$"})";
}
inline std::string plain_schema(std::type_identity<Currency>) {
    return R"({"type":"string","pattern":"^[A-Z]{3}$"})";
}
inline std::string plain_schema(std::type_identity<bool>) { return R"({"type":"boolean"})"; }
template <std::unsigned_integral N> std::string plain_schema(std::type_identity<N>) {
    return R"({"type":"integer","minimum":0,"maximum":)" +
           std::to_string(std::numeric_limits<N>::max()) + "}";
}
template <class Enum>
    requires std::is_enum_v<Enum>
std::string plain_schema(std::type_identity<Enum>) {
    std::string text = R"({"type":"string","enum":[)";
    for (const auto word : words_of<Enum>) {
        if (word.empty()) continue;
        if (!text.ends_with('[')) text += ',';
        append_text(text, word);
    }
    return text + "]}";
}

template <class Table, class T> void add_schema(JsonSchemas& to);

// The schema of a field; the components that it refers to are added to `to`, unless that is null.
template <class W, class T> std::string schema_of(JsonSchemas* to) {
    if constexpr (Plain<T>) {
        return plain_schema(std::type_identity<Bare<T>>());
    } else if constexpr (std::same_as<Bare<T>, Sealed>) {
        return R"({"$ref":"#/components/schemas/Personal"})";
    } else if constexpr (Listed<Bare<T>>) {
        using Item = typename Bare<T>::value_type;
        const auto limit = items_max<Item>;
        return R"({"type":"array")" +
               (limit ? R"(,"maxItems":)" + std::to_string(limit) : std::string()) +
               R"(,"items":)" + schema_of<ItemIn<W>, Item>(to) + "}";
    } else {
        if (to) add_schema<TableIn<W>, Bare<T>>(*to);
        return R"({"$ref":"#/components/schemas/)" + component<Bare<T>>() + "\"}";
    }
}

// An object's properties, and which of them must be there.
class ObjectSchema {
public:
    void add(std::string_view name, std::string schema, bool required);
    std::string text() const;

private:
    std::string properties_, required_;
};
void add_envelope(ObjectSchema& to);
void add_personal(JsonSchemas& to);

template <class T> constexpr bool is_required() {
    return !(Maybe<T> || Listed<T> || std::same_as<T, bool> ||
             (Checked<T> && std::default_initializable<T>));
}

// A body's properties: what is given is left out, or need not be there when it is a fallback.
template <class Table, class T>
void add_fields(ObjectSchema& object, std::span<const Given> given, JsonSchemas* to) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        [[maybe_unused]] const auto add = [&]<class Field, class W>(std::string_view name,
                                                                    std::type_identity<Field>,
                                                                    std::type_identity<W>) {
            const auto known = std::ranges::find(given, name, &Given::name);
            if (known != given.end() && !known->fallback) return;
            object.add(name, schema_of<W, Field>(to), is_required<Field>() && known == given.end());
        };
        (add(names_of<Table>[I], std::type_identity<FieldAt<T, fields_in<Table>, I>>(),
             std::type_identity<WireAt<Table, I>>()),
         ...);
    }(fields<Table, T>());
}

template <class Table, class T>
std::string body_schema(std::string_view inside, std::span<const Given> given) {
    ObjectSchema object;
    bool found = false;
    if (!inside.empty())
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            [[maybe_unused]] const auto look = [&]<class Field, class W>(std::string_view name,
                                                                         std::type_identity<Field>,
                                                                         std::type_identity<W>) {
                if constexpr (Structure<Field> && !std::same_as<Bare<Field>, Sealed>)
                    if (name == inside) {
                        found = true;
                        add_fields<TableIn<W>, Bare<Field>>(object, given, nullptr);
                    }
            };
            (look(names_of<Table>[I], std::type_identity<FieldAt<T, fields_in<Table>, I>>(),
                  std::type_identity<WireAt<Table, I>>()),
             ...);
        }(fields<Table, T>());
    if (!found) add_fields<Table, T>(object, given, nullptr);
    add_envelope(object);
    return object.text();
}

template <class Table, class T> void add_schema(JsonSchemas& to) {
    const auto name = component<T>();
    if (to.contains(name)) return;
    to.emplace(name, std::string());  // met already, should it refer to itself
    ObjectSchema object;
    add_fields<Table, T>(object, {}, &to);
    to[name] = object.text();
}

}  // namespace holdfast::wire
