#include "engine/http/problems.h"

#include <algorithm>

#include "engine/wire/json_write.h"

namespace holdfast::http {
namespace {

// "stock_is_insufficient" -> "Stock is insufficient"
std::string title_of(std::string_view name) {
    std::string title(name);
    std::ranges::replace(title, '_', ' ');
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
    return title;
}

constexpr bool continues(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// The length of the well-formed UTF-8 sequence that `text` begins with, or 0 (Unicode, table 3-7).
std::size_t sequence_at_front(std::string_view text) {
    const auto at = [&](std::size_t n) {
        return n < text.size() ? static_cast<unsigned char>(text[n])
                               : static_cast<unsigned char>(0);
    };
    const unsigned char first = at(0), second = at(1);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(second) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned char low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
        return second >= low && second <= high && continues(at(2)) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned char low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
        return second >= low && second <= high && continues(at(2)) && continues(at(3)) ? 4 : 0;
    }
    return 0;
}

// The text, with U+FFFD for each byte that is not UTF-8.
std::string mended(std::string_view text) {
    std::string mended;
    while (!text.empty()) {
        const auto length = sequence_at_front(text);
        mended.append(length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return mended;
}

}  // namespace

void append_json_string(std::string& to, std::string_view text) {
    wire::append_text(to, mended(text));
}

Problem::Problem(ProblemKind kind) : name_(kind.name), response_(kind.status) {
    members_.append(R"({"type":"/problems/)").append(name_).append(R"(","title":")");
    members_.append(title_of(name_)).append(R"(","status":)").append(std::to_string(kind.status));
}

Problem Problem::recorded(ProblemKind kind, std::string_view text) {
    Problem problem(kind);
    if (text.ends_with('}')) problem.members_ = text.substr(0, text.size() - 1);
    return problem;
}

Problem& Problem::with(std::string_view member, std::string_view text) {
    std::string quoted;
    append_json_string(quoted, text);
    return with_json(member, quoted);
}

Problem& Problem::with(std::string_view member, std::int64_t number) {
    return with_json(member, std::to_string(number));
}

Problem& Problem::with_json(std::string_view member, std::string_view json) {
    members_.append(",\"").append(member).append("\":").append(json);
    return *this;
}

Problem& Problem::header(std::string_view name, std::string_view value) {
    response_.header(name, value);
    return *this;
}

Response Problem::response() const {
    Response response = response_;
    response.body("application/problem+json", members_ + "}");
    return response;
}

}  // namespace holdfast::http
