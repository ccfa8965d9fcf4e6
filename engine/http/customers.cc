#include "engine/http/customers.h"

#include "engine/domain/types.h"
#include "engine/http/asking.h"
#include "engine/wire/base64url.h"
#include "engine/wire/personal.h"

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

// Sealed, and in base64url, it still is no more than a command may have.
constexpr std::size_t to_seal_bytes_max = 12'000;

struct ToSeal {
    SubjectId subject;
    std::string text;
};

std::expected<ToSeal, Problem> to_seal(const Request& request) {
    const auto customer = SubjectId::from(request.path["customer"]);
    if (!customer)
        return std::unexpected(Problem(problems::path_is_malformed).with("parameter", "customer"));
    thread_local wire::JsonText json;
    const auto body = json.parse(request.body());
    if (!body) return std::unexpected(problem_of(body.error()));
    auto personal = wire::personal_from(**body);
    if (!personal) return std::unexpected(problem_of(wire::problem_in(**body, personal.error())));
    if (personal->subject && *personal->subject != *customer)
        return std::unexpected(problem_of({Malformed::field_is_not_as_given, "/subject"}));
    if (personal->text.size() > to_seal_bytes_max)
        return std::unexpected(problem_of({Malformed::text_is_too_long, ""}));
    return ToSeal{*customer, std::move(personal->text)};
}

Response sealed(const SubjectId& subject, const Box& box) {
    std::string text = "{";
    wire::append_field(text, "subject", subject.raw());
    wire::append_field(text, "sealed", wire::base64url(box));
    text += '}';
    Response response(200);
    response.header("Cache-Control", "no-store");
    return std::move(response.body("application/json", std::move(text)));
}

// Nothing is stored but the subject's key: the answer is what a command of a topic says instead.
Task<Response> seal(KeyStore& keys, KeyWork& key_work, const Request& request) {
    const auto asked = to_seal(request);
    if (!asked) co_return asked.error().response();
    std::vector<std::string> whom{std::string(asked->subject.raw())};
    const bool is_made = co_await key_work.prepare(std::move(whom));
    if (!is_made) co_return keys_are_unavailable().response();
    const auto box = keys.seal(asked->subject.raw(), asked->text);
    if (!box || !*box) co_return keys_are_unavailable().response();
    co_return sealed(asked->subject, **box);
}

constexpr std::string_view sealed_schema =
    R"({"type":"object","properties":{"subject":{"type":"string"},"sealed":{"type":"string"}},)"
    R"("required":["subject","sealed"]})";

Row sealing_row(KeyStore& keys, KeyWork& key_work) {
    Row row{Method::post,
            "/v1/customers/{customer}/personal-data",
            {Scope::storefront, Scope::admin},
            Shedding::carts,
            [&keys, &key_work](Request& request) { return seal(keys, key_work, request); },
            "Seal personal data, for a command that is produced to a topic."};
    row.body = {
        {"application/json"}, sealed_bytes_max, [] { return std::string(R"({"type":"object"})"); }};
    row.answers = {
        {200, "It is sealed; nothing is stored.", [] { return std::string(sealed_schema); }},
        {503, "keys_are_unavailable"}};
    return row;
}

}  // namespace

// What was sealed under a customer's key is gone with it, in the log and in every read model.
std::vector<Row> customers(KeyStore& keys, KeyWork& key_work) {
    std::vector<Row> rows;
    rows.push_back({Method::remove,
                    "/v1/customers/{customer}/personal-data",
                    {Scope::admin},
                    Shedding::never,
                    [&key_work](Request& request) { return forget(key_work, request); },
                    "Forget a person: what was sealed for them can never be read again."});
    rows.back().answers = {{204, "It is forgotten."}, {503, "keys_are_unavailable"}};
    rows.push_back(sealing_row(keys, key_work));
    return rows;
}

}  // namespace holdfast::http
