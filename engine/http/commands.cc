#include "engine/http/commands.h"

#include <algorithm>

#include "engine/http/command_schema.h"
#include "engine/wire/json_batch.h"

namespace holdfast::http {
namespace {

constexpr std::chrono::seconds wait_by_default{10};

Response respond_to(Problem problem, std::string_view path) {
    return problem.instance(path).response();
}

}  // namespace

Commands::Commands(const Core& core) : core_(core), outcomes_(core.metrics) {}

std::vector<Row> Commands::rows() {
    std::vector<Row> rows;
    for (const auto& route : command_routes()) {
        const auto handler = [this, &route](Request& request) { return answer(route, request); };
        rows.push_back(
            {route.method, route.path, route.scopes, route.shedding, handler, route.summary});
        rows.back().body.media_types = {"application/json"};
        document(rows.back(), route);
    }
    using enum Scope;
    rows.push_back({Method::post,
                    "/v1/batch",
                    {storefront, warehouse, admin},
                    Shedding::checkouts,
                    [this](Request& request) { return answer_batch(request); },
                    "Many commands at once, each with an outcome of its own."});
    rows.back().body = {{"application/json", "application/x-ndjson"}, wire::batch_bytes_max};
    document_batch(rows.back());
    rows.back().cost = [](const Request& request) {
        const auto elements = wire::cut_batch(request.body());
        return elements ? std::max<std::size_t>(1, elements->size()) : 1;
    };
    return rows;
}

std::expected<Asked, Problem> Commands::ask(const CommandRoute& route,
                                            const Request& request) const {
    thread_local wire::JsonText json;
    const auto body = json.parse(request.body().empty() ? "{}" : request.body());
    if (!body) return std::unexpected(problem_of(body.error()));
    const auto& headers = request.headers;
    return http::ask(
        core_, {route, request.path, **body, *request.principal, headers.idempotency_key,
                headers.if_match ? headers.if_match->version : std::nullopt, headers.own_time_ms,
                headers.traceparent});
}

// The key is made beside the I/O threads; the body was wholly right, and is read again then.
Task<std::expected<Asked, Problem>> Commands::ask_with_key(const CommandRoute& route,
                                                           const Request& request,
                                                           std::vector<std::string> of_whom) {
    const bool made = co_await core_.key_work.prepare(std::move(of_whom));
    if (!made) co_return std::unexpected(keys_are_unavailable());
    auto asked = ask(route, request);
    if (asked && !asked->keyless.empty()) co_return std::unexpected(keys_are_unavailable());
    co_return asked;
}

std::expected<KeysInFlight::Claim, Problem> Commands::claim(const wire::CommandId& id) {
    auto claim = in_flight_.claim(id);
    if (claim) return *std::move(claim);
    return std::unexpected(
        Problem(problems::idempotency_key_is_in_flight).header("Retry-After", "1"));
}

Told Commands::tell(const Asked& asked, const Posting& posting) {
    auto told = http::tell(core_, asked, posting);
    if (told.outcome) outcomes_.count(asked.route->context, *told.outcome);
    return told;
}

Task<Response> Commands::answer(const CommandRoute& route, Request& request) {
    const auto path = path_of(request.received);
    auto asked = ask(route, request);
    if (asked && !asked->keyless.empty()) {
        std::vector<std::string> of_whom{asked->keyless};
        asked = co_await ask_with_key(route, request, std::move(of_whom));
    }
    if (!asked) co_return respond_to(std::move(asked.error()), path);
    std::vector<Posting> postings;
    {
        const auto claimed = claim(asked->id);
        if (!claimed) co_return respond_to(claimed.error(), path);
        std::vector<Posted> commands;
        commands.push_back(asked->posted());
        postings = co_await post_all(core_.engine, std::move(commands));
    }
    const auto told = tell(*asked, postings.front());
    if (told.problem) co_return respond(*told.problem, told, path);
    if (!has_more_to_come(*asked, told)) co_return respond(*asked, told);
    const auto wait = request.headers.respond_async
                          ? std::chrono::seconds(0)
                          : request.headers.wait.value_or(wait_by_default);
    co_return co_await converse({core_, *asked, told, path, SteadyClock::now() + wait});
}

Task<Response> Commands::converse(Waiting waiting) {
    std::optional<Response> outcome;
    if (waiting.asked.route->conversation == Conversation::checkout)
        outcome = co_await checkout(waiting);
    else
        outcome = co_await cancellation(waiting);
    co_return outcome ? *std::move(outcome) : accepted(waiting);
}

}  // namespace holdfast::http
