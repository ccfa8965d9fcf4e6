#include "engine/http/request.h"

#include <algorithm>
#include <cassert>
#include <charconv>

#include <boost/beast/core/string.hpp>

namespace holdfast::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using Checked = std::expected<void, Problem>;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The part before the next `separator`, which is taken off.
std::string_view take_part(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto part = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

template <class Number> std::optional<Number> number_in(std::string_view text) {
    Number number = 0;
    const auto [stop, error] = std::from_chars(text.begin(), text.end(), number);
    if (text.empty() || error != std::errc() || stop != text.end()) return {};
    return number;
}

std::string_view unquoted(std::string_view text) {
    const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

std::unexpected<Problem> malformed(std::string_view header, std::string_view rule) {
    Problem problem(problems::header_is_malformed);
    problem.with("header", header).detail(rule);
    return std::unexpected(std::move(problem));
}

// A header of ours that stands there twice could mean either.
Checked set_once(std::string_view& slot, std::string_view header, std::string_view value) {
    if (!slot.empty()) return malformed(header, "it is given more than once");
    slot = value;
    return {};
}

Checked read_idempotency_key(Headers& headers, std::string_view value) {
    const auto key = unquoted(value);
    if (!is_idempotency_key(key))
        return malformed("Idempotency-Key", "1 to 128 characters of visible ASCII");
    return set_once(headers.idempotency_key, "Idempotency-Key", key);
}

// Our versions are strong entity tags: "17".
Checked read_if_match(Headers& headers, std::string_view value) {
    if (headers.if_match) return malformed("If-Match", "it is given more than once");
    if (value == "*") {
        headers.if_match = IfMatch{};
        return {};
    }
    const auto version = number_in<std::uint64_t>(unquoted(value));
    if (!version || !value.starts_with('"'))
        return malformed("If-Match", "a version in quotes as an ETag gave it, or *");
    headers.if_match = IfMatch{version};
    return {};
}

// A list, on any number of lines. A cache in between may have made a tag a weak one.
Checked read_if_none_match(Headers& headers, std::string_view value) {
    while (!value.empty()) {
        auto tag = take_part(value, ',');
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (!tag.empty()) headers.if_none_match.push_back(tag);
    }
    return {};
}

// What is not known here is not an error: preferences may be ignored.
Checked read_prefer(Headers& headers, std::string_view value) {
    while (!value.empty()) {
        auto preference = take_part(value, ',');
        auto setting = take_part(preference, ';');
        const auto name = take_part(setting, '=');
        if (beast::iequals(name, "respond-async")) headers.respond_async = true;
        if (!beast::iequals(name, "wait")) continue;
        const auto seconds = number_in<std::uint32_t>(unquoted(trimmed(setting)));
        if (!seconds) return malformed("Prefer", "wait=<seconds>");
        headers.wait = std::min(wait_max, std::chrono::seconds(*seconds));
    }
    return {};
}

Checked read_own_time(Headers& headers, std::string_view value) {
    const auto time = number_in<std::int64_t>(value);
    if (headers.own_time_ms || !time || *time < 0)
        return malformed("Holdfast-Time", "milliseconds since 1970, once");
    headers.own_time_ms = time;
    return {};
}

// Headers without a number at Beast are found by name; the first letters tell most apart.
Checked read_unnumbered(Headers& headers, std::string_view name, std::string_view value) {
    if (beast::iequals(name, "Idempotency-Key")) return read_idempotency_key(headers, value);
    if (beast::iequals(name, "Holdfast-Time")) return read_own_time(headers, value);
    if (beast::iequals(name, "traceparent") && is_traceparent(value)) headers.traceparent = value;
    return {};
}

Checked read_one(Headers& headers, const Received::const_iterator::value_type& line) {
    const std::string_view value(line.value().data(), line.value().size());
    switch (line.name()) {
        case field::authorization: return set_once(headers.authorization, "Authorization", value);
        case field::content_type: return set_once(headers.content_type, "Content-Type", value);
        case field::if_match: return read_if_match(headers, value);
        case field::if_none_match: return read_if_none_match(headers, value);
        case field::prefer: return read_prefer(headers, value);
        case field::unknown: {
            const auto name = line.name_string();
            return read_unnumbered(headers, {name.data(), name.size()}, value);
        }
        default: return {};
    }
}

bool is_lower_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}
bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

// version 2, trace 32, parent 16, flags 2 lower-case hexadecimal digits; later versions may add.
bool is_traceparent(std::string_view text) {
    constexpr std::size_t length = 55;
    if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
    const auto version = text.substr(0, 2), trace = text.substr(3, 32),
               parent = text.substr(36, 16);
    if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(parent)) return false;
    if (!is_lower_hex(text.substr(53, 2)) || is_zero(trace) || is_zero(parent)) return false;
    if (version == "ff") return false;
    return text.size() == length || (version != "00" && text[length] == '-');
}

bool is_idempotency_key(std::string_view text) {
    return !text.empty() && text.size() <= idempotency_key_bytes_max &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '"'; });
}

std::expected<Headers, Problem> read_headers(const Received& received) {
    Headers headers;
    for (const auto& line : received)
        if (auto checked = read_one(headers, line); !checked)
            return std::unexpected(std::move(checked.error()));
    return headers;
}

void PathParameters::add(Parameter parameter) {
    assert(count_ < list_.size());
    list_[count_++] = std::move(parameter);
}

std::string_view PathParameters::operator[](std::string_view name) const {
    const auto found = std::ranges::find(list_, name, &Parameter::name);
    assert(found != list_.end());
    return found->value;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    const auto found = std::ranges::find(query, name, &Parameter::name);
    if (found == query.end()) return {};
    return found->value;
}

}  // namespace holdfast::http
