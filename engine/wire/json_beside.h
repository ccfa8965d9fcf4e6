// What stands in a body beside a message's own fields: the values that the route knows already, the
// envelope's fields, personal data that is sealed before it becomes a field.
//
// Invariant  no message has a field of the envelope's name.
// Errors     of a given value: the body says another one. Of the envelope: a field's limit
//            (envelope.h); metadata is an object. Of personal data: no object, or larger than a box
//            holds.
#pragma once

#include <array>
#include <functional>
#include <span>

#include "engine/ports/error.h"
#include "engine/wire/envelope.h"
#include "engine/wire/json_text.h"

namespace holdfast::wire {

// What is wrong, and at which node; `field` names the field of that object that it is about.
struct JsonFault {
    Malformed what;
    const JsonNode* at;
    std::string_view field = {};
};
template <class T> using FromJson = std::expected<T, JsonFault>;
JsonProblem problem_in(const JsonNode& body, const JsonFault& fault);

// A value that the request's path or the route supplies. A body that has the field says the same; a
// fallback holds only where the body says nothing. What is no field of the message is compared and
// dropped.
struct Given {
    std::string_view name, value;
    bool fallback = false;
};

constexpr std::array<std::string_view, 5> envelope_fields{"reason", "reference", "channel", "actor",
                                                          "metadata"};

// Personal data as it came: whose it is, if that was said, and the rest as JSON without spaces.
struct Personal {
    std::optional<SubjectId> subject;
    std::string text;
};
FromJson<Personal> personal_from(const JsonNode& node);

class JsonBeside {
public:
    explicit JsonBeside(std::span<const Given> given, std::string_view inside = {})
        : given_(given), inside_(inside) {}

    // A member that is no field of the message; what is wrong with it, if anything is.
    std::optional<Malformed> take(const JsonNode& member);
    const Given* given(std::string_view name) const;
    std::string_view inside() const { return inside_; }
    void go_inside() { inside_ = {}; }
    void take_personal(const JsonNode& node) { personal_ = &node; }

    const JsonNode* personal() const { return personal_; }
    FromJson<void> fill(Envelope& envelope) const;

private:
    std::span<const Given> given_;
    std::string_view inside_;
    std::array<const JsonNode*, envelope_fields.size()> envelope_{};
    const JsonNode* personal_ = nullptr;
};

}  // namespace holdfast::wire
