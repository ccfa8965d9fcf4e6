#include "engine/http/dispatch.h"

#include <algorithm>

#include <boost/beast/core/string.hpp>

namespace holdfast::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;

constexpr std::array<std::string_view, 3> shed_names{"carts", "reservations", "checkouts"};

Response answer_to(Problem problem, const Received& received) {
    return problem.instance(path_of(received)).response();
}

// "application/json; charset=utf-8" -> "application/json"
std::string_view media_type_in(std::string_view content_type) {
    const auto type = content_type.substr(0, content_type.find(';'));
    return type.substr(0, type.find_last_not_of(' ') + 1);
}

bool is_encoded(const Received& received) {
    const auto found = received.find(field::content_encoding);
    return found != received.end() && !beast::iequals(found->value(), "identity");
}

std::optional<Problem> objection_to_body(const Request& request, const Body& body) {
    if (request.body().empty()) return {};
    if (body.media_types.empty()) return Problem(problems::body_is_not_expected);
    const auto given = media_type_in(request.headers.content_type);
    const bool is_taken =
        given.empty() || std::ranges::any_of(body.media_types, [&](std::string_view taken) {
            return beast::iequals(taken, given);
        });
    if (is_taken && !is_encoded(request.received)) return {};
    std::string taken;
    for (const auto type : body.media_types) taken.append(taken.empty() ? "" : ", ").append(type);
    Problem problem(problems::media_type_is_not_supported);
    problem.header("Accept", taken).header("Accept-Encoding", "identity");
    return problem.with("one_of", taken);
}

Problem overloaded() { return Problem(problems::engine_is_overloaded).header("Retry-After", "1"); }

Response options(std::string_view allow) {
    Response response(204);
    response.header("Allow", allow);
    return response;
}

}  // namespace

Dispatch::Dispatch(std::vector<Row> rows, DispatchSettings settings, Uses uses)
    : router_(std::move(rows)),
      rate_limits_(settings.rate_limit),
      in_flight_(settings.in_flight_max),
      uses_(uses) {
    for (const Row& row : router_.rows())
        measured_.push_back(measured(name_of(row.method), row.path));
    measured_.push_back(measured("any", "none"));
    for (std::size_t i = 0; i < shed_.size(); ++i)
        shed_[i] = &uses_.metrics.counter("holdfast_http_requests_shed_total",
                                          "Requests answered 503 because too many were under way.",
                                          {{"class", std::string(shed_names[i])}});
}

Dispatch::Measured Dispatch::measured(std::string_view method, std::string_view route) {
    Labels labels{{"method", std::string(method)}, {"route", std::string(route)}};
    Measured measured;
    measured.latency = &uses_.metrics.histogram("holdfast_http_request_seconds",
                                                "From a whole request to its whole answer.",
                                                latency_buckets, labels);
    labels.push_back({"status", ""});
    for (std::size_t i = 0; i < measured.by_class.size(); ++i) {
        labels.back().value = std::to_string(i + 1) + "xx";
        measured.by_class[i] = &uses_.metrics.counter("holdfast_http_requests_total",
                                                      "Requests that were answered.", labels);
    }
    return measured;
}

Task<Response> Dispatch::answer(const Received& received) {
    Visit visit(received);
    auto refusal = refuse(visit);
    if (refusal) {
        finish(visit, *refusal);
        co_return std::move(*refusal);
    }
    Response response = co_await visit.row->handler(visit.request);
    finish(visit, response);
    co_return response;
}

std::optional<Response> Dispatch::refuse(Visit& visit) {
    if (auto found = find(visit)) return found;
    auto problem = identify(visit);
    if (!problem) problem = charge(visit);
    if (!problem) problem = objection_to_body(visit.request, visit.row->body);
    if (problem) return answer_to(std::move(*problem), visit.request.received);
    return {};
}

std::optional<Response> Dispatch::find(Visit& visit) {
    const Received& received = visit.request.received;
    auto match = router_.match(received);
    if (!match) return answer_to(std::move(match.error()), received);
    if (match->row == nullptr) return options(match->allow);
    visit.row = match->row;
    visit.request.path = std::move(match->path);
    visit.request.query = std::move(match->query);
    visit.place = in_flight_.enter(visit.row->shedding);
    if (visit.place) return {};
    shed_[static_cast<std::size_t>(visit.row->shedding)]->add();
    return answer_to(overloaded(), received);
}

std::optional<Problem> Dispatch::identify(Visit& visit) {
    auto headers = read_headers(visit.request.received);
    if (!headers) return std::move(headers.error());
    visit.request.headers = *std::move(headers);
    const Scopes needed = visit.row->scopes;
    if (needed.is_empty()) return {};
    auto principal = who_asks(visit.request.headers.authorization, needed);
    if (!principal) return std::move(principal.error());
    visit.request.principal = std::move(*principal);
    return {};
}

std::expected<PrincipalPointer, Problem> Dispatch::who_asks(std::string_view authorization,
                                                            Scopes needed) {
    auto principal = uses_.credentials.principal_of(authorization, uses_.clock.now_ms() / 1'000);
    if (principal && !(*principal)->scopes.has_one_of(needed))
        return std::unexpected(scope_is_insufficient(needed));
    return principal;
}

std::optional<Problem> Dispatch::objection_to(const Received& header) {
    const auto match = router_.match(header);
    if (!match) return match.error();
    if (match->row == nullptr || match->row->scopes.is_empty()) return {};
    const auto headers = read_headers(header);
    if (!headers) return headers.error();
    auto principal = who_asks(headers->authorization, match->row->scopes);
    if (principal) return {};
    return principal.error().instance(path_of(header));
}

std::optional<Problem> Dispatch::charge(Visit& visit) {
    if (!rate_limits_.is_limited() || !visit.request.principal) return {};
    const auto cost = visit.row->cost ? visit.row->cost(visit.request) : 1;
    visit.account = rate_limits_.charge(
        visit.request.principal->client,
        static_cast<std::uint32_t>(std::min<std::size_t>(cost, UINT32_MAX)), visit.began);
    if (visit.account->is_within) return {};
    return Problem(problems::rate_limit_is_reached);
}

void Dispatch::finish(const Visit& visit, Response& response) {
    if (visit.account) rate_limits_.describe(*visit.account, response);
    const auto at = visit.row == nullptr
                        ? measured_.size() - 1
                        : static_cast<std::size_t>(visit.row - router_.rows().data());
    const auto took = std::chrono::steady_clock::now() - visit.began;
    const auto took_us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    measured_[at].latency->observe(static_cast<std::uint64_t>(took_us));
    measured_[at].by_class[response.status() / 100 - 1]->add();
}

}  // namespace holdfast::http
