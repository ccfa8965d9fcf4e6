#include "engine/http/openapi.h"

#include <algorithm>
#include <map>

#include "engine/http/documents.h"
#include "engine/http/problem_list.h"
#include "engine/wire/json_schema.h"

namespace holdfast::http {
namespace {

constexpr std::string_view about =
    R"({"title":"Holdfast","version":"1","summary":"Orders and inventory, decided one at a time.",)"
    R"("description":"Money is integer minor units of one currency, times are milliseconds since )"
    R"(1970. What is refused is a problem by name: application/problem+json.",)"
    R"("license":{"name":"Apache-2.0","identifier":"Apache-2.0"}})";
constexpr std::string_view problem_members =
    R"("type":{"$ref":"#/components/schemas/ProblemType"},"title":{"type":"string"},)"
    R"("status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"},)"
    R"("pointer":{"type":"string","description":"The place in the body, RFC 6901."},)"
    R"("subject":{"type":"string","description":"What it is about."},)"
    R"("current_version":{"type":"integer","format":"int64"})";
constexpr std::string_view header_components =
    R"({"ETag":{"description":"The version, in quotes.","schema":{"type":"string"}},)"
    R"("Holdfast-Token":{"description":"Give it as wait_for to a read that is to see this.",)"
    R"("schema":{"type":"string"}},)"
    R"("Holdfast-Command":{"description":"The command's id; none without a key.",)"
    R"("schema":{"type":"string"}},)"
    R"("Idempotent-Replayed":{"description":"true: the key came before, with the same request.",)"
    R"("schema":{"type":"string"}},)"
    R"("Location":{"description":"Where it is.","schema":{"type":"string"}}})";

using wire::quoted, wire::reference_to;

// A JSON object or array, member by member.
class Members {
public:
    explicit Members(char open) : text_(1, open) {}
    Members& item(std::string_view json) {
        if (text_.size() > 1) text_ += ',';
        text_.append(json);
        return *this;
    }
    Members& json(std::string_view name, std::string_view json) {
        return item(quoted(name).append(":").append(json));
    }
    Members& text(std::string_view name, std::string_view value) {
        return json(name, quoted(value));
    }
    std::string closed() const { return text_ + (text_.front() == '{' ? '}' : ']'); }

private:
    std::string text_;
};

std::string lower(std::string_view text) {
    std::string letters(text);
    for (char& c : letters)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return letters;
}

// Calls visit(name) for each parameter of a path.
void each_parameter(std::string_view path, const std::function<void(std::string_view)>& visit) {
    for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1))
        visit(path.substr(open + 1, path.find('}', open) - open - 1));
}

// "PUT /v1/carts/{cart}/lines/{line}" -> "putCartsCartLinesLine", which generators make a name of.
std::string operation_id(const Row& row) {
    auto id = lower(name_of(row.method));
    bool begins = false;
    const auto path = row.path.starts_with("/v1/") ? row.path.substr(3) : row.path;
    for (const char c : path) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_letter) id += begins && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
        begins = !is_letter;
    }
    return id;
}

// What the path is about: "carts".
std::string_view tag(std::string_view path) {
    if (!path.starts_with("/v1/")) return "operations";
    path.remove_prefix(4);
    return path.substr(0, path.find('/'));
}

constexpr std::string_view any_text = R"({"type":"string"})",
                           some_text = R"({"type":"string","minLength":1})";

struct Shown {
    std::string_view name, in;
    bool is_required = false;
    std::string_view meaning = {};
    std::string_view schema = any_text;
};
std::string parameter(const Shown& shown) {
    Members members('{');
    members.text("name", shown.name).text("in", shown.in);
    members.json("required", shown.is_required ? "true" : "false");
    if (!shown.meaning.empty()) members.text("description", shown.meaning);
    return members.json("schema", shown.schema).closed();
}

std::string parameters(const Row& row) {
    Members list('[');
    each_parameter(row.path, [&](std::string_view name) {
        list.item(parameter({name, "path", true, {}, some_text}));
    });
    for (const auto& [name, meaning, schema] : row.query)
        list.item(parameter({name, "query", false, meaning, schema.empty() ? any_text : schema}));
    for (const auto& [name, meaning, is_required] : row.headers)
        list.item(parameter({name, "header", is_required, meaning}));
    return list.closed();
}

std::string content(std::string_view media_type, std::string_view schema) {
    return Members('{').json(media_type, Members('{').json("schema", schema).closed()).closed();
}

std::string body(const Body& body) {
    Members types('{');
    const auto schema = body.schema ? body.schema() : "{}";
    for (const auto type : body.media_types)
        types.json(type, Members('{').json("schema", schema).closed());
    const bool is_needed = schema.find(R"("required":[)") != schema.npos;
    return Members('{')
        .json("required", is_needed ? "true" : "false")
        .json("content", types.closed())
        .closed();
}

std::string answer(const Documented& given) {
    Members members('{');
    members.text("description", given.meaning);
    if (!given.headers.empty()) {
        Members headers('{');
        for (const auto name : given.headers)
            headers.json(name, reference_to(name, "components/headers"));
        members.json("headers", headers.closed());
    }
    if (given.status >= 400)
        members.json("content", content("application/problem+json", reference_to("Problem")));
    else if (given.schema)
        members.json("content", content("application/json", given.schema()));
    return members.closed();
}

std::string answers(const Row& row) {
    Members list('{');
    for (const auto& given : row.answers) list.json(std::to_string(given.status), answer(given));
    list.json("default", reference_to("Problem", "components/responses"));
    return list.closed();
}

// Any one of them is enough.
std::string security(Scopes scopes) {
    Members list('[');
    for (std::size_t i = 0; i < scope_names.size(); ++i)
        if (scopes.has(static_cast<Scope>(i)))
            list.item(R"({"token":[)" + quoted(scope_names[i]) + "]}");
    return list.closed();
}

std::string operation(const Row& row) {
    Members members('{');
    members.text("operationId", operation_id(row)).text("summary", row.summary);
    members.json("tags", Members('[').item(quoted(tag(row.path))).closed());
    members.json("parameters", parameters(row));
    if (!row.body.media_types.empty()) members.json("requestBody", body(row.body));
    members.json("responses", answers(row)).json("security", security(row.scopes));
    return members.closed();
}

std::string problem_type() {
    Members names('[');
    for (const auto& kind : all_problems())
        names.item(quoted("/problems/" + std::string(kind.name)));
    return Members('{').text("type", "string").json("enum", names.closed()).closed();
}

std::string components() {
    wire::JsonSchemas schemas;
    wire::add_schemas(schemas);
    add_document_schemas(schemas);
    schemas["Problem"] = R"({"type":"object","properties":{)" + std::string(problem_members) +
                         R"(},"required":["type","title","status"]})";
    schemas["ProblemType"] = problem_type();
    Members list('{');
    for (const auto& [name, schema] : schemas) list.json(name, schema);
    Members members('{');
    members.json("schemas", list.closed()).json("headers", header_components);
    const auto refused = answer({400, "Why it was not done.", {}, {}});
    members.json("responses", Members('{').json("Problem", refused).closed());
    members.json("securitySchemes",
                 R"({"token":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
    return members.closed();
}

}  // namespace

std::string openapi(const std::vector<Row>& rows) {
    std::map<std::string_view, Members> paths;
    for (const Row& row : rows)
        paths.try_emplace(row.path, '{')
            .first->second.json(lower(name_of(row.method)), operation(row));
    Members list('{');
    for (const auto& [path, operations] : paths) list.json(path, operations.closed());
    Members document('{');
    document.text("openapi", "3.1.0").json("info", about).json("servers", R"([{"url":"/"}])");
    return document.json("paths", list.closed()).json("components", components()).closed();
}

namespace {

Row document_row(std::string_view path, std::string_view summary) {
    Row row{Method::get, path, {}, Shedding::never, nullptr, summary};
    row.answers = {{200, "The document.", [] { return R"({"type":"object"})"; }}};
    return row;
}
void answer_with(Row& row, std::string document) {
    row.handler = [text = std::move(document)](Request&) -> Task<Response> {
        Response response(200);
        response.body("application/json", text);
        co_return response;
    };
}

}  // namespace

Row openapi_row(const std::vector<Row>& others) {
    auto row = document_row("/openapi.json", "This document.");
    auto rows = others;
    rows.push_back(row);
    answer_with(row, openapi(rows));
    return row;
}

Row asyncapi_row(std::string document) {
    auto row = document_row("/asyncapi.json", "What the public topics hold: AsyncAPI 3.0.");
    answer_with(row, std::move(document));
    return row;
}

}  // namespace holdfast::http
