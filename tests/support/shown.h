// Shown: a message as a line that a failing test can print, and two messages compared field by
// field. Nothing is written per message: names and fields come from the schema, so include the
// context's _tables.h too.
#pragma once

#include <ostream>
#include <sstream>
#include <string>

#include "engine/wire/codec.h"

namespace holdfast {

template <class T> void show(std::ostream& to, const T& value);

template <class Table, class Message> void show_message(std::ostream& to, const Message& message) {
    constexpr auto count = wire::fields_in<Table>;
    const auto fields = wire::tied<count>(message);
    to << Table::Traits::name << '{';
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((to << (I ? ", " : "") << Table::Traits::field_names[I] << ": ",
          show(to, std::get<I>(fields))),
         ...);
    }(std::make_index_sequence<count>());
    to << '}';
}

template <class... Messages> void show(std::ostream& to, const std::variant<Messages...>& message) {
    using Union = std::variant<Messages...>;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((message.index() == I &&
          (show_message<wire::TableAt<Union, I>>(to, *std::get_if<I>(&message)), true)) ||
         ...);
    }(std::index_sequence_for<Messages...>());
}

template <class T> void show(std::ostream& to, const T& value) {
    if constexpr (requires { to << value.raw(); }) {
        to << value.raw();
    } else if constexpr (requires { value.has_value(); }) {
        value ? show(to, *value) : void(to << '-');
    } else if constexpr (std::is_enum_v<T>) {
        to << wire::name_of(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
        to << +value;
    } else if constexpr (requires { value.begin(); }) {
        const char* between = "[";
        for (const auto& item : value) {
            show(to << between, item);
            between = ", ";
        }
        to << (value.begin() == value.end() ? "[]" : "]");
    } else {
        auto copy = value;
        const char* between = "{";
        std::apply(
            [&](const auto&... field) { ((show(to << between, field), between = ", "), ...); },
            copy.members());
        to << '}';
    }
}
template <class T> std::string shown(const T& value) {
    std::ostringstream text;
    show(text, value);
    return text.str();
}

template <class... Messages>
bool same_fields(const std::variant<Messages...>& a, const std::variant<Messages...>& b) {
    using Union = std::variant<Messages...>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((a.index() == I && b.index() == I &&
                 wire::tied<wire::fields_in<wire::TableAt<Union, I>>>(*std::get_if<I>(&a)) ==
                     wire::tied<wire::fields_in<wire::TableAt<Union, I>>>(*std::get_if<I>(&b))) ||
                ...);
    }(std::index_sequence_for<Messages...>());
}

// By the name that GoogleTest calls.
template <class Kind, class Raw> void PrintTo(const Number<Kind, Raw>& number, std::ostream* to) {
    *to << number.raw();
}
template <class Kind> void PrintTo(const Id<Kind>& id, std::ostream* to) { *to << id.raw(); }

}  // namespace holdfast
