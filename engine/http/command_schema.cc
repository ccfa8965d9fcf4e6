#include "engine/http/command_schema.h"

#include <algorithm>
#include <map>

#include "engine/domain/contexts.h"
#include "engine/http/problem_list.h"
#include "engine/wire/json_command.h"

namespace holdfast::http {
namespace {

using wire::Given;

constexpr std::string_view decided =
    R"({"type":"object","properties":{"id":{"type":"string"},)"
    R"("version":{"type":"integer","format":"int64","minimum":0},)"
    R"("events":{"type":"array","items":{"type":"object",)"
    R"("properties":{"type":{"type":"string"}},"required":["type"]}}},)"
    R"("required":["id","version","events"]})";
constexpr std::string_view order = R"({"$ref":"#/components/schemas/projections.OrderRow"})";
constexpr std::string_view version_member =
    R"("version":{"type":"integer","format":"int64","minimum":0,)"
    R"("description":"What the change is based on; as If-Match, but answered 409."})";
constexpr std::string_view element =
    R"({"type":"object","properties":{)"
    R"("method":{"type":"string","enum":["POST","PUT","PATCH","DELETE"]},)"
    R"("path":{"type":"string"},"key":{"type":"string"},"body":{"type":"object"},)"
    R"("time_ms":{"type":"integer","format":"int64","minimum":0},)"
    R"("if_match":{"type":"integer","format":"int64","minimum":0}},)"
    R"("required":["method","path"],"additionalProperties":false})";
constexpr std::string_view element_answered =
    R"({"type":"object","properties":{"status":{"type":"integer"},"body":{"type":"object"},)"
    R"("replayed":{"const":true}},)"
    R"("required":["status","body"]})";

Schema fixed(std::string_view text) {
    return [text] { return std::string(text); };
}
Schema list_of(std::string_view item) {
    return
        [item] { return R"({"type":"array","maxItems":10000,"items":)" + std::string(item) + "}"; };
}

std::vector<Given> given_by(const CommandRoute& route) {
    std::vector<Given> given;
    for (auto rest = route.path; rest.find('{') != rest.npos;) {
        rest.remove_prefix(rest.find('{') + 1);
        given.push_back({rest.substr(0, rest.find('}')), ""});
    }
    const bool is_in_path = std::ranges::find(given, route.made, &Given::name) != given.end();
    if (!route.made.empty() && !is_in_path) given.push_back({route.made, "", true});
    if (route.context == Stock::number) given.push_back({"order", ""});
    given.insert(given.end(), route.defaults.begin(), route.defaults.end());
    return given;
}

// An object's schema with a further member in front.
std::string with(std::string schema, std::string_view member) {
    constexpr std::string_view begin = R"("properties":{)";
    const auto at = schema.find(begin) + begin.size();
    return schema.insert(at, std::string(member) + (schema[at] == '}' ? "" : ","));
}

std::string message_schema(const CommandRoute& route, std::string_view message) {
    const auto* known = wire::json_message(route.context, message);
    assert(known);
    return with(wire::body_schema(*known, route.inside, given_by(route)), version_member);
}

std::string body_of(const CommandRoute& route) {
    if (!route.message.empty()) return message_schema(route, route.message);
    std::string list;
    for (const auto& [kind, message] : movements) {
        auto schema = with(message_schema(route, message),
                           R"("kind":{"const":")" + std::string(kind) + R"("})");
        constexpr std::string_view required = R"("required":[)";
        schema.insert(schema.rfind(required) + required.size(), R"("kind",)");
        list.append(list.empty() ? "" : ",").append(schema);
    }
    return R"({"oneOf":[)" + list + "]}";
}

void document_answers(Row& row, const CommandRoute& route) {
    const std::vector<std::string_view> headers{"ETag", "Holdfast-Token", "Holdfast-Command",
                                                "Idempotent-Replayed"};
    auto with_place = headers;
    with_place.emplace_back("Location");
    const Documented goes_on{202, "It is durable and goes on: look at Location.", fixed(decided),
                             with_place};
    switch (route.conversation) {
        case Conversation::checkout:
            row.answers = {{201, "The order is confirmed.", fixed(order), with_place}, goes_on};
            return;
        case Conversation::cancellation:
            row.answers = {{200, "What each warehouse answered.", fixed(decided), headers},
                           goes_on};
            return;
        case Conversation::none: break;
    }
    if (route.created_at.empty())
        row.answers = {{200, "It was decided, durably.", fixed(decided), headers}};
    else
        row.answers = {{201, "It was made, durably.", fixed(decided), with_place}};
}

void document_refusals(Row& row, const CommandRoute& route) {
    std::map<unsigned, std::string> names{
        {409, "idempotency_key_is_in_flight, version_is_stale"},
        {412, "version_is_stale, when If-Match said which"},
        {422, "idempotency_key_was_used, idempotency_key_is_too_old"}};
    if (route.conversation == Conversation::checkout) {
        names[402] = "payment_was_declined";
        names[409] += ", stock_is_insufficient, order_was_given_up";
        if (route.context == Cart::number) names[409] += ", order_exists_already";
    }
    for (const auto& [status, name] : rejections_of(route.context)) {
        auto& list = names[status];
        list.append(list.empty() ? "" : ", ").append(name);
    }
    for (auto& [status, list] : names) row.answers.push_back({status, std::move(list)});
}

}  // namespace

void document(Row& row, const CommandRoute& route) {
    row.headers = {
        {"Idempotency-Key",
         "1 to 128 visible characters: the same key gives the same answer, for 7 days.",
         route.method == Method::post},
        {"If-Match", "The version that the change is based on, as an ETag gave it."},
        {"Holdfast-Time",
         "Milliseconds since 1970: when it happened. Admins, where the engine keeps own times."},
        {"traceparent", "W3C Trace Context; kept with the record and all that follows from it."}};
    if (route.conversation != Conversation::none)
        row.headers.push_back({"Prefer",
                               "respond-async: do not wait for the outcome. Or "
                               "wait=<seconds>, at most 60; 10 when nothing is said."});
    row.body.schema = [&route] { return body_of(route); };
    document_answers(row, route);
    document_refusals(row, route);
}

void document_batch(Row& row) {
    row.body.schema = list_of(element);
    row.answers = {{200,
                    "One answer each, in their order; JSON Lines to JSON Lines.",
                    list_of(element_answered),
                    {"Holdfast-Token"}}};
}

}  // namespace holdfast::http
