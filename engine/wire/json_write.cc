#include "engine/wire/json_write.h"

#include "engine/wire/hex.h"

namespace holdfast::wire {
namespace {

// What stands for a character in a text, or nothing when it stands for itself.
std::string_view escape_of(char c, std::array<char, 6>& room) {
    switch (c) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20) return {};
    room = {'\\', 'u', '0', '0', hexadecimal_digits[byte >> 4U], hexadecimal_digits[byte & 15U]};
    return {room.data(), room.size()};
}

}  // namespace

void append_text(std::string& to, std::string_view text) {
    to += '"';
    std::array<char, 6> room;
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto escape = escape_of(text[at], room);
        if (escape.empty()) continue;
        to.append(text.substr(done, at - done)).append(escape);
        done = at + 1;
    }
    to.append(text.substr(done)).append("\"");
}

std::string quoted(std::string_view text) {
    std::string json;
    append_text(json, text);
    return json;
}

void append_member(std::string& to, const JsonNode& node) {
    append_text(to, node.name);
    to += ':';
    append_json(to, node);
}

void append_json(std::string& to, const JsonNode& node) {
    const auto inside = [&](char open, char close, auto append) {
        to += open;
        bool first = true;
        for (const auto& child : node) {
            if (!std::exchange(first, false)) to += ',';
            append(to, child);
        }
        to += close;
    };
    switch (node.kind) {
        case JsonKind::list: return inside('[', ']', append_json);
        case JsonKind::object: return inside('{', '}', append_member);
        case JsonKind::text: return append_text(to, node.text);
        default: to += node.text;
    }
}

void begin_field(std::string& to, std::string_view name) {
    if (to.back() != '{') to += ',';
    to.append("\"").append(name).append("\":");
}

void append_field(std::string& to, std::string_view name, std::string_view text) {
    begin_field(to, name);
    append_text(to, text);
}

void write_sealed(JsonWriter to, const Sealed& sealed) {
    to.out += "{\"subject\":";
    append_text(to.out, sealed.subject.raw());
    const auto opened =
        to.opener ? (*to.opener)(sealed) : Opened(std::unexpected(Error{Error::refused, {}}));
    if (!opened)
        to.out += ",\"sealed\":true}";
    else if (!*opened)
        to.out += ",\"forgotten\":true}";
    else if (opened->value().size() > 2)
        to.out.append(",").append(std::string_view(**opened).substr(1));
    else
        to.out += '}';
}

}  // namespace holdfast::wire
