// JSON Schema of the texts that json_read.h takes and json_write.h makes, from the same field
// lists.
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

std::string integer_schema(std::int64_t min, std::int64_t max);
std::string words_schema(std::span<const std::string_view> words);
std::string reference_to(std::string_view name, std::string_view folder = "components/schemas");
std::string list_of(std::string items, std::size_t limit);

template <class Kind, class Raw> std::string plain_schema(std::type_identity<Number<Kind, Raw>>) {
    return integer_schema(Kind::min, Kind::max);
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
template <std::integral N> std::string plain_schema(std::type_identity<N>) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    if constexpr (std::cmp_greater(std::numeric_limits<N>::max(), most))
        return integer_schema(0, most);
    else
        return integer_schema(std::numeric_limits<N>::min(), std::numeric_limits<N>::max());
}
template <class Enum>
    requires std::is_enum_v<Enum>
std::string plain_schema(std::type_identity<Enum>) {
    return words_schema(words_of<Enum>);
}

// ---- structs: their fields as data ----

void add_schema(JsonSchemas& to, std::string name, std::span<const FieldSchema> fields);
void add_personal(JsonSchemas& to);

template <class Table, class T> std::span<const FieldSchema> field_schemas();

// The schema of a field; the components that it refers to are added to `to`, unless that is null.
template <class W, class T> std::string schema_of(JsonSchemas* to) {
    if constexpr (Plain<T>) {
        return plain_schema(std::type_identity<Bare<T>>());
    } else if constexpr (Characters<Bare<T>>) {
        return R"({"type":"string"})";
    } else if constexpr (std::same_as<Bare<T>, Sealed>) {
        return reference_to("Personal");
    } else if constexpr (Listed<Bare<T>>) {
        using Item = typename Bare<T>::value_type;
        return list_of(schema_of<ItemIn<W>, Item>(to), items_max<Item>);
    } else {
        auto name = component<Bare<T>>();
        if (to) add_schema(*to, name, field_schemas<TableIn<W>, Bare<T>>());
        return reference_to(name);
    }
}

template <class W, class T> constexpr FieldSchema field_schema(std::string_view name) {
    FieldSchema field{name, true, &schema_of<W, T>, nullptr};
    field.required = !(Maybe<T> || Listed<T> || std::same_as<T, bool> ||
                       (Checked<T> && std::default_initializable<T>));
    if constexpr (Structure<T> && !std::same_as<Bare<T>, Sealed>)
        field.inside = &field_schemas<TableIn<W>, Bare<T>>;
    return field;
}
template <class Table, class T> std::span<const FieldSchema> field_schemas() {
    return []<std::size_t... I>(std::index_sequence<I...>) -> std::span<const FieldSchema> {
        static constexpr std::array<FieldSchema, sizeof...(I)> list{
            field_schema<WireAt<Table, I>, FieldAt<T, sizeof...(I), I>>(names_of<Table>[I])...};
        return list;
    }(fields<Table, T>());
}

}  // namespace holdfast::wire
