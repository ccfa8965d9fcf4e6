// The commands of a batch: POST /v1/batch.
#include <algorithm>

#include "engine/http/commands.h"
#include "engine/wire/json_batch.h"
#include "engine/wire/json_read.h"

namespace holdfast::http {
namespace {

using wire::JsonKind;
using wire::JsonNode;

constexpr std::array<std::string_view, 6> element_fields{"method", "path",    "key",
                                                         "body",   "time_ms", "if_match"};

std::unexpected<Problem> wrong(Malformed what, std::string_view member) {
    wire::JsonProblem problem{what, ""};
    wire::append_step(problem.path, member);
    return std::unexpected(problem_of(problem));
}

std::expected<std::string_view, Problem> text_in(const JsonNode& element, std::string_view name) {
    const auto* node = element.find(name);
    if (!node) return wrong(Malformed::field_is_missing, name);
    if (node->kind != JsonKind::text) return wrong(Malformed::field_has_the_wrong_type, name);
    return node->text;
}

std::expected<std::optional<std::int64_t>, Problem> number_in(const JsonNode& element,
                                                              std::string_view name) {
    const auto* node = element.find(name);
    if (!node) return std::nullopt;
    const auto number = wire::integer_from(*node);
    if (!number) return wrong(number.error(), name);
    if (*number < 0) return wrong(Malformed::value_is_outside_its_range, name);
    return *number;
}

std::expected<std::string_view, Problem> key_in(const JsonNode& element) {
    if (!element.find("key")) return std::string_view();
    const auto key = text_in(element, "key");
    if (!key) return key;
    if (!is_idempotency_key(*key))
        return std::unexpected(Problem(problems::idempotency_key_is_malformed));
    return key;
}

std::optional<Problem> objection_to(const JsonNode& element) {
    if (element.kind != JsonKind::object)
        return Problem({400, wire::name_of(Malformed::field_has_the_wrong_type)});
    for (const auto& member : element)
        if (std::ranges::find(element_fields, member.name) == element_fields.end())
            return wrong(Malformed::field_is_unknown, member.name).error();
    return {};
}

}  // namespace

std::expected<Asked, Problem> Commands::ask(const JsonNode& element, const Request& batch,
                                            std::string& path) {
    static const JsonNode nothing{JsonKind::object};
    const auto& principal = *batch.principal;
    if (auto problem = objection_to(element)) return std::unexpected(*std::move(problem));
    const auto method = text_in(element, "method"), target = text_in(element, "path");
    if (!method) return std::unexpected(method.error());
    if (!target) return std::unexpected(target.error());
    path = *target;
    const auto match = router_.route_of(*method, *target);
    if (!match) return std::unexpected(match.error());
    const auto& route = match->route;
    if (!principal.scopes.has_one_of(route.scopes))
        return std::unexpected(scope_is_insufficient(route.scopes));
    const auto key = key_in(element);
    if (!key) return std::unexpected(key.error());
    const auto time = number_in(element, "time_ms"), version = number_in(element, "if_match");
    if (!time) return std::unexpected(time.error());
    if (!version) return std::unexpected(version.error());
    const auto* body = element.find("body");
    return http::ask(core_, {route, match->path, body ? *body : nothing, principal, *key, *version,
                             *time, batch.headers.traceparent});
}

Commands::Element Commands::read(std::string_view text, const Request& batch) {
    thread_local wire::JsonText json;
    Element element;
    const auto node = json.parse(text);
    if (!node) {
        element.problem = problem_of(node.error());
        return element;
    }
    auto asked = ask(**node, batch, element.path);
    if (!asked) {
        element.problem = std::move(asked.error());
        return element;
    }
    element.asked = *std::move(asked);
    if (!element.asked.keyless.empty()) return element;
    auto claimed = claim(element.asked.id);
    if (!claimed) {
        element.problem = std::move(claimed.error());
        return element;
    }
    element.claim = *std::move(claimed);
    return element;
}

std::vector<Commands::Element> Commands::read(std::span<const std::string_view> texts,
                                              const Request& batch) {
    std::vector<Element> elements;
    elements.reserve(texts.size());
    for (const auto text : texts) elements.push_back(read(text, batch));
    return elements;
}

Commands::Answered Commands::answer(const Element& element, const std::vector<Posting>& postings) {
    if (element.problem) {
        auto problem = *element.problem;
        if (!element.path.empty()) problem.instance(element.path);
        return {{}, problem.response()};
    }
    auto told = tell(element.asked, postings[element.posted]);
    auto response = told.problem ? respond(*told.problem, told, element.path)
                    : has_more_to_come(element.asked, told) ? respond(202, told, told.document)
                                                            : respond(element.asked, told);
    return {std::move(told), std::move(response)};
}

std::vector<std::string> Commands::keyless_in(std::span<const Element> elements) {
    std::vector<std::string> keyless;
    for (const auto& element : elements)
        if (!element.asked.keyless.empty()) keyless.push_back(element.asked.keyless);
    return keyless;
}

// The elements are as independent as requests of their own: what is wrong with one stops no other.
Task<Response> Commands::answer_batch(Request& request) {
    const auto texts = wire::cut_batch(request.body());
    if (!texts) co_return problem_of(texts.error()).response();
    auto elements = read(*texts, request);
    if (auto of_whom = keyless_in(elements); !of_whom.empty()) {
        elements.clear();
        co_await core_.key_work.prepare(std::move(of_whom));
        elements = read(*texts, request);  // the keys that are there now decide
    }
    std::vector<Posted> commands;
    for (auto& element : elements) {
        if (!element.problem && !element.asked.keyless.empty())
            element.problem = keys_are_unavailable();
        if (element.problem) continue;
        element.posted = commands.size();
        commands.push_back(element.asked.posted());
    }
    const auto postings = co_await post_all(core_.engine, std::move(commands));
    const auto first = request.body().find_first_not_of(" \t\r\n");
    const bool is_array = first != std::string_view::npos && request.body()[first] == '[';
    std::string body = is_array ? "[" : "";
    projections::Token token;
    for (const auto& element : elements) {
        const auto [told, response] = answer(element, postings);
        if (is_array && body.size() > 1) body += ',';
        body.append(R"({"status":)").append(std::to_string(response.status()));
        if (told.is_repeat) body += R"(,"replayed":true)";
        body.append(R"(,"body":)").append(response.body()).append("}");
        if (!is_array) body += '\n';
        token.merge(told.token);
    }
    if (is_array) body += ']';
    Response response(200);
    if (!token.empty()) response.header("Holdfast-Token", token.text());
    co_return std::move(
        response.body(is_array ? "application/json" : "application/x-ndjson", std::move(body)));
}

}  // namespace holdfast::http
