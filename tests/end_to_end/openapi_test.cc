// The document that the program serves of itself, against what the program does.
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/support/engine_process.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using nlohmann::json;

class OpenApi : public testing::Test {
protected:
    OpenApi() : shop(engine.port()), document(json::parse(shop.ask("GET /openapi.json").body())) {}

    // Calls visit(method, path, operation) for each operation.
    template <class Visit> void each_operation(Visit visit) const {
        for (const auto& [path, methods] : document.at("paths").items())
            for (const auto& [method, operation] : methods.items()) visit(method, path, operation);
    }

    TemporaryFolder folder;
    EngineProcess engine{folder.path()};
    Shop shop;
    json document;
};

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(c));
    return text;
}

// The router has a counter for each of its routes from the start.
std::set<std::string> routes_in(std::string_view metrics) {
    std::set<std::string> routes;
    constexpr std::string_view begin = "holdfast_http_requests_total{method=\"",
                               between = "\",route=\"", end = "\",status=\"2xx\"";
    for (auto at = metrics.find(begin); at != metrics.npos; at = metrics.find(begin, at + 1)) {
        const auto line = metrics.substr(at, metrics.find('\n', at) - at);
        const auto middle = line.find(between), last = line.find(end);
        if (last == line.npos || line.find("route=\"none\"") != line.npos) continue;
        const auto method = line.substr(begin.size(), middle - begin.size());
        const auto path = line.substr(middle + between.size(), last - middle - between.size());
        routes.insert(std::string(method) + " " + std::string(path));
    }
    return routes;
}

TEST_F(OpenApi, has_every_route_of_the_router_and_no_other) {
    std::set<std::string> documented;
    each_operation([&](const std::string& method, const std::string& path, const json&) {
        documented.insert(upper(method) + " " + path);
    });
    const auto known = routes_in(shop.ask("GET /metrics").body());
    EXPECT_GT(known.size(), 40U);
    EXPECT_EQ(documented, known);
}

TEST_F(OpenApi, refers_to_nothing_that_is_not_there) {
    std::size_t references = 0;
    const std::function<void(const json&)> visit = [&](const json& node) {
        if (node.is_object() && node.contains("$ref")) {
            const auto to = node.at("$ref").get<std::string>();
            ++references;
            ASSERT_TRUE(to.starts_with("#/")) << to;
            EXPECT_TRUE(document.contains(json::json_pointer(to.substr(1)))) << to;
        }
        if (node.is_structured())
            for (const auto& inside : node) visit(inside);
    };
    visit(document);
    EXPECT_GT(references, 200U);
}

TEST_F(OpenApi, says_what_each_operation_takes_and_answers) {
    std::set<std::string> ids;
    const std::set<std::string> scopes{"storefront", "browser", "warehouse",
                                       "analyst",    "admin",   "operator"};
    each_operation([&](const std::string& method, const std::string& path, const json& operation) {
        SCOPED_TRACE(method + " " + path);
        EXPECT_TRUE(ids.insert(operation.at("operationId")).second);
        EXPECT_FALSE(operation.at("summary").get<std::string>().empty());
        std::map<std::string, json> parameters;
        for (const auto& parameter : operation.at("parameters"))
            parameters[parameter.at("in").get<std::string>() + " " +
                       parameter.at("name").get<std::string>()] = parameter;
        for (auto at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
            const auto name = path.substr(at + 1, path.find('}', at) - at - 1);
            ASSERT_TRUE(parameters.contains("path " + name));
            EXPECT_TRUE(parameters.at("path " + name).at("required").get<bool>());
        }
        const bool is_command = operation.contains("requestBody") && path != "/v1/batch";
        EXPECT_EQ(parameters.contains("header Idempotency-Key"), is_command);
        if (is_command) {
            EXPECT_EQ(parameters.at("header Idempotency-Key").at("required"), method == "post");
        }
        EXPECT_EQ(parameters.contains("query wait_for"),
                  method == "get" && path.starts_with("/v1/"));
        EXPECT_TRUE(operation.at("responses").contains("default"));
        EXPECT_TRUE(operation.at("responses").begin().key().starts_with('2'));
        for (const auto& way : operation.at("security"))
            EXPECT_TRUE(scopes.contains(way.at("token").at(0)));
        EXPECT_EQ(operation.at("security").empty(),
                  !path.starts_with("/v1/") && path != "/metrics");
    });
}

TEST_F(OpenApi, says_what_a_body_is_and_what_it_need_not_say) {
    const auto body = [&](const char* path, const char* method) {
        return document.at("paths")
            .at(path)
            .at(method)
            .at("requestBody")
            .at("content")
            .at("application/json")
            .at("schema");
    };
    const auto location = body("/v1/locations/{location}", "put");
    EXPECT_EQ(location.at("properties").at("accepts_orders").at("default"), true);
    EXPECT_FALSE(location.at("properties").contains("location")) << "the path says it";
    EXPECT_FALSE(location.contains("required")) << location;
    const auto policy = body("/v1/skus/{sku}", "put");
    EXPECT_EQ(policy.at("properties").at("backorder_max").at("default"), 0);
    EXPECT_FALSE(policy.contains("required")) << policy;
    const auto movements = body("/v1/skus/{sku}/movements", "post").at("oneOf");
    EXPECT_EQ(movements.size(), 5U);
    EXPECT_EQ(movements.at(0).at("properties").at("kind").at("const"), "receive");
    EXPECT_EQ(movements.at(0).at("required"), json::parse(R"(["kind","location","quantity"])"));
    const auto reservation = body("/v1/skus/{sku}/reservations", "post");
    EXPECT_EQ(reservation.at("required"), json::parse(R"(["quantity"])"));
    EXPECT_FALSE(reservation.at("properties").contains("order")) << "an order's own to say";
    EXPECT_EQ(reservation.at("additionalProperties"), false);
}

TEST_F(OpenApi, names_every_problem) {
    const auto names = document.at("components").at("schemas").at("ProblemType").at("enum");
    const auto has = [&](const HttpResponse& response) {
        const auto type = Body(response).at({"type"});
        return std::ranges::find(names, json(type)) != names.end();
    };
    EXPECT_TRUE(has(shop.ask("GET /nowhere")));
    EXPECT_TRUE(has(shop.ask("POST /v1/carts", "{")));
    EXPECT_TRUE(has(shop.post("/v1/carts", "{\"colour\":1}")));
    EXPECT_TRUE(has(shop.post("/v1/orders/o1/cancel")));
    EXPECT_TRUE(has(shop.post("/v1/skus/cup/reservations", R"({"quantity":1})")));
}

}  // namespace
}  // namespace holdfast
