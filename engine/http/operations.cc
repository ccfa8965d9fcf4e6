#include "engine/http/operations.h"

#include "engine/http/metrics_text.h"

namespace holdfast::http {
namespace {

Response uncached(std::string_view media_type, std::string text) {
    Response response(200);
    response.header("Cache-Control", "no-store").body(media_type, std::move(text));
    return response;
}

Task<Response> alive(Request&) { co_return uncached("application/json", R"({"status":"alive"})"); }

Response readiness(const std::string& waits_for) {
    if (waits_for.empty()) return uncached("application/json", R"({"status":"ready"})");
    Problem problem(problems::engine_is_not_ready);
    problem.detail(waits_for).header("Cache-Control", "no-store").header("Retry-After", "1");
    return problem.response();
}

}  // namespace

std::vector<Row> operations(const Metrics& metrics, WaitsFor waits_for) {
    const auto ready = [waits_for = std::move(waits_for)](Request&) -> Task<Response> {
        co_return readiness(waits_for());
    };
    const auto counted = [&metrics](Request&) -> Task<Response> {
        co_return uncached(metrics_media_type, metrics_text(metrics));
    };
    using enum Scope;
    std::vector<Row> rows;
    rows.push_back({Method::get,
                    "/healthz",
                    {},
                    Shedding::never,
                    alive,
                    "Whether the process serves at all."});
    rows.push_back({Method::get,
                    "/readyz",
                    {},
                    Shedding::never,
                    ready,
                    "Whether every owned partition has caught up."});
    rows.push_back({Method::get,
                    "/metrics",
                    {operations, admin},
                    Shedding::never,
                    counted,
                    "What the engine has counted, as Prometheus reads it."});
    return rows;
}

}  // namespace holdfast::http
