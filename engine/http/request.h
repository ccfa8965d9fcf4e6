// Request: what a handler is given: who asks, the parameters of the path and the query, and what
// the headers say, each checked.
//
// Lifetime  as long as the handler's task; its views point into the received request.
// Errors    a header that is not what its rule says is a problem; an invalid traceparent alone is
//           as good as none.
// Source    W3C Trace Context, RFC 7240 (Prefer), RFC 9110 (If-Match, If-None-Match), the IETF
//           draft of the Idempotency-Key header.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/http/message.h"
#include "engine/http/principal.h"
#include "engine/http/problems.h"

namespace holdfast::http {

constexpr std::size_t idempotency_key_bytes_max = 128;
constexpr std::chrono::seconds wait_max{60};

// The version that a change is based on; none: any, as long as the thing exists.
struct IfMatch {
    std::optional<std::uint64_t> version;
};

struct Headers {
    std::string_view authorization;
    std::string_view content_type;
    std::string_view idempotency_key;  // empty: none was given
    std::string_view traceparent;      // empty: none was given
    std::optional<IfMatch> if_match;
    std::vector<std::string_view> if_none_match;  // tags in quotes, what makes one weak left out; *
    std::optional<std::chrono::seconds> wait;
    bool respond_async = false;
    std::optional<std::int64_t> own_time_ms;  // Holdfast-Time
};

std::expected<Headers, Problem> read_headers(const Received& received);

bool is_traceparent(std::string_view text);
bool is_idempotency_key(std::string_view text);  // without quotes around it

struct Parameter {
    std::string_view name;  // as the route has it
    std::string value;      // decoded
};

constexpr std::size_t path_parameters_max = 4;

// The parameters of a path, in its order.
class PathParameters {
public:
    void add(Parameter parameter);
    std::string_view operator[](std::string_view name) const;  // the route names it
    std::span<const Parameter> all() const { return {list_.data(), count_}; }

private:
    std::array<Parameter, path_parameters_max> list_;
    std::size_t count_ = 0;
};

struct Request {
    const Received& received;
    Headers headers;
    std::shared_ptr<const Principal> principal;  // null on routes that are open to everyone
    PathParameters path;
    std::vector<Parameter> query;

    std::string_view body() const { return received.body(); }
    std::optional<std::string_view> query_value(std::string_view name) const;
};

}  // namespace holdfast::http
