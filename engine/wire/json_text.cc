#include "engine/wire/json_text.h"

#include <algorithm>

#include <simdjson.h>

#include "engine/wire/card_number.h"

namespace holdfast::wire {
namespace {

using simdjson::error_code;
namespace ondemand = simdjson::ondemand;

constexpr std::size_t depth_max = 32;
constexpr std::size_t values_max = 100'000;

Malformed malformed(error_code error) {
    return error == simdjson::UTF8_ERROR ? Malformed::text_is_not_utf8
                                         : Malformed::text_is_not_json;
}

// RFC 8259's grammar: a token that simdjson did not convert is checked here.
bool is_a_number(std::string_view token) {
    const auto digits = [&] {
        std::size_t size = 0;
        while (size < token.size() && token[size] >= '0' && token[size] <= '9') ++size;
        token.remove_prefix(size);
        return size;
    };
    const auto skip = [&](std::string_view any) {
        if (token.empty() || any.find(token.front()) == any.npos) return false;
        token.remove_prefix(1);
        return true;
    };
    skip("-");
    const bool zero = token.starts_with('0');
    const auto whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (skip(".") && digits() == 0) return false;
    if (skip("eE")) {
        skip("+-");
        if (digits() == 0) return false;
    }
    return token.empty();
}

std::string_view without_space_behind(std::string_view token) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    return token;
}

}  // namespace

struct JsonText::Parser {
    ondemand::parser parser;
    std::string padded;  // simdjson reads beyond the end
};

// One pass over a text. What it finds wrong is about the last node, or the one named.
class JsonText::Reading {
public:
    explicit Reading(std::vector<JsonNode>& nodes) : nodes_(nodes) {}

    std::expected<void, Malformed> read(ondemand::document& document) {
        std::string_view token;
        if (const auto error = document.raw_json_token().get(token)) return no(malformed(error));
        nodes_.emplace_back();
        if (token.starts_with('{')) {
            ondemand::object object;
            if (const auto error = document.get_object().get(object)) return no(malformed(error));
            if (auto done = read_object(object); !done) return done;
        } else if (token.starts_with('[')) {
            ondemand::array array;
            if (const auto error = document.get_array().get(array)) return no(malformed(error));
            if (auto done = read_list(array); !done) return done;
        } else {  // nobody asks for a bare value
            if (!token.starts_with('"'))
                if (auto done = read_word(without_space_behind(token)); !done) return done;
            return no(Malformed::field_has_the_wrong_type);
        }
        const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
        return at_end ? std::expected<void, Malformed>() : no(Malformed::text_is_not_json, 0);
    }
    // After a failure: the node it is about, to which a path leads.
    const JsonNode& culprit() {
        while (!open_.empty()) close();
        return nodes_[culprit_];
    }

private:
    std::unexpected<Malformed> no(Malformed what) {
        return no(what, nodes_.empty() ? 0 : nodes_.size() - 1);
    }
    std::unexpected<Malformed> no(Malformed what, std::size_t node) {
        culprit_ = node;
        return std::unexpected(what);
    }

    std::expected<void, Malformed> read_value(ondemand::value value) {
        const auto token = without_space_behind(value.raw_json_token());
        auto& node = nodes_.back();
        switch (token.empty() ? '\0' : token.front()) {
            case '{': {
                ondemand::object object;
                if (const auto error = value.get_object().get(object)) return no(malformed(error));
                return read_object(object);
            }
            case '[': {
                ondemand::array array;
                if (const auto error = value.get_array().get(array)) return no(malformed(error));
                return read_list(array);
            }
            case '"':
                node.kind = JsonKind::text;
                if (const auto error = value.get_string().get(node.text))
                    return no(malformed(error));
                if (has_a_card_number(node.text)) return no(Malformed::card_number_is_not_accepted);
                return {};
            default: return read_word(token);
        }
    }

    std::expected<void, Malformed> read_word(std::string_view token) {
        auto& node = nodes_.back();
        node.text = token;
        if (token == "true")
            node.kind = JsonKind::yes;
        else if (token == "false")
            node.kind = JsonKind::no;
        else if (token == "null")
            node.kind = JsonKind::null;
        else if (is_a_number(token))
            node.kind = JsonKind::number;
        else
            return no(Malformed::text_is_not_json);
        return {};
    }

    std::expected<void, Malformed> read_object(ondemand::object& object) {
        const auto here = nodes_.size() - 1;
        if (auto done = open(here, JsonKind::object); !done) return done;
        for (auto member : object) {
            ondemand::field field;
            if (const auto error = std::move(member).get(field)) return no(malformed(error));
            if (!add()) return no(Malformed::list_is_too_long, here);
            if (const auto error = field.unescaped_key().get(nodes_.back().name))
                return no(malformed(error), here);
            if (has_a_card_number(nodes_.back().name))
                return no(Malformed::card_number_is_not_accepted, here);
            if (auto done = read_value(std::move(field).value()); !done) return done;
        }
        close();
        if (const auto* twice = repeated(nodes_[here]))
            return no(Malformed::field_is_repeated,
                      static_cast<std::size_t>(twice - nodes_.data()));
        return {};
    }
    std::expected<void, Malformed> read_list(ondemand::array& array) {
        const auto here = nodes_.size() - 1;
        if (auto done = open(here, JsonKind::list); !done) return done;
        for (auto item : array) {
            ondemand::value value;
            if (const auto error = std::move(item).get(value)) return no(malformed(error));
            if (!add()) return no(Malformed::list_is_too_long, here);
            if (auto done = read_value(value); !done) return done;
        }
        close();
        return {};
    }
    bool add() {
        nodes_.emplace_back();
        return nodes_.size() <= values_max;
    }
    std::expected<void, Malformed> open(std::size_t here, JsonKind kind) {
        nodes_[here].kind = kind;
        if (open_.size() == depth_max) return no(Malformed::nesting_is_too_deep);
        open_.push_back(here);
        return {};
    }
    void close() {
        const auto here = open_.back();
        nodes_[here].size = static_cast<std::uint32_t>(nodes_.size() - here);
        open_.pop_back();
    }

    // The second member of a name, or null.
    const JsonNode* repeated(const JsonNode& object) {
        constexpr std::size_t few = 16;
        members_.clear();
        for (const auto& member : object) {
            if (members_.size() < few)
                for (const auto* other : members_)
                    if (other->name == member.name) return &member;
            members_.push_back(&member);
        }
        if (members_.size() <= few) return nullptr;
        std::ranges::stable_sort(members_, {}, &JsonNode::name);
        const auto same = std::ranges::adjacent_find(members_, {}, &JsonNode::name);
        return same == members_.end() ? nullptr : same[1];
    }

    std::vector<JsonNode>& nodes_;
    std::vector<const JsonNode*> members_;
    std::vector<std::size_t> open_;  // the lists and objects around the last node
    std::size_t culprit_ = 0;
};

std::size_t JsonNode::children() const {
    std::size_t count = 0;
    for (auto at = begin(); at != end(); ++at) ++count;
    return count;
}

const JsonNode* JsonNode::find(std::string_view member) const {
    if (kind == JsonKind::object)
        for (const auto& node : *this)
            if (node.name == member) return &node;
    return nullptr;
}

JsonText::JsonText() : parser_(std::make_unique<Parser>()) {}
JsonText::~JsonText() = default;

std::expected<const JsonNode*, JsonProblem> JsonText::parse(std::string_view text) {
    auto& padded = parser_->padded;
    padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(text);
    nodes_.clear();
    ondemand::document document;
    const auto error =
        parser_->parser
            .iterate(simdjson::padded_string_view(padded.data(), text.size(), padded.capacity()))
            .get(document);
    if (error) return std::unexpected(JsonProblem{malformed(error), {}});
    Reading reading(nodes_);
    const auto done = reading.read(document);
    if (done) return nodes_.data();
    return std::unexpected(JsonProblem{done.error(), path_of(nodes_.front(), reading.culprit())});
}

std::string path_of(const JsonNode& root, const JsonNode& node) {
    std::string path;
    for (const auto* at = &root; at != &node;) {
        const bool named = at->kind == JsonKind::object;
        std::size_t place = 0;
        for (const auto& inside : *at) {
            if (&node < &inside + inside.size) {
                append_step(path, named ? inside.name : std::to_string(place));
                at = &inside;
                break;
            }
            ++place;
        }
    }
    return path;
}

void append_step(std::string& path, std::string_view name) {
    path += '/';
    for (const char c : name)
        if (c == '~')
            path += "~0";
        else if (c == '/')
            path += "~1";
        else
            path += c;
}

}  // namespace holdfast::wire
