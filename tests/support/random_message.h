// A random message of a context, each field anywhere in its type's range and often at an end of it.
// Nothing is written per message: include the context's _tables.h too.
#pragma once

#include <array>
#include <optional>

#include "engine/domain/sale.h"
#include "engine/wire/json_read.h"
#include "tests/support/random.h"

namespace holdfast {

template <class Kind, class Raw>
Number<Kind, Raw> random_plain(Random& random, std::type_identity<Number<Kind, Raw>>) {
    const auto raw = random.one_in(4)   ? Kind::min
                     : random.one_in(4) ? Kind::max
                                        : random.between(Kind::min, Kind::max);
    return known<Number<Kind, Raw>>(raw);
}
template <class Kind> Id<Kind> random_plain(Random& random, std::type_identity<Id<Kind>>) {
    constexpr std::string_view letters = "abcxyzABCXYZ09-_.~:+";
    std::string text;
    const auto size = random.between(1, random.one_in(4) ? Kind::bytes_max : 6);
    for (std::int64_t i = 0; i < size; ++i) text += random.pick(letters);
    return Id<Kind>::from(text).value();
}
template <std::size_t Max> Text<Max> random_plain(Random& random, std::type_identity<Text<Max>>) {
    constexpr auto pieces =
        std::to_array<std::string_view>({"a", "\"", "\\", "/", " ", "\u00e9", "\u4e2d",
                                         "\U0001f3e2", "{", "]", ",", "null", "\u2028", "7"});
    std::string text;
    while (!random.one_in(8)) text += random.pick(pieces);
    while (text.size() > Max || !is_utf8(text)) text.pop_back();
    return Text<Max>::from(text).value();
}
inline Currency random_plain(Random& random, std::type_identity<Currency>) {
    std::string text;
    while (text.size() < 3) text += static_cast<char>(random.between('A', 'Z'));
    return Currency::from(text).value();
}
inline bool random_plain(Random& random, std::type_identity<bool>) { return random.one_in(2); }
template <std::unsigned_integral N> N random_plain(Random& random, std::type_identity<N>) {
    return static_cast<N>(random.between(0, std::numeric_limits<N>::max()));
}
template <class Enum>
    requires std::is_enum_v<Enum>
Enum random_plain(Random& random, std::type_identity<Enum>) {
    while (true) {
        const auto number = static_cast<std::size_t>(random.between(0, 63));
        if (!wire::words_of<Enum>[number].empty()) return static_cast<Enum>(number);
    }
}
inline Sealed random_plain(Random& random, std::type_identity<Sealed>) {
    return {random_plain(random, std::type_identity<SubjectId>()), {}};
}

template <class Table, class T> T random_message(Random& random);

template <class T, class W> T random_value(Random& random) {
    if constexpr (wire::Maybe<T>) {
        return random.one_in(2) ? T() : T(random_value<typename T::value_type, W>(random));
    } else if constexpr (requires { random_plain(random, std::type_identity<T>()); }) {
        return random_plain(random, std::type_identity<T>());
    } else if constexpr (wire::Listed<T>) {
        T list;
        while (random.one_in(2))
            list.push_back(random_value<typename T::value_type, wire::ItemIn<W>>(random));
        return list;
    } else {
        return random_message<wire::TableIn<W>, T>(random);
    }
}
template <class Table, class T> T random_message([[maybe_unused]] Random& random) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return T{random_value<wire::FieldAt<T, wire::fields_in<Table>, I>, wire::WireAt<Table, I>>(
            random)...};
    }(wire::fields<Table, T>());
}
// Its alternative's number chooses the message.
template <class Union> Union random_of(Random& random, std::size_t index) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::optional<Union> message;
        ((index == I &&
          (message = random_message<wire::TableAt<Union, I>, std::variant_alternative_t<I, Union>>(
               random),
           true)) ||
         ...);
        return *std::move(message);
    }(wire::slots<Union>());
}

}  // namespace holdfast
