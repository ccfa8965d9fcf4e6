// JSON text: a text from outside as a tree of nodes, once it keeps every rule that no message can
// change.
//
// Order      nodes stand in the order of the text; a member's node bears its name.
// Lifetime   nodes are views into their JsonText, until its next parse().
// Threading  a JsonText by one thread at a time; it keeps its memory, so one is used for many
//            texts.
// Limits     32 deep, 100,000 values.
// Errors     what is no JSON by RFC 8259, is no UTF-8, is too deep, names a member twice, or has a
//            card number in a text or a name.
// Source     simdjson reads it; JSON pointers are RFC 6901's.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/types.h"

namespace holdfast::wire {

// What is wrong with a text, and where: a JSON pointer, "" for the whole.
struct JsonProblem {
    Malformed what;
    std::string path;
    friend bool operator==(const JsonProblem&, const JsonProblem&) = default;
};

enum class JsonKind : std::uint8_t { null, no, yes, number, text, list, object };

struct JsonNode {
    JsonKind kind = JsonKind::null;
    std::uint32_t size = 1;      // in nodes: itself and what is inside
    std::string_view name = {};  // of an object's member
    std::string_view text = {};  // a text without its escapes; a number as it was written

    // What is directly inside a list or an object.
    class Inside {
    public:
        explicit Inside(const JsonNode* at) : at_(at) {}
        const JsonNode& operator*() const { return *at_; }
        Inside& operator++() { return at_ += at_->size, *this; }
        friend bool operator==(Inside, Inside) = default;

    private:
        const JsonNode* at_;
    };
    Inside begin() const { return Inside(this + 1); }
    Inside end() const { return Inside(this + size); }
    std::size_t children() const;
    const JsonNode* find(std::string_view member) const;
};

class JsonText {
public:
    JsonText();
    ~JsonText();

    std::expected<const JsonNode*, JsonProblem> parse(std::string_view text);

private:
    struct Parser;
    class Reading;
    std::unique_ptr<Parser> parser_;
    std::vector<JsonNode> nodes_;
};

// The JSON pointer that leads from a node to one inside it.
std::string path_of(const JsonNode& root, const JsonNode& node);
// A member's name as a step of a JSON pointer.
void append_step(std::string& path, std::string_view name);

}  // namespace holdfast::wire
