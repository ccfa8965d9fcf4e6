// Codec: a domain struct <-> the FlatBuffers table of the same name. Nothing here knows a message.
//
// Invariant  struct and table list the same fields, by name and in id order; else it does not
//            compile.
// Order      fields are written first to last, so equal values give equal bytes on every compiler.
// Errors     a value outside its kind's rule; the caller refuses the whole record.
// Source     flatc --cpp-static-reflection gives a table's field names and types.
#pragma once

#include <array>
#include <optional>
#include <variant>

#include <boost/container/small_vector.hpp>

#include <flatbuffers/flatbuffers.h>

#include "engine/domain/types.h"
#include "engine/wire/fields.h"

namespace holdfast::wire {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Union>
struct TablesOf;  // std::variant -> tuple of its tables; made beside flatc's header
template <class Context>
struct RecordsOf;  // context -> its two record tables; made beside flatc's header

template <class Table> constexpr std::size_t fields_in = Table::Traits::fields_number;
template <class Table, class T> constexpr auto fields() {
    constexpr auto indices = std::make_index_sequence<fields_in<Table>>();
    constexpr bool same_names = []<std::size_t... I>(std::index_sequence<I...>) {
        return ((field_name<T, fields_in<Table>, I>() == Table::Traits::field_names[I]) && ...);
    }(indices);
    static_assert(same_names, "a field has another name or place in the schema");
    return indices;
}

// ---- what one field is on the wire ----

template <class T>
concept Checked = requires(typename T::Raw raw) { T::from(raw); };
template <class T>
concept Characters = std::same_as<T, std::string_view> || std::same_as<T, std::string>;
template <class T>
concept Listed = !Characters<T> && requires(T list) { list.push_back(list.front()); };
template <class T>
concept Maybe = requires(T value) { value.has_value(); };
template <class W> using TableIn = std::remove_cvref_t<decltype(*std::declval<W>())>;
template <class W> using ItemIn = typename TableIn<W>::return_type;

template <class Table, class T> flatbuffers::Offset<Table> write_table(Builder& to, const T& value);
template <class T, class Table> std::expected<T, Malformed> read_table(const Table& from);

// What is written before the list that names it: few, so it stands on the stack.
template <class Item> using Gathered = boost::container::small_vector<Item, 8>;

// Empty text is not written: it takes no room and reads back as it was.
inline flatbuffers::Offset<flatbuffers::String> write_text(Builder& to, std::string_view text) {
    return text.empty() ? 0 : to.CreateString(text.data(), text.size());
}

template <class W, class T> auto write(Builder& to, const T& value) {
    if constexpr (Checked<T>) {
        return write<W>(to, value.raw());
    } else if constexpr (Maybe<T>) {
        using Written = decltype(write<W>(to, *value));
        using Absent =
            std::conditional_t<std::is_scalar_v<Written>, flatbuffers::Optional<Written>, Written>;
        return value ? Absent(write<W>(to, *value)) : Absent();
    } else if constexpr (std::is_enum_v<T>) {
        return static_cast<W>(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
        return value;
    } else if constexpr (Characters<T>) {
        return write_text(to, value);
    } else if constexpr (Listed<T>) {
        using Item = ItemIn<W>;
        if constexpr (std::is_arithmetic_v<Item>) {
            Item* items = nullptr;
            const auto list = to.CreateUninitializedVector<Item>(value.size(), &items);
            for (const auto& item : value) *items++ = write<Item>(to, item);
            return flatbuffers::Offset<flatbuffers::Vector<Item>>(list);
        } else {
            Gathered<decltype(write<Item>(to, value.front()))> items;
            for (const auto& item : value) items.push_back(write<Item>(to, item));
            return to.CreateVector(items.data(), items.size());
        }
    } else {
        return write_table<TableIn<W>>(to, value);
    }
}

template <class T, class W> std::expected<T, Malformed> read(W from) {
    if constexpr (Maybe<T>) {
        if (!from) return T();
        const auto present = [&] {
            if constexpr (std::is_pointer_v<W>)
                return read<typename T::value_type>(from);
            else
                return read<typename T::value_type>(*from);
        }();
        if (!present) return std::unexpected(present.error());
        return T(*present);
    } else if constexpr (Checked<T>) {
        const auto raw = read<typename T::Raw>(from);
        if (!raw) return std::unexpected(raw.error());
        return T::from(*raw);
    } else if constexpr (std::is_enum_v<T>) {
        if (from < W::MIN || from > W::MAX)
            return std::unexpected(Malformed::value_is_outside_its_range);
        return static_cast<T>(from);
    } else if constexpr (std::is_arithmetic_v<T>) {
        return from;
    } else if constexpr (Characters<T>) {
        return from ? T(from->data(), from->size()) : T();
    } else if constexpr (Listed<T>) {
        T list;
        if (!from) return list;
        if constexpr (requires { T::size_max; }) {
            if (from->size() > T::size_max) return std::unexpected(Malformed::list_is_too_long);
        } else {
            list.reserve(from->size());
        }
        for (const auto item : *from) {
            auto value = read<typename T::value_type>(item);
            if (!value) return std::unexpected(value.error());
            list.push_back(*std::move(value));
        }
        return list;
    } else {
        if (!from) return std::unexpected(Malformed::field_is_missing);
        return read_table<T>(*from);
    }
}

// ---- a table, a union ----

template <class Table, class T>
flatbuffers::Offset<Table> write_table(Builder& to, const T& value) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        using Traits = typename Table::Traits;
        const auto from = tied<fields_in<Table>>(value);
        // Braces: evaluated first to last.
        const std::tuple parts{
            write<typename Traits::template FieldType<I>>(to, std::get<I>(from))...};
        return Traits::Create(to, std::get<I>(parts)...);
    }(fields<Table, T>());
}
// A message without fields.
template <class Table, class T>
    requires(fields_in<Table> == 0)
flatbuffers::Offset<Table> write_table(Builder& to, const T&) {
    static_assert(std::is_empty_v<T>, "the schema lacks the message's fields");
    return Table::Traits::Create(to);
}

template <class T, class Table> std::expected<T, Malformed> read_table(const Table& from) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> std::expected<T, Malformed> {
        std::tuple parts{read<FieldAt<T, fields_in<Table>, I>>(from.template get_field<I>())...};
        auto wrong = std::expected<void, Malformed>();
        ((std::get<I>(parts) || (wrong = std::unexpected(std::get<I>(parts).error()), false)) &&
         ...);
        if (!wrong) return std::unexpected(wrong.error());
        return T{*std::move(std::get<I>(parts))...};
    }(fields<Table, T>());
}
template <class T, class Table>
    requires(fields_in<Table> == 0)
std::expected<T, Malformed> read_table(const Table&) {
    return T{};
}

// A union's slot n is the variant's alternative n - 1; slot 0 is "none".
template <class Union, std::size_t I>
using TableAt = std::tuple_element_t<I, typename TablesOf<Union>::type>;
template <class Union, std::size_t... I> consteval bool same_messages(std::index_sequence<I...>) {
    return ((name_of<std::variant_alternative_t<I, Union>>() == TableAt<Union, I>::Traits::name) &&
            ...);
}
template <class Union> constexpr auto slots() {
    constexpr auto indices = std::make_index_sequence<std::variant_size_v<Union>>();
    static_assert(std::variant_size_v<Union> == std::tuple_size_v<typename TablesOf<Union>::type>);
    static_assert(same_messages<Union>(indices), "a message has another name or slot");
    return indices;
}
template <class Union> std::uint8_t slot_of(const Union& value) {
    return static_cast<std::uint8_t>(value.index() + 1);
}

template <class Union> flatbuffers::Offset<void> write_union(Builder& to, const Union& value) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        flatbuffers::Offset<void> written;
        ((value.index() == I &&
          (written = write_table<TableAt<Union, I>>(to, *std::get_if<I>(&value)).Union(), true)) ||
         ...);
        return written;
    }(slots<Union>());
}

template <class Union, std::size_t I>
std::expected<Union, Malformed> read_alternative(const void* from) {
    auto message = read_table<std::variant_alternative_t<I, Union>>(
        *static_cast<const TableAt<Union, I>*>(from));
    if (!message) return std::unexpected(message.error());
    return std::expected<Union, Malformed>(std::in_place, std::in_place_index<I>,
                                           *std::move(message));
}
template <class Union>
std::expected<Union, Malformed> read_union(std::uint8_t slot, const void* from) {
    constexpr auto readers = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{&read_alternative<Union, I>...};
    }(slots<Union>());
    if (from == nullptr || slot == 0 || slot > readers.size())
        return std::unexpected(Malformed::message_is_unknown);
    return readers[slot - 1U](from);
}

}  // namespace holdfast::wire
