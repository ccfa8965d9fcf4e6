// JSON command: a request's body as the bytes of a command record, for any message of any context.
//
// Order      the body is read whole, then its personal data is sealed, then the record is written:
//            what is refused has left no trace.
// Invariant  the record's envelope has the request's fingerprints filled in.
// Threading  by any thread, each request and its nodes by one.
// Errors     JsonProblem: what is wrong with the body, and where. KeyIsMissing, Error: it could not
//            be sealed; nothing is wrong with the body.
#pragma once

#include <map>
#include <variant>

#include "engine/wire/json_beside.h"

namespace holdfast::wire {

// What was sealed, and a number that is the same for the same text and subject (KeyStore).
struct Sealing {
    Sealed sealed;
    std::uint64_t fingerprint = 0;
};
// Whose key is to be made first (KeyStore::prepare).
struct KeyIsMissing {
    SubjectId subject;
};
using SealFailure = std::variant<KeyIsMissing, Error>;
// The subject: who the body says it is, else the message's customer, else nobody is known.
using Sealer =
    std::function<std::expected<Sealing, SealFailure>(std::optional<SubjectId>, std::string_view)>;

struct JsonRequest {
    const JsonNode* body = nullptr;
    std::string_view inside = {};  // the message's field that the body is; empty: it is the message
    std::span<const Given> given = {};
    std::string_view key = {};  // of the stream
    std::optional<Version> expected = {};
    Envelope envelope = {};          // the body's own fields go before
    const Sealer* sealer = nullptr;  // none: personal data is an unknown field
};

using JsonFailure = std::variant<JsonProblem, KeyIsMissing, Error>;
using JsonCommand = std::expected<std::string, JsonFailure>;
// Schemas by name, each a JSON text: the components of an OpenAPI document.
using JsonSchemas = std::map<std::string, std::string, std::less<>>;

// What a schema says of a struct's field; `inside`: its own fields, when it is a struct itself.
struct FieldSchema {
    std::string_view name;
    bool required;
    std::string (*schema)(JsonSchemas* referred);
    std::span<const FieldSchema> (*inside)();
};

// A message that may be asked for, and what can be done with it.
struct JsonMessage {
    std::uint8_t context;
    std::string_view name;
    JsonCommand (*command)(JsonRequest request);
    std::span<const FieldSchema> (*fields)();
};

// A context's command by its name, "Reserve"; null when there is none.
const JsonMessage* json_message(std::uint8_t context, std::string_view name);

// The schema of a message's body: without what is given, with the envelope's fields. A fallback is
// the field's default; one without a value is worked out when the field is left out.
std::string body_schema(const JsonMessage& message, std::string_view inside,
                        std::span<const Given> given);
// Every struct of the contexts' commands and events, and the events of each context.
void add_schemas(JsonSchemas& to);

}  // namespace holdfast::wire
