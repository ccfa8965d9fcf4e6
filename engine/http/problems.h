// Problem: why a request was not done, as the client reads it.
//
// Invariant  the type of a problem is for ever: /problems/<name>; its name reads as a sentence.
// Source     RFC 9457 (application/problem+json).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace holdfast::http {

struct ProblemKind {
    unsigned status;
    std::string_view name;
};

// What HTTP itself refuses. A rejection of the domain becomes a kind of its own name in commands.
namespace problems {
inline constexpr ProblemKind request_is_malformed{400, "request_is_malformed"};
inline constexpr ProblemKind path_is_malformed{400, "path_is_malformed"};
inline constexpr ProblemKind header_is_malformed{400, "header_is_malformed"};
inline constexpr ProblemKind query_is_malformed{400, "query_is_malformed"};
inline constexpr ProblemKind query_parameter_is_unknown{400, "query_parameter_is_unknown"};
inline constexpr ProblemKind query_parameter_is_repeated{400, "query_parameter_is_repeated"};
inline constexpr ProblemKind body_is_not_expected{400, "body_is_not_expected"};
inline constexpr ProblemKind token_is_missing{401, "token_is_missing"};
inline constexpr ProblemKind token_is_invalid{401, "token_is_invalid"};
inline constexpr ProblemKind token_has_expired{401, "token_has_expired"};
inline constexpr ProblemKind scope_is_insufficient{403, "scope_is_insufficient"};
inline constexpr ProblemKind path_is_unknown{404, "path_is_unknown"};
inline constexpr ProblemKind method_is_not_allowed{405, "method_is_not_allowed"};
inline constexpr ProblemKind request_took_too_long{408, "request_took_too_long"};
inline constexpr ProblemKind body_is_too_large{413, "body_is_too_large"};
inline constexpr ProblemKind media_type_is_not_supported{415, "media_type_is_not_supported"};
inline constexpr ProblemKind expectation_is_not_supported{417, "expectation_is_not_supported"};
inline constexpr ProblemKind rate_limit_is_reached{429, "rate_limit_is_reached"};
inline constexpr ProblemKind header_is_too_large{431, "header_is_too_large"};
inline constexpr ProblemKind transfer_coding_is_not_supported{501,
                                                              "transfer_coding_is_not_supported"};
inline constexpr ProblemKind engine_is_overloaded{503, "engine_is_overloaded"};
inline constexpr ProblemKind engine_has_no_free_connection{503, "engine_has_no_free_connection"};
inline constexpr ProblemKind engine_is_not_ready{503, "engine_is_not_ready"};
inline constexpr ProblemKind http_version_is_not_supported{505, "http_version_is_not_supported"};
}  // namespace problems

class Problem {
public:
    explicit Problem(ProblemKind kind);

    Problem& detail(std::string_view text) { return with("detail", text); }
    Problem& instance(std::string_view path) { return with("instance", path); }

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
