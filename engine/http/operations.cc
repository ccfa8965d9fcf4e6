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

std::vector<Row> operations(const Metrics& metrics, WaitsFor waits_for,
                            std::function<void()> measure) {
    const auto ready = [waits_for = std::move(waits_for)](Request&) -> Task<Response> {
        co_return readiness(waits_for());
    };
    const auto counted = [&metrics, measure = std::move(measure)](Request&) -> Task<Response> {
        measure();
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
    constexpr std::string_view status = R"({"type":"object","required":["status"],)"
                                        R"("properties":{"status":{"type":"string"}}})";
    const auto as_status = [status] { return std::string(status); };
    rows[0].answers = {{200, "It does.", as_status}};
    rows[1].answers = {{200, "It has.", as_status}, {503, "engine_is_not_ready; detail says why"}};
    rows[2].answers = {{200, "Text, by metric."}};
    return rows;
}

}  // namespace holdfast::http
