#include "engine/http/customers.h"

#include "engine/domain/types.h"

namespace holdfast::http {
namespace {

Response forget(KeyStore& keys, const Request& request) {
    const auto customer = SubjectId::from(request.path["customer"]);
    if (!customer)
        return Problem(problems::path_is_malformed).with("parameter", "customer").response();
    if (const auto forgotten = keys.forget(customer->raw()); !forgotten)
        return Problem(problems::keys_are_unavailable).header("Retry-After", "1").response();
    return Response(204);
}

}  // namespace

// What was sealed under a customer's key is gone with it, in the log and in every read model.
std::vector<Row> customers(KeyStore& keys) {
    std::vector<Row> rows;
    rows.push_back(
        {Method::remove,
         "/v1/customers/{customer}/personal-data",
         {Scope::admin},
         Shedding::never,
         [&keys](Request& request) -> Task<Response> { co_return forget(keys, request); },
         "Forget a person: what was sealed for them can never be read again."});
    rows.back().answers = {{204, "It is forgotten."}, {503, "keys_are_unavailable"}};
    return rows;
}

}  // namespace holdfast::http
