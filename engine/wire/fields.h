// The fields of an aggregate, in order, and their names. (C++26 will have this.)
//
// Limits  20 fields. Boost.PFR does the same but took 128 s to compile one context of 65 messages.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>

namespace holdfast::wire {

// N is known from the schema; another number of fields does not compile.
template <std::size_t N, class T> constexpr auto tied(T& value) {
    static_assert(N <= 20);
    // clang-format off
    if constexpr (N == 0) { return std::tie(); }
    else if constexpr (N == 1) { auto& [a] = value; return std::tie(a); }
    else if constexpr (N == 2) { auto& [a, b] = value; return std::tie(a, b); }
    else if constexpr (N == 3) { auto& [a, b, c] = value; return std::tie(a, b, c); }
    else if constexpr (N == 4) { auto& [a, b, c, d] = value; return std::tie(a, b, c, d); }
    else if constexpr (N == 5) { auto& [a, b, c, d, e] = value; return std::tie(a, b, c, d, e); }
    else if constexpr (N == 6) { auto& [a, b, c, d, e, f] = value; return std::tie(a, b, c, d, e, f); }
    else if constexpr (N == 7) { auto& [a, b, c, d, e, f, g] = value; return std::tie(a, b, c, d, e, f, g); }
    else if constexpr (N == 8) { auto& [a, b, c, d, e, f, g, h] = value; return std::tie(a, b, c, d, e, f, g, h); }
    else if constexpr (N == 9) { auto& [a, b, c, d, e, f, g, h, i] = value; return std::tie(a, b, c, d, e, f, g, h, i); }
    else if constexpr (N == 10) { auto& [a, b, c, d, e, f, g, h, i, j] = value; return std::tie(a, b, c, d, e, f, g, h, i, j); }
    else if constexpr (N == 11) { auto& [a, b, c, d, e, f, g, h, i, j, k] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k); }
    else if constexpr (N == 12) { auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l); }
    else if constexpr (N == 13) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m); }
    else if constexpr (N == 14) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n); }
    else if constexpr (N == 15) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o); }
    else if constexpr (N == 16) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p); }
    else if constexpr (N == 17) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q); }
    else if constexpr (N == 18) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r); }
    else if constexpr (N == 19) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s); }
    else if constexpr (N == 20) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t); }
    // clang-format on
}
template <class T, std::size_t N, std::size_t I>
using FieldAt = std::remove_cvref_t<std::tuple_element_t<I, decltype(tied<N>(std::declval<T&>()))>>;

// "booking" out of "... Field = (& some<...>.theatre::house::Booked::booking) ...", by GCC and
// clang.
constexpr std::string_view last_word(std::string_view text, std::string_view after) {
    text = text.substr(0, text.find_first_of(";]", text.find(after)));
    if (text.ends_with(')')) text.remove_suffix(1);
    return text.substr(text.find_last_of(":. ") + 1);
}
template <class T> extern const T some;
template <const auto* Field> consteval std::string_view name_of() {
    return last_word(__PRETTY_FUNCTION__, "Field = ");
}
template <class T> consteval std::string_view name_of() {
    return last_word(__PRETTY_FUNCTION__, "T = ");
}
template <class T, std::size_t N, std::size_t I> consteval std::string_view field_name() {
    return name_of<&std::get<I>(tied<N>(some<T>))>();
}

// The name of an enumerator; empty for a number without one. For enums numbered below 64.
template <auto Value> consteval std::string_view enumerator() {
    std::string_view text = __PRETTY_FUNCTION__;
    text = text.substr(text.find("Value = ") + 8);
    text = text.substr(0, text.find_first_of(";]"));
    if (text.find('(') != text.npos) return {};  // "(holdfast::Bin)9"
    return text.substr(text.find_last_of(':') + 1);
}
template <class Enum> constexpr std::string_view name_of(Enum value) {
    std::string_view name;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((std::to_underlying(value) == I && (name = enumerator<static_cast<Enum>(I)>(), true)) ||
         ...);
    }(std::make_index_sequence<64>());
    return name;
}

}  // namespace holdfast::wire
