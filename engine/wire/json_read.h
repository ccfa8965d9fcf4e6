// A domain value from JSON, through the field list of its FlatBuffers table: no code per message.
//
// Invariant  strict: an unknown field is refused, so is any other type (a number is an integer as
//            JSON writes it, 1.0 and "1" are none), so is null but for an optional field.
//            A field that is missing is absent when it is optional, empty when it is a list or free
//            text, false when it is a bool; a number, an id, an enumerator or a struct must be
//            there.
// Errors     the first fault by the schema's order, and where.
#pragma once

#include "engine/wire/codec.h"
#include "engine/wire/json_beside.h"
#include "engine/wire/json_write.h"

namespace holdfast::wire {

struct NothingBeside {};  // around what is inside a message

std::expected<std::int64_t, Malformed> integer_from(const JsonNode& node);
// Puts each member of the object in its field's place. `beside` (or null) takes those that have
// none.
std::optional<JsonFault> place_members(const JsonNode& object,
                                       std::span<const std::string_view> names,
                                       std::span<const JsonNode*> places, JsonBeside* beside);

template <class Table>
constexpr auto names_of = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, sizeof...(I)>{Table::Traits::field_names[I]...};
}(std::make_index_sequence<fields_in<Table>>());

template <class T> struct Unwrapped {
    using type = T;
};
template <Maybe T> struct Unwrapped<T> {
    using type = typename T::value_type;
};
template <class T> using Bare = typename Unwrapped<T>::type;
template <class T>
concept Plain = Checked<Bare<T>> || std::is_enum_v<Bare<T>> || std::is_arithmetic_v<Bare<T>>;
template <class T>
concept Structure = !Plain<T> && !Listed<Bare<T>> && !Characters<Bare<T>>;

template <class T, class Table, class Beside>
FromJson<T> object_from_json(const JsonNode& node, Beside& beside);

// ---- what one value is in JSON ----

template <class T> std::expected<T, Malformed> plain_from_json(const JsonNode& node) {
    if constexpr (std::is_enum_v<T>) {
        if (node.kind != JsonKind::text)
            return std::unexpected(Malformed::field_has_the_wrong_type);
        for (std::size_t number = 0; number < words_of<T>.size(); ++number)
            if (!words_of<T>[number].empty() && words_of<T>[number] == node.text)
                return static_cast<T>(number);
        return std::unexpected(Malformed::value_is_outside_its_range);
    } else if constexpr (std::same_as<T, bool>) {
        if (node.kind != JsonKind::yes && node.kind != JsonKind::no)
            return std::unexpected(Malformed::field_has_the_wrong_type);
        return node.kind == JsonKind::yes;
    } else if constexpr (std::is_arithmetic_v<T>) {
        const auto number = integer_from(node);
        if (!number) return std::unexpected(number.error());
        if (!std::in_range<T>(*number))
            return std::unexpected(Malformed::value_is_outside_its_range);
        return static_cast<T>(*number);
    } else if constexpr (std::integral<typename T::Raw>) {
        const auto number = plain_from_json<typename T::Raw>(node);
        if (!number) return std::unexpected(number.error());
        return T::from(*number);
    } else {
        if (node.kind != JsonKind::text)
            return std::unexpected(Malformed::field_has_the_wrong_type);
        return T::from(node.text);
    }
}

template <class T, class W> FromJson<T> from_json(const JsonNode& node) {
    if constexpr (Maybe<T>) {
        if (node.kind == JsonKind::null) return T();
        auto value = from_json<Bare<T>, W>(node);
        if (!value) return std::unexpected(value.error());
        return T(*std::move(value));
    } else if constexpr (Plain<T>) {
        auto value = plain_from_json<T>(node);
        if (!value) return std::unexpected(JsonFault{value.error(), &node});
        return *std::move(value);
    } else if constexpr (Listed<T>) {
        if (node.kind != JsonKind::list)
            return std::unexpected(JsonFault{Malformed::field_has_the_wrong_type, &node});
        T list;
        if constexpr (requires { list.reserve(0); }) list.reserve(node.children());
        for (const auto& child : node) {
            auto item = from_json<typename T::value_type, ItemIn<W>>(child);
            if (!item) return std::unexpected(item.error());
            list.push_back(*std::move(item));
        }
        return list;
    } else {
        static_assert(!std::same_as<T, Sealed>, "only a message itself has personal data");
        NothingBeside nothing;
        return object_from_json<T, TableIn<W>>(node, nothing);
    }
}

template <class T> FromJson<T> missing(const JsonNode& object, std::string_view name) {
    if constexpr (Maybe<T> || Listed<T> || std::same_as<T, bool> ||
                  (Checked<T> && std::default_initializable<T>))
        return T();
    else
        return std::unexpected(JsonFault{Malformed::field_is_missing, &object, name});
}

// ---- a field of a message ----

// A given value as the node that a body would have.
template <class T> JsonNode node_of(const Given& given) {
    auto kind = JsonKind::text;
    if constexpr (std::same_as<Bare<T>, bool>)
        kind = given.value == "true" ? JsonKind::yes : JsonKind::no;
    else if constexpr (std::is_arithmetic_v<Bare<T>>)
        kind = JsonKind::number;
    else if constexpr (Checked<Bare<T>>)
        if constexpr (std::integral<typename Bare<T>::Raw>) kind = JsonKind::number;
    return {kind, 1, given.name, given.value};
}

template <class T, class W>
FromJson<T> given_from_json(const Given& given, const JsonNode& object, const JsonNode* own) {
    if (own && own->kind == JsonKind::null) own = nullptr;
    if (own && given.fallback) return from_json<T, W>(*own);
    const auto node = node_of<T>(given);
    const auto value = from_json<T, W>(node);
    if (!value) return std::unexpected(JsonFault{value.error().what, &object, given.name});
    if (!own) return value;
    const auto same = from_json<T, W>(*own);
    if (!same) return same;
    if (*same != *value) return std::unexpected(JsonFault{Malformed::field_is_not_as_given, own});
    return value;
}

template <class T, class W>
FromJson<T> field_from_json(const JsonNode& object, const JsonNode* own, std::string_view name,
                            NothingBeside&) {
    return own ? from_json<T, W>(*own) : missing<T>(object, name);
}
template <class T, class W>
FromJson<T> field_from_json(const JsonNode& object, const JsonNode* own, std::string_view name,
                            JsonBeside& beside) {
    if constexpr (std::same_as<Bare<T>, Sealed>) {
        if (own && own->kind != JsonKind::null) beside.take_personal(*own);
        return T();
    } else {
        if constexpr (Plain<T>) {
            if (const auto* given = beside.given(name))
                return given_from_json<T, W>(*given, object, own);
        } else if constexpr (Structure<T>) {
            if (beside.inside() == name) {
                beside.go_inside();
                return object_from_json<Bare<T>, TableIn<W>>(object, beside);
            }
        }
        return own ? from_json<T, W>(*own) : missing<T>(object, name);
    }
}

template <class Table> consteval bool leaves_the_envelope_its_names() {
    for (const auto name : names_of<Table>)
        for (const auto taken : envelope_fields)
            if (name == taken) return false;
    return true;
}

// A message, or what is inside it. A body may be one field of its message: the one called inside().
template <class T, class Table, class Beside>
FromJson<T> object_from_json(const JsonNode& node, Beside& beside) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> FromJson<T> {
        constexpr auto count = fields_in<Table>;
        if (node.kind != JsonKind::object)
            return std::unexpected(JsonFault{Malformed::field_has_the_wrong_type, &node});
        std::array<const JsonNode*, count> places{};
        JsonBeside* around = nullptr;
        if constexpr (std::same_as<Beside, JsonBeside>) {
            static_assert(leaves_the_envelope_its_names<Table>());
            around = &beside;
        }
        if (!around || around->inside().empty())
            if (const auto fault = place_members(node, names_of<Table>, places, around))
                return std::unexpected(*fault);
        return std::apply(
            [](auto&&... part) -> FromJson<T> {
                const JsonFault* fault = nullptr;  // the first one
                ((fault = fault || part ? fault : &part.error()), ...);
                if (fault) return std::unexpected(*fault);
                return T{*std::forward<decltype(part)>(part)...};
            },
            std::tuple{field_from_json<FieldAt<T, count, I>, WireAt<Table, I>>(
                node, places[I], names_of<Table>[I], beside)...});
    }(fields<Table, T>());
}

}  // namespace holdfast::wire
