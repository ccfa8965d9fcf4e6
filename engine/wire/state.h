// State: a stream's state <-> its canonical bytes, as checkpoints keep and state hashes cover them.
//
// Invariant  equal values give equal bytes, on every machine. Not for ever: who changes them, or
//            the rows (engine/runtime/rows.h), raises the number of the layout, by which a state
//            store refuses a checkpoint of another one (engine/adapters/rocksdb/layout.h).
// Order      integers little-endian at their width; text and lists behind their length (u32);
//            optionals behind a byte; structs field after field, as their members() lists them.
// Errors     bytes that do not say a valid value, or are not used up: nothing.
#pragma once

#include <concepts>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>

#include "engine/domain/types.h"

namespace holdfast::wire {

template <class T>
concept StateNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;
template <class T>
concept StateChecked = requires(typename T::Raw raw) { T::from(raw); };
template <class T>
concept StateMaybe = requires(T value) { value.has_value(); };
template <class T>
concept StateList = !StateChecked<T> && requires(T list) {
    list.push_back(*list.begin());
    list.size();
};
template <class T>
concept StateStruct = requires(T value) { value.members(); };

// The same bytes without the points of time in them; that there is one is still said.
struct Undated {
    std::string bytes;
    void append(const char* from, std::size_t size) { bytes.append(from, size); }
    void append(std::string_view text) { bytes.append(text); }
};

// To a string, or Undated.
template <class To, class T> void encode(To& to, const T& value);
template <class T> std::optional<T> decode(std::string_view& from);

// ---- to bytes ----

template <class To> void encode_text(To& to, std::string_view text) {
    encode(to, static_cast<std::uint32_t>(text.size()));
    to.append(text);
}
template <class To, class A, class B> void encode(To& to, const std::pair<A, B>& value) {
    encode(to, value.first);
    encode(to, value.second);
}
template <class To, class T> void encode(To& to, const T& value) {
    if constexpr (std::same_as<T, Time> && std::same_as<To, Undated>) {
        return;
    } else if constexpr (StateNumber<T>) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        to.append(bytes, sizeof value);
    } else if constexpr (StateChecked<T>) {
        if constexpr (std::is_arithmetic_v<typename T::Raw>)
            encode(to, value.raw());
        else
            encode_text(to, value.raw());
    } else if constexpr (StateMaybe<T>) {
        encode(to, static_cast<std::uint8_t>(value.has_value()));
        if (value) encode(to, *value);
    } else if constexpr (std::same_as<T, std::string>) {
        encode_text(to, value);
    } else if constexpr (StateList<T>) {
        encode(to, static_cast<std::uint32_t>(value.size()));
        for (const auto& item : value) encode(to, item);
    } else {
        // members() ties references to a value's own fields; none is written to here.
        std::apply([&](const auto&... field) { (encode(to, field), ...); },
                   const_cast<T&>(value).members());
    }
}

// ---- and back ----

template <class T> struct PairOf;
template <class A, class B> struct PairOf<std::pair<A, B>> {
    static std::optional<std::pair<A, B>> decode_pair(std::string_view& from) {
        auto first = decode<A>(from);
        if (!first) return {};
        auto second = decode<B>(from);
        if (!second) return {};
        return std::pair<A, B>{*std::move(first), *std::move(second)};
    }
};
inline std::optional<std::string_view> decode_text(std::string_view& from) {
    const auto size = decode<std::uint32_t>(from);
    if (!size || *size > from.size()) return {};
    const auto text = from.substr(0, *size);
    from.remove_prefix(*size);
    return text;
}
template <class T> std::optional<T> decode_list(std::string_view& from) {
    const auto count = decode<std::uint32_t>(from);
    if (!count || *count > from.size()) return {};  // every item takes a byte or more
    if constexpr (requires { T::size_max; })
        if (*count > T::size_max) return {};
    T list;
    for (std::uint32_t i = 0; i < *count; ++i) {
        auto item = decode<typename T::value_type>(from);
        if (!item) return {};
        list.push_back(*std::move(item));
    }
    return list;
}
template <class T> std::optional<T> decode_struct(std::string_view& from) {
    using Members = decltype(std::declval<T&>().members());
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> std::optional<T> {
        // Braces: decoded first to last; after a failure the rest find nothing to read.
        const auto field = [&]<class F>(std::type_identity<F>) -> std::optional<F> {
            auto value = decode<F>(from);
            if (!value) from = {};
            return value;
        };
        std::tuple fields{
            field(std::type_identity<std::remove_cvref_t<std::tuple_element_t<I, Members>>>())...};
        if (!(std::get<I>(fields).has_value() && ...)) return {};
        if constexpr (std::default_initializable<T>) {
            T value{};
            ((std::get<I>(value.members()) = *std::move(std::get<I>(fields))), ...);
            return value;
        } else {
            return T{*std::move(std::get<I>(fields))...};
        }
    }(std::make_index_sequence<std::tuple_size_v<Members>>());
}
template <class T> std::optional<T> decode(std::string_view& from) {
    if constexpr (StateNumber<T>) {
        if (from.size() < sizeof(T)) return {};
        T value;
        std::memcpy(&value, from.data(), sizeof value);
        from.remove_prefix(sizeof value);
        return value;
    } else if constexpr (StateChecked<T>) {
        const auto raw = [&] {
            if constexpr (std::is_arithmetic_v<typename T::Raw>)
                return decode<typename T::Raw>(from);
            else
                return decode_text(from);
        }();
        if (!raw) return {};
        const auto checked = T::from(*raw);
        return checked ? std::optional<T>(*checked) : std::nullopt;
    } else if constexpr (StateMaybe<T>) {
        const auto present = decode<std::uint8_t>(from);
        if (!present || *present > 1) return {};
        if (*present == 0) return T();
        auto value = decode<typename T::value_type>(from);
        if (!value) return {};
        return value;  // there, with a value in it
    } else if constexpr (std::same_as<T, std::string>) {
        const auto text = decode_text(from);
        return text ? std::optional<T>(*text) : std::nullopt;
    } else if constexpr (requires { PairOf<T>::decode_pair(from); }) {
        return PairOf<T>::decode_pair(from);
    } else if constexpr (StateList<T>) {
        return decode_list<T>(from);
    } else {
        return decode_struct<T>(from);
    }
}

template <class T> std::string to_state_bytes(const T& value) {
    std::string bytes;
    encode(bytes, value);
    return bytes;
}
template <class T> std::optional<T> from_state_bytes(std::string_view bytes) {
    auto value = decode<T>(bytes);
    return bytes.empty() ? std::move(value) : std::nullopt;
}

}  // namespace holdfast::wire
