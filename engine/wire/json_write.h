// JSON from a domain value, through the field list of its FlatBuffers table: no code per message.
//
// Order   fields stand in the schema's order, so equal values give equal texts. An optional field
//         that is absent is left out; numbers are integers, enumerators their names; a message of a
//         union begins with its name, "type".
// Errors  none. Personal data is written as Open gives it: {"subject": …} and what was sealed, or
//         "forgotten": true when its key is gone, or "sealed": true when nobody opens it.
#pragma once

#include <charconv>
#include <functional>

#include "engine/ports/error.h"
#include "engine/wire/codec.h"
#include "engine/wire/json_text.h"

namespace holdfast::wire {

// What was sealed (a JSON object), or nothing when its subject was forgotten.
using Opened = std::expected<std::optional<std::string>, Error>;
using Opener = std::function<Opened(const Sealed&)>;

struct JsonWriter {
    std::string& out;
    const Opener* opener = nullptr;
};

void append_text(std::string& to, std::string_view text);  // in quotes, escaped
std::string quoted(std::string_view text);                 // so
void append_json(std::string& to, const JsonNode& node);   // without spaces
void append_member(std::string& to, const JsonNode& node);
void begin_field(std::string& to, std::string_view name);
void append_field(std::string& to, std::string_view name, std::string_view text);
void write_sealed(JsonWriter to, const Sealed& sealed);

template <std::integral N> void append_number(std::string& to, N number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    to.append(digits.begin(), end);
}

// The enumerators as JSON has them, by number, "void" for void_; empty where there is none.
constexpr std::string_view without_underscore(std::string_view name) {
    return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
}
template <class Enum>
constexpr auto words_of = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{without_underscore(enumerator<static_cast<Enum>(I)>())...};
}(std::make_index_sequence<64>());

// The wire type of a table's I-th field; of no table without fields.
template <class Table, std::size_t I> struct WireOf {
    using type = typename Table::Traits::template FieldType<I>;
};
template <class Table, std::size_t I> using WireAt = typename WireOf<Table, I>::type;

template <class Table, class T> void write_object(JsonWriter to, const T& value);

template <class W, class T> void write_json(JsonWriter to, const T& value) {
    if constexpr (Checked<T>) {
        if constexpr (std::integral<typename T::Raw>)
            append_number(to.out, value.raw());
        else
            append_text(to.out, value.raw());
    } else if constexpr (Maybe<T>) {
        write_json<W>(to, *value);  // its field is left out when there is none
    } else if constexpr (std::is_enum_v<T>) {
        append_text(to.out, words_of<T>[static_cast<std::size_t>(value)]);
    } else if constexpr (std::same_as<T, bool>) {
        to.out += value ? "true" : "false";
    } else if constexpr (std::is_arithmetic_v<T>) {
        append_number(to.out, value);
    } else if constexpr (Characters<T>) {
        append_text(to.out, value);
    } else if constexpr (std::same_as<T, Sealed>) {
        write_sealed(to, value);
    } else if constexpr (Listed<T>) {
        to.out += '[';
        bool first = true;
        for (const auto& item : value) {
            if (!std::exchange(first, false)) to.out += ',';
            write_json<ItemIn<W>>(to, item);
        }
        to.out += ']';
    } else {
        to.out += '{';
        write_object<TableIn<W>>(to, value);
        to.out += '}';
    }
}

template <class W, class T> void write_field(JsonWriter to, std::string_view name, const T& value) {
    if constexpr (Maybe<T>)
        if (!value) return;
    begin_field(to.out, name);
    write_json<W>(to, value);
}

// The fields, without the braces.
template <class Table, class T> void write_object([[maybe_unused]] JsonWriter to, const T& value) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        [[maybe_unused]] const auto from = tied<fields_in<Table>>(value);
        (write_field<WireAt<Table, I>>(to, Table::Traits::field_names[I], std::get<I>(from)), ...);
    }(fields<Table, T>());
}

template <class Union> void write_message(JsonWriter to, const Union& message) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (void)((message.index() == I &&
                (to.out.append("{\"type\":\"")
                     .append(name_of<std::variant_alternative_t<I, Union>>())
                     .append("\""),
                 write_object<TableAt<Union, I>>(to, *std::get_if<I>(&message)), to.out += '}',
                 true)) ||
               ...);
    }(slots<Union>());
}

}  // namespace holdfast::wire
