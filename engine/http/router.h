// Router: from method and path to the row that answers, and what the rows say of themselves.
//
// Invariant  a path has at most one row for each method: where a parameter may stand, no literal
//            may (assert at start).
// Threading  read-only once built.
// Limits     4 parameters a path.
// Errors     path_is_unknown, with the nearest known path when one is near; method_is_not_allowed,
//            with those that are; card_number_is_not_accepted, with the parameter that may be one.
// Source     RFC 3986 (targets), RFC 9110 section 15.5.6 (Allow).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/http/limits.h"
#include "engine/http/problems.h"
#include "engine/http/request.h"

namespace holdfast::http {

enum class Method : std::uint8_t { get, post, put, patch, remove };
std::string_view name_of(Method method);

using Handler = std::function<Task<Response>(Request&)>;
using Schema = std::function<std::string()>;  // JSON Schema, as OpenAPI shows it
using Cost = std::function<std::size_t(const Request&)>;

// What a row leaves out is initialised here: GCC warns of fields left out that are not.
struct QueryParameter {
    std::string_view name;
    std::string_view meaning;
    std::string schema = {};  // empty: a text
};

struct HeaderParameter {
    std::string_view name;
    std::string_view meaning;
    bool is_required = false;
};

// The body a row takes; no media types: none.
struct Body {
    std::vector<std::string_view> media_types;  // the first one is meant when the client says none
    std::uint64_t bytes_max = 1U << 20U;
    Schema schema = {};
};

// An answer that a row gives besides the problems that any may.
struct Documented {
    unsigned status;
    std::string meaning;
    Schema schema = {};  // of a success; what is no success is a problem
    std::vector<std::string_view> headers = {};
};

struct Row {
    Method method;
    std::string_view path;  // "/v1/carts/{cart}/lines/{line}"
    Scopes scopes;          // one of these; none: open to everyone, without a token
    Shedding shedding;
    Handler handler;
    std::string_view summary;
    std::vector<QueryParameter> query = {};
    Body body = {};
    std::vector<Documented> answers = {};
    std::vector<HeaderParameter> headers = {};
    Cost cost = {};  // how many requests it counts as against a client's rate; empty: one
};

struct Match {
    const Row* row = nullptr;  // null: the path is known, the method is OPTIONS
    PathParameters path;
    std::vector<Parameter> query;
    std::string allow;  // for OPTIONS
};

class Router {
public:
    explicit Router(std::vector<Row> rows);

    const std::vector<Row>& rows() const { return rows_; }
    std::expected<Match, Problem> match(const Received& received) const;
    std::uint64_t body_bytes_max(std::string_view target) const;

private:
    struct Node {
        std::vector<std::pair<std::string_view, std::size_t>> literals;
        std::string_view parameter;  // its name, when one may stand here
        std::size_t after_parameter = 0;
        std::vector<std::size_t> rows;  // of the paths that end here
    };

    void add(std::size_t row);
    std::size_t child(std::size_t node, std::string_view segment);
    const Node* find(std::string_view path, PathParameters& parameters) const;
    const Row* row_at(const Node& node, std::string_view method) const;
    std::string allowed_at(const Node& node) const;
    Problem unknown(std::string_view path) const;

    std::vector<Row> rows_;
    std::vector<Node> nodes_;
};

}  // namespace holdfast::http
