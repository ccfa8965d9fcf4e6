// Problem: why a request was not done, as the client reads it.
//
// Invariant  the type of a problem is for ever: /problems/<name>; its name reads as a sentence.
// Source     RFC 9457 (application/problem+json).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace holdfast::http {

struct ProblemKind {
    unsigned status;
    std::string_view name;
};

// What HTTP itself refuses. A rejection of the domain becomes a kind of its own name.
// clang-format off
namespace problems {
inline constexpr ProblemKind request_is_malformed{400, "request_is_malformed"};
inline constexpr ProblemKind path_is_malformed{400, "path_is_malformed"};
inline constexpr ProblemKind header_is_malformed{400, "header_is_malformed"};
inline constexpr ProblemKind query_is_malformed{400, "query_is_malformed"};
inline constexpr ProblemKind query_parameter_is_unknown{400, "query_parameter_is_unknown"};
inline constexpr ProblemKind query_parameter_is_repeated{400, "query_parameter_is_repeated"};
inline constexpr ProblemKind body_is_not_expected{400, "body_is_not_expected"};
inline constexpr ProblemKind cursor_is_malformed{400, "cursor_is_malformed"};
inline constexpr ProblemKind consistency_token_is_malformed{400, "consistency_token_is_malformed"};
inline constexpr ProblemKind consistency_token_is_of_another_generation{
    400, "consistency_token_is_of_another_generation"};
inline constexpr ProblemKind idempotency_key_is_missing{400, "idempotency_key_is_missing"};
inline constexpr ProblemKind idempotency_key_is_malformed{400, "idempotency_key_is_malformed"};
inline constexpr ProblemKind own_times_are_not_kept{400, "own_times_are_not_kept"};
inline constexpr ProblemKind command_is_malformed{400, "command_is_malformed"};
inline constexpr ProblemKind path_is_of_another_topic{400, "path_is_of_another_topic"};
inline constexpr ProblemKind key_is_not_of_the_stream{400, "key_is_not_of_the_stream"};
inline constexpr ProblemKind key_belongs_to_another_partition{400,
                                                              "key_belongs_to_another_partition"};
inline constexpr ProblemKind personal_data_is_not_sealed{400, "personal_data_is_not_sealed"};
inline constexpr ProblemKind sealed_data_is_damaged{400, "sealed_data_is_damaged"};
inline constexpr ProblemKind token_is_missing{401, "token_is_missing"};
inline constexpr ProblemKind token_is_invalid{401, "token_is_invalid"};
inline constexpr ProblemKind token_has_expired{401, "token_has_expired"};
inline constexpr ProblemKind payment_was_declined{402, "payment_was_declined"};
inline constexpr ProblemKind scope_is_insufficient{403, "scope_is_insufficient"};
inline constexpr ProblemKind cart_is_another{403, "cart_is_another"};
inline constexpr ProblemKind field_is_not_for_browsers{403, "field_is_not_for_browsers"};
inline constexpr ProblemKind path_is_unknown{404, "path_is_unknown"};
inline constexpr ProblemKind command_is_unknown{404, "command_is_unknown"};
inline constexpr ProblemKind method_is_not_allowed{405, "method_is_not_allowed"};
inline constexpr ProblemKind request_took_too_long{408, "request_took_too_long"};
inline constexpr ProblemKind idempotency_key_is_in_flight{409, "idempotency_key_is_in_flight"};
inline constexpr ProblemKind command_came_before{409, "command_came_before"};
inline constexpr ProblemKind stock_is_insufficient{409, "stock_is_insufficient"};
inline constexpr ProblemKind version_is_stale{409, "version_is_stale"};
inline constexpr ProblemKind precondition{412, "version_is_stale"};  // said by If-Match
inline constexpr ProblemKind order_was_given_up{409, "order_was_given_up"};
inline constexpr ProblemKind body_is_too_large{413, "body_is_too_large"};
inline constexpr ProblemKind media_type_is_not_supported{415, "media_type_is_not_supported"};
inline constexpr ProblemKind expectation_is_not_supported{417, "expectation_is_not_supported"};
inline constexpr ProblemKind idempotency_key_was_used{422, "idempotency_key_was_used"};
inline constexpr ProblemKind idempotency_key_is_too_old{422, "idempotency_key_is_too_old"};
inline constexpr ProblemKind operation_id_is_reserved{422, "operation_id_is_reserved"};
inline constexpr ProblemKind command_is_poison{422, "command_is_poison"};
inline constexpr ProblemKind rate_limit_is_reached{429, "rate_limit_is_reached"};
inline constexpr ProblemKind header_is_too_large{431, "header_is_too_large"};
inline constexpr ProblemKind record_is_damaged{500, "record_is_damaged"};
inline constexpr ProblemKind row_is_damaged{500, "row_is_damaged"};
inline constexpr ProblemKind transfer_coding_is_not_supported{501,
                                                              "transfer_coding_is_not_supported"};
inline constexpr ProblemKind engine_is_overloaded{503, "engine_is_overloaded"};
inline constexpr ProblemKind engine_has_no_free_connection{503, "engine_has_no_free_connection"};
inline constexpr ProblemKind engine_is_not_ready{503, "engine_is_not_ready"};
inline constexpr ProblemKind partition_has_no_leader{503, "partition_has_no_leader"};
inline constexpr ProblemKind outcome_is_unknown{503, "outcome_is_unknown"};
inline constexpr ProblemKind view_lags_behind{503, "view_lags_behind"};
inline constexpr ProblemKind view_is_being_built{503, "view_is_being_built"};
inline constexpr ProblemKind keys_are_unavailable{503, "keys_are_unavailable"};
inline constexpr ProblemKind http_version_is_not_supported{505, "http_version_is_not_supported"};

inline constexpr std::array all{
    request_is_malformed, path_is_malformed, header_is_malformed, query_is_malformed,
    query_parameter_is_unknown, query_parameter_is_repeated, body_is_not_expected,
    cursor_is_malformed, consistency_token_is_malformed,
    consistency_token_is_of_another_generation, idempotency_key_is_missing,
    idempotency_key_is_malformed, own_times_are_not_kept, command_is_malformed,
    path_is_of_another_topic, key_is_not_of_the_stream, key_belongs_to_another_partition,
    personal_data_is_not_sealed, sealed_data_is_damaged, command_came_before, token_is_missing,
    token_is_invalid, token_has_expired, payment_was_declined, scope_is_insufficient,
    cart_is_another, field_is_not_for_browsers, path_is_unknown, command_is_unknown,
    method_is_not_allowed, request_took_too_long, idempotency_key_is_in_flight,
    stock_is_insufficient, version_is_stale, order_was_given_up, body_is_too_large,
    media_type_is_not_supported, expectation_is_not_supported, idempotency_key_was_used,
    idempotency_key_is_too_old, operation_id_is_reserved, command_is_poison,
    rate_limit_is_reached, header_is_too_large, record_is_damaged, row_is_damaged,
    transfer_coding_is_not_supported, engine_is_overloaded, engine_has_no_free_connection,
    engine_is_not_ready, partition_has_no_leader, outcome_is_unknown, view_lags_behind, view_is_being_built, keys_are_unavailable,
    http_version_is_not_supported};
}  // namespace problems
// clang-format on

class Problem {
public:
    explicit Problem(ProblemKind kind);
    // One that stands in a record as response() once gave it.
    static Problem recorded(ProblemKind kind, std::string_view text);

    Problem& detail(std::string_view text) { return with("detail", text); }
    // A path with a card number is not said again.
    Problem& instance(std::string_view path) {
        return name_ == "card_number_is_not_accepted" ? *this : with("instance", path);
    }

    // A further member, with what the client needs to go on.
    Problem& with(std::string_view member, std::string_view text);
    Problem& with(std::string_view member, std::int64_t number);
    Problem& with_json(std::string_view member, std::string_view json);

    Problem& header(std::string_view name, std::string_view value);

    unsigned status() const { return response_.status(); }
    std::string_view name() const { return name_; }
    Response response() const;

private:
    std::string_view name_;
    Response response_;
    std::string members_;
};

// A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& to, std::string_view text);

}  // namespace holdfast::http
