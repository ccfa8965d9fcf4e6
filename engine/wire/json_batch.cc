#include "engine/wire/json_batch.h"

#include <algorithm>

namespace holdfast::wire {
namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(space);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

JsonProblem problem(Malformed what, std::size_t element) {
    return {what, "/" + std::to_string(element)};
}

// How far the text is one element of an array: to the comma or bracket after it, or npos.
std::size_t element_size(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        switch (text[at]) {
            case '"':
                for (++at; at < text.size() && text[at] != '"'; ++at)
                    if (text[at] == '\\') ++at;
                break;
            case '[':
            case '{': ++depth; break;
            case ',':
                if (depth == 0) return at;
                break;
            case ']':
            case '}':
                if (depth == 0) return at;
                --depth;
                break;
            default: break;
        }
    }
    return text.npos;
}

std::expected<std::vector<std::string_view>, JsonProblem> cut_array(std::string_view text) {
    std::vector<std::string_view> elements;
    text.remove_prefix(1);
    if (trimmed(text) == "]") return elements;
    while (true) {
        const auto place = elements.size();
        if (place == batch_elements_max)
            return std::unexpected(JsonProblem{Malformed::list_is_too_long, {}});
        const auto size = element_size(text);
        if (size == text.npos) return std::unexpected(problem(Malformed::text_is_not_json, place));
        elements.push_back(trimmed(text.substr(0, size)));
        const char end = text[size];
        if (elements.back().empty() || end == '}')
            return std::unexpected(problem(Malformed::text_is_not_json, place));
        text.remove_prefix(size + 1);
        if (end == ',') continue;
        if (!text.empty()) return std::unexpected(JsonProblem{Malformed::text_is_not_json, {}});
        return elements;
    }
}

std::expected<std::vector<std::string_view>, JsonProblem> cut_lines(std::string_view text) {
    std::vector<std::string_view> elements;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        if (elements.size() == batch_elements_max)
            return std::unexpected(JsonProblem{Malformed::list_is_too_long, {}});
        elements.push_back(line);
    }
    return elements;
}

}  // namespace

std::expected<std::vector<std::string_view>, JsonProblem> cut_batch(std::string_view body) {
    if (body.size() > batch_bytes_max)
        return std::unexpected(JsonProblem{Malformed::text_is_too_long, {}});
    const auto text = trimmed(body);
    if (text.empty()) return std::unexpected(JsonProblem{Malformed::text_is_empty, {}});
    return text.starts_with('[') ? cut_array(text) : cut_lines(text);
}

}  // namespace holdfast::wire
