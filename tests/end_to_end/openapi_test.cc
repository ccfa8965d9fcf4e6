// The document that the program serves of itself, against what the program does.
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/support/schema_check.h"
#include "tests/support/served_shop.h"

namespace holdfast {
namespace {

using nlohmann::json;

class OpenApi : public ServedShop {
protected:
    // Calls visit(method, path, operation) for each operation.
    template <class Visit> void each_operation(Visit visit) const {
        for (const auto& [path, methods] : document.at("paths").items())
            for (const auto& [method, operation] : methods.items()) visit(method, path, operation);
    }

    json document = json::parse(shop.ask("GET /openapi.json").body());
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
        const bool is_command = operation.contains("requestBody") && path != "/v1/batch" &&
                                !path.starts_with("/v1/customers/");
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

// Asks, and wants body and answer to be as the document says of that route; the answer's body.
class Conversation {
public:
    Conversation(Shop& shop, const json& document) : shop_(shop), document_(document) {}

    json ask(const std::string& method, const std::string& path, const std::string& route,
             const std::string& body = "") {
        SCOPED_TRACE(method + " " + path + " " + body);
        const auto& operation = document_.at("paths").at(route).at(method);
        if (!body.empty())
            expect_as(operation.at("requestBody").at("content"), "application/json",
                      json::parse(body));
        const auto line = upper(method) + " " + path;
        const auto answer = method == "post" ? shop_.post(path, body) : shop_.ask(line, body);
        const auto& answers = operation.at("responses");
        const auto status = std::to_string(answer.result_int());
        EXPECT_TRUE(answers.contains(status)) << status << answer.body();
        if (!answers.contains(status)) return {};
        token_ = answer.count("Holdfast-Token") ? std::string(answer["Holdfast-Token"]) : token_;
        const auto& said = answers.at(status);
        EXPECT_EQ(answer.body().empty(), !said.contains("content"));
        if (answer.body().empty()) return {};
        auto document = json::parse(answer.body());
        expect_as(said.at("content"), std::string(answer["Content-Type"]), document);
        return document;
    }
    // After what was answered last.
    json get(const std::string& path, const std::string& route) {
        const auto mark = path.find('?') == path.npos ? "?" : "&";
        return ask("get", path + mark + "wait_for=" + token_, route);
    }
    json get(const std::string& path) { return get(path, path); }

private:
    void expect_as(const json& content, const std::string& type, const json& value) const {
        ASSERT_TRUE(content.contains(type)) << type;
        const auto faults = SchemaCheck(document_).faults(content.at(type).at("schema"), value);
        EXPECT_EQ(faults, std::vector<std::string>()) << value;
    }

    Shop& shop_;
    const json& document_;
    std::string token_;
};

TEST_F(OpenApi, has_the_schema_of_what_is_asked_and_answered) {
    Conversation talk(shop, document);
    talk.ask("put", "/v1/locations/main", "/v1/locations/{location}", R"({"name":"Main"})");
    talk.ask("put", "/v1/skus/cup", "/v1/skus/{sku}", R"({"low_stock":2,"customer_max":9})");
    for (const std::string movement :
         {R"("kind":"receive","quantity":10)", R"("kind":"count","counted":9)",
          R"("kind":"adjust","change":1)"})
        talk.ask("post", "/v1/skus/cup/movements", "/v1/skus/{sku}/movements",
                 R"({"location":"main",)" + movement + "}");
    talk.ask("post", "/v1/skus/cup/reservations", "/v1/skus/{sku}/reservations",
             R"({"quantity":1,"reservation":"r1","customer":"u1","ttl_ms":60000})");
    talk.ask("post", "/v1/skus/cup/reservations", "/v1/skus/{sku}/reservations",
             R"({"quantity":100})");
    talk.ask("put", "/v1/carts/c1", "/v1/carts/{cart}",
             R"({"currency":"GBP","customer":"u1","personal":{"name":"Ann"},"lines":[{"line":"1",
                 "sku":"cup","quantity":2,"unit_price":100,"discounts":[{"label":"x","amount":1}],
                 "taxes":[{"label":"VAT","rate_ppm":200000,"amount":40,"included":true}]}],
                 "charges":[{"charge":"s","kind":"shipping","label":"Post","amount":6}]})");
    talk.ask("post", "/v1/carts/c1/complete", "/v1/carts/{cart}/complete",
             R"({"order":"o1","expected_total":{"amount":205,"currency":"GBP"},
                 "payments":[{"amount":205,"token":"tok_approve"}]})");
    json queue;
    ASSERT_TRUE(
        eventually([&] { return !(queue = talk.get("/v1/fulfillments").at("items")).empty(); }));
    const auto fulfillment = "/v1/fulfillments/" + queue.at(0).at("fulfillment").get<std::string>();
    talk.ask("post", fulfillment + "/ship", "/v1/fulfillments/{fulfillment}/ship",
             R"({"shipment":"p1","lines":[{"line":"1","quantity":1}],"carrier":"bike"})");
    ASSERT_TRUE(eventually(
        [&] { return !talk.get("/v1/orders/o1", "/v1/orders/{order}").at("shipments").empty(); }));
    talk.ask("post", "/v1/orders/o1/cancel", "/v1/orders/{order}/cancel",
             R"({"lines":[{"line":"1","quantity":1}],"reason":"no longer wanted"})");
    talk.ask("post", "/v1/orders/o1/returns", "/v1/orders/{order}/returns",
             R"({"lines":[{"line":"1","quantity":1,"condition":"sellable"}],"refund":true})");
    for (const std::string list :
         {"/v1/availability", "/v1/locations", "/v1/stock/totals", "/v1/stock/movements",
          "/v1/orders", "/v1/fulfillments", "/v1/sales", "/v1/sales/totals"})
        talk.get(list);
    talk.get(fulfillment, "/v1/fulfillments/{fulfillment}");
    talk.get("/v1/sales?by=sku", "/v1/sales");
    talk.get("/v1/skus/cup/movements", "/v1/skus/{sku}/movements");
    talk.get("/v1/skus/cup/reservations/r1", "/v1/skus/{sku}/reservations/{reservation}");
    const auto order = talk.get("/v1/orders/o1", "/v1/orders/{order}");
    talk.get("/v1/payments/" + order.at("payments").at(0).at("payment").get<std::string>(),
             "/v1/payments/{payment}");
    talk.get("/v1/commands?key=key-1&path=/v1/skus/cup/movements", "/v1/commands");
    talk.ask("post", "/v1/customers/u1/personal-data", "/v1/customers/{customer}/personal-data",
             R"({"name":"Ann"})");
    talk.ask("delete", "/v1/customers/u1/personal-data", "/v1/customers/{customer}/personal-data");
    talk.get("/v1/carts/c1", "/v1/carts/{cart}");
    talk.ask("get", "/healthz", "/healthz");
    talk.ask("get", "/openapi.json", "/openapi.json");
    talk.ask("get", "/v1/carts/c9", "/v1/carts/{cart}");
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
