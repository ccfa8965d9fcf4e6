#include "engine/http/recall.h"

#include <algorithm>

#include "engine/http/waiting.h"
#include "engine/wire/personal.h"

namespace holdfast::http {
namespace {

std::vector<Posted> questions(const std::vector<PartitionId>& partitions,
                              const wire::CommandId& id) {
    std::vector<Posted> list;
    for (const auto at : partitions) {
        Posted posted{at.context, {}, fb::Source::direct, {}, {}};
        posted.to = at;
        posted.asks_of = id;
        list.push_back(std::move(posted));
    }
    return list;
}

void add(std::vector<PartitionId>& list, PartitionId at) {
    if (std::ranges::find(list, at) == list.end()) list.push_back(at);
}
void add_all(std::vector<PartitionId>& list, std::uint8_t context, std::uint16_t partitions) {
    for (std::uint16_t at = 0; at < partitions; ++at) add(list, {context, at});
}

bool may_know(const Principal& principal, const wire::JsonDecision& decision) {
    if (principal.scopes.has(Scope::admin)) return true;
    if (decision.header.envelope.client != principal.client) return false;
    return principal.cart.empty() || (decision.context == Cart::number && !decision.parts.empty() &&
                                      decision.parts.front().key == principal.cart);
}

std::string document_of(const wire::JsonDecision& decision) {
    const auto& header = decision.header;
    std::string text = "{";
    const auto add = std::bind_front(wire::append_field, std::ref(text));
    add("command", text_of(header.envelope.id));
    add("client", header.envelope.client);
    add("context", context_name(decision.context));
    add("outcome", wire::name_of(header.outcome));
    wire::begin_field(text, "decided_at_ms");
    wire::append_number(text, header.at_ms.raw());
    if (!decision.parts.empty()) {
        const auto& part = decision.parts.front();
        add("stream", part.key);
        add("asked", part.message);
        wire::begin_field(text, "version");
        wire::append_number(text, part.after);
        wire::begin_field(text, "events");
        text += part.events;
    }
    if (const auto problem = problem_in(decision, false)) {
        wire::begin_field(text, "problem");
        text += problem->response().body();
    }
    return text + "}";
}

Response unknown(const Request& request) {
    return Problem(problems::command_is_unknown).instance(path_of(request.received)).response();
}

Response malformed(std::string_view parameter) {
    return Problem(problems::query_is_malformed).with("parameter", parameter).response();
}

constexpr std::string_view shows =
    R"({"type":"object","properties":{"command":{"type":"string"},"client":{"type":"string"},)"
    R"("context":{"type":"string"},"outcome":{"type":"string",)"
    R"("enum":["accepted","refused","stale","malformed","poison","turned_away"]},)"
    R"("decided_at_ms":{"type":"integer","format":"int64"},"stream":{"type":"string"},)"
    R"("asked":{"type":"string"},"version":{"type":"integer","format":"int64"},)"
    R"("events":{"type":"array","items":{"type":"object"}},)"
    R"("problem":{"$ref":"#/components/schemas/Problem"}},)"
    R"("required":["command","client","context","outcome","decided_at_ms"]})";

}  // namespace

Recall::Recall(const Core& core) : core_(core) {}

std::vector<CommandMatch> Recall::commands_at(std::string_view path) const {
    std::vector<CommandMatch> commands;
    for (const auto method : {Method::post, Method::put, Method::patch, Method::remove})
        if (auto found = router_.route_of(name_of(method), path))
            commands.push_back(*std::move(found));
    return commands;
}

// Where they were decided: the partition of the stream that the path names; every one of the
// context when the stream's id was the body's.
std::vector<PartitionId> Recall::partitions_of(std::span<const CommandMatch> commands) const {
    std::vector<PartitionId> list;
    for (const auto& [route, path] : commands) {
        if (route.path.contains("{" + std::string(route.stream) + "}"))
            add(list,
                core_.engine.partition_of(route.context, stream_of(route, path[route.stream])));
        else
            add_all(list, route.context, core_.engine.settings().partitions);
    }
    return list;
}

std::vector<PartitionId> Recall::everywhere() const {
    std::vector<PartitionId> list;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        add_all(list, context, core_.engine.settings().partitions);
    return list;
}

std::vector<Row> Recall::rows() {
    using enum Scope;
    const Scopes everybody{storefront, browser, warehouse, analyst, admin};
    const Scopes servers{storefront, warehouse, analyst, admin};
    std::vector<Row> rows;
    rows.push_back({Method::get,
                    "/v1/commands/{command}",
                    servers,
                    Shedding::carts,
                    [this](Request& request) { return by_id(request); },
                    "What became of a command, by its Holdfast-Command.",
                    {wait_for_parameter}});
    rows.push_back({Method::get,
                    "/v1/commands",
                    everybody,
                    Shedding::carts,
                    [this](Request& request) { return by_key(request); },
                    "What became of a command, by its key and path.",
                    {{"key", "Its Idempotency-Key."},
                     {"path", "The path that it was sent to."},
                     {"client", "Whose it is: one's own when left out; admins may ask for others."},
                     wait_for_parameter}});
    rows[0].cost = [this](const Request&) { return everywhere().size(); };
    rows[1].cost = [this](const Request& request) {
        const auto path = request.query_value("path");
        return path ? std::max<std::size_t>(1, partitions_of(commands_at(*path)).size()) : 1;
    };
    for (auto& row : rows)
        row.answers = {{200, "What was decided.", [] { return std::string(shows); }},
                       {404, "command_is_unknown"}};
    return rows;
}

Task<Response> Recall::by_id(Request& request) const {
    const auto id = command_id_in(request.path["command"]);
    if (!id) co_return Problem(problems::path_is_malformed).with("parameter", "command").response();
    co_return co_await find(request, *id, everywhere());
}

Task<Response> Recall::by_key(Request& request) const {
    const auto& principal = *request.principal;
    const auto key = request.query_value("key"), path = request.query_value("path");
    const auto client = request.query_value("client").value_or(principal.client);
    if (!key || !is_idempotency_key(*key)) co_return malformed("key");
    const auto commands = commands_at(path.value_or(""));
    if (commands.empty()) co_return malformed("path");
    if (client != principal.client && !principal.scopes.has(Scope::admin))
        co_return scope_is_insufficient({Scope::admin}).response();
    const auto& [route, parameters] = commands.front();  // their paths are the same
    co_return co_await find(request, id_of(client, *key, route, parameters),
                            partitions_of(commands));
}

Task<Response> Recall::find(Request& request, wire::CommandId id,
                            std::vector<PartitionId> partitions) const {
    const auto problem = co_await wait_for(core_, request);
    if (problem) co_return problem->response();
    const auto postings = co_await post_all(core_.engine, questions(partitions, id));
    co_return answer(request, partitions, postings);
}

// The first that knows it says what became of it.
Response Recall::answer(const Request& request, std::span<const PartitionId> partitions,
                        std::span<const Posting> postings) const {
    const auto open = wire::opening_by(core_.keys);
    const Posting* silent = nullptr;  // of a partition that may know it
    for (std::size_t i = 0; i < postings.size(); ++i) {
        const auto& posting = postings[i];
        if (!posting || !*posting) {
            silent = &posting;
            continue;
        }
        if ((*posting)->how == Taken::not_known) continue;
        const auto decision = wire::decision_from(partitions[i].context, (*posting)->record,
                                                  wire::Wanted::answer, &open);
        if (!decision) return Problem(problems::record_is_damaged).response();
        if (!may_know(*request.principal, *decision)) return unknown(request);
        Response response(200);
        response.header("Cache-Control", "no-store");
        return std::move(response.body("application/json", document_of(*decision)));
    }
    return silent != nullptr ? not_answered(*silent).response() : unknown(request);
}

}  // namespace holdfast::http
