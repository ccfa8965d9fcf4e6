#include "engine/http/customers.h"

#include "engine/domain/types.h"
#include "engine/http/asking.h"

namespace holdfast::http {
namespace {

Task<Response> forget(KeyWork& key_work, const Request& request) {
    const auto customer = SubjectId::from(request.path["customer"]);
    if (!customer)
        co_return Problem(problems::path_is_malformed).with("parameter", "customer").response();
    std::vector<std::string> whom{std::string(customer->raw())};
    const bool forgotten = co_await key_work.forget(std::move(whom));
    if (!forgotten) co_return keys_are_unavailable().response();
    co_return Response(204);
}

}  // namespace

// What was sealed under a customer's key is gone with it, in the log and in every read model.
std::vector<Row> customers(KeyWork& key_work) {
    std::vector<Row> rows;
    rows.push_back({Method::remove,
                    "/v1/customers/{customer}/personal-data",
                    {Scope::admin},
                    Shedding::never,
                    [&key_work](Request& request) { return forget(key_work, request); },
                    "Forget a person: what was sealed for them can never be read again."});
    rows.back().answers = {{204, "It is forgotten."}, {503, "keys_are_unavailable"}};
    return rows;
}

}  // namespace holdfast::http
