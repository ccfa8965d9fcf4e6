#include "engine/http/router.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>
#include <utility>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "engine/domain/types.h"
#include "engine/wire/card_number.h"
#include "engine/wire/fields.h"

namespace holdfast::http {
namespace {

namespace urls = boost::urls;

constexpr std::uint64_t unexpected_body_bytes_max = 64 * 1'024;
constexpr std::size_t compared_path_bytes_max = 200;
constexpr std::size_t near_edits_max = 3;

constexpr std::array<std::string_view, 5> method_names{"GET", "POST", "PUT", "PATCH", "DELETE"};

// The segments of a path, one after the other.
class Segments {
public:
    explicit Segments(std::string_view path) : rest_(path.substr(1)) {}
    bool has_more() const { return has_more_; }
    std::string_view next() {
        const auto end = rest_.find('/');
        const auto segment = rest_.substr(0, end);
        has_more_ = end != std::string_view::npos;
        if (has_more_) rest_.remove_prefix(end + 1);
        return segment;
    }

private:
    std::string_view rest_;
    bool has_more_ = true;
};

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> list;
    for (Segments segments(path); segments.has_more();) list.push_back(segments.next());
    return list;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }
std::string_view name_in(std::string_view parameter) {
    return parameter.substr(1, parameter.size() - 2);
}

// `text` was parsed: its percent signs are followed by two digits.
std::string decoded(std::string_view text, bool plus_is_space) {
    urls::encoding_opts options;
    options.space_as_plus = plus_is_space;
    return urls::pct_string_view(text.data(), text.size()).decode(options);
}

// Levenshtein's distance.
std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

// A parameter is as good as anything but nothing.
std::size_t edits_between(const std::vector<std::string_view>& pattern,
                          const std::vector<std::string_view>& path) {
    if (pattern.size() != path.size()) return near_edits_max + 1;
    std::size_t edits = 0;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (!is_parameter(pattern[i]) || path[i].empty())
            edits += edits_between(pattern[i], path[i]);
    return edits;
}

std::expected<urls::url_view, Problem> parse(std::string_view target) {
    const urls::string_view text(target.data(), target.size());
    const auto parsed =
        target.starts_with('/') ? urls::parse_origin_form(text) : urls::parse_absolute_uri(text);
    if (!parsed)
        return std::unexpected(
            Problem(problems::path_is_malformed).detail(parsed.error().message()));
    if (!parsed->is_path_absolute() && !parsed->encoded_path().empty())
        return std::unexpected(Problem(problems::path_is_malformed));
    return *parsed;
}

std::string_view path_in(const urls::url_view& target) {
    const auto path = target.encoded_path();
    return path.empty() ? std::string_view("/") : std::string_view(path.data(), path.size());
}

Problem bad_parameter(ProblemKind kind, std::string_view name) {
    return Problem(kind).with("parameter", name);
}

std::expected<std::vector<Parameter>, Problem> read_query(const urls::url_view& target,
                                                          const Row& row) {
    std::vector<Parameter> query;
    if (!target.has_query()) return query;
    for (const auto& given : target.encoded_params()) {
        if (given.key.empty() && !given.has_value) continue;  // "?", "&&"
        const auto name = decoded({given.key.data(), given.key.size()}, true);
        const auto known = std::ranges::find(row.query, name, &QueryParameter::name);
        if (known == row.query.end())
            return std::unexpected(bad_parameter(problems::query_parameter_is_unknown, name));
        if (std::ranges::find(query, known->name, &Parameter::name) != query.end())
            return std::unexpected(bad_parameter(problems::query_parameter_is_repeated, name));
        query.push_back({known->name, decoded({given.value.data(), given.value.size()}, true)});
    }
    return query;
}

}  // namespace

std::string_view name_of(Method method) { return method_names[static_cast<std::size_t>(method)]; }

Router::Router(std::vector<Row> rows) : rows_(std::move(rows)), nodes_(1) {
    for (std::size_t row = 0; row < rows_.size(); ++row) add(row);
}

void Router::add(std::size_t row) {
    std::size_t at = 0;
    for (const auto segment : segments_of(rows_[row].path)) at = child(at, segment);
    for (const auto other : nodes_[at].rows) assert(rows_[other].method != rows_[row].method);
    nodes_[at].rows.push_back(row);
}

std::size_t Router::child(std::size_t node, std::string_view segment) {
    const auto fresh = nodes_.size();
    Node& parent = nodes_[node];
    if (is_parameter(segment)) {
        assert(parent.literals.empty());
        assert(parent.parameter.empty() || parent.parameter == name_in(segment));
        if (!parent.parameter.empty()) return parent.after_parameter;
        parent.parameter = name_in(segment);
        parent.after_parameter = fresh;
    } else {
        assert(parent.parameter.empty());
        for (const auto& [literal, next] : parent.literals)
            if (literal == segment) return next;
        parent.literals.emplace_back(segment, fresh);
    }
    nodes_.emplace_back();
    return fresh;
}

const Router::Node* Router::find(std::string_view path, PathParameters& parameters) const {
    const Node* node = nodes_.data();
    for (Segments segments(path); segments.has_more();) {
        const auto raw = segments.next();
        const bool is_encoded = raw.find('%') != raw.npos;
        std::string segment = is_encoded ? decoded(raw, false) : std::string();
        if (!node->parameter.empty()) {
            if (raw.empty()) return nullptr;
            parameters.add({node->parameter, is_encoded ? std::move(segment) : std::string(raw)});
            node = &nodes_[node->after_parameter];
            continue;
        }
        const auto next = std::ranges::find(node->literals, is_encoded ? segment : raw,
                                            &std::pair<std::string_view, std::size_t>::first);
        if (next == node->literals.end()) return nullptr;
        node = &nodes_[next->second];
    }
    return node->rows.empty() ? nullptr : node;
}

const Row* Router::row_at(const Node& node, std::string_view method) const {
    if (method == "HEAD") method = "GET";
    for (const auto row : node.rows)
        if (name_of(rows_[row].method) == method) return &rows_[row];
    return nullptr;
}

std::string Router::allowed_at(const Node& node) const {
    std::string allowed = "OPTIONS";
    for (const auto row : node.rows) {
        allowed.append(", ").append(name_of(rows_[row].method));
        if (rows_[row].method == Method::get) allowed.append(", HEAD");
    }
    return allowed;
}

std::expected<Match, Problem> Router::match(const Received& received) const {
    const std::string_view text(received.target().data(), received.target().size());
    const std::string_view method(received.method_string().data(), received.method_string().size());
    Match match;
    match.allow = "OPTIONS";
    if (text == "*" && method == "OPTIONS") return match;  // asks about the server, not a resource
    const auto target = parse(text);
    if (!target) return std::unexpected(target.error());
    const auto path = path_in(*target);
    const Node* const node = find(path, match.path);
    if (node == nullptr) return std::unexpected(unknown(path));
    for (const auto& [name, value] : match.path.all())
        if (wire::has_a_card_number(value))
            return std::unexpected(
                bad_parameter({400, wire::name_of(Malformed::card_number_is_not_accepted)}, name));
    match.row = row_at(*node, method);
    if (match.row == nullptr) {
        match.allow = allowed_at(*node);
        if (method == "OPTIONS") return match;
        Problem problem(problems::method_is_not_allowed);
        return std::unexpected(problem.header("Allow", match.allow));
    }
    auto query = read_query(*target, *match.row);
    if (!query) return std::unexpected(std::move(query.error()));
    match.query = std::move(*query);
    return match;
}

std::uint64_t Router::body_bytes_max(std::string_view target) const {
    std::uint64_t most = unexpected_body_bytes_max;
    const auto parsed = parse(target);
    if (!parsed) return most;
    PathParameters ignored;
    if (const Node* const node = find(path_in(*parsed), ignored))
        for (const auto row : node->rows)
            if (!rows_[row].body.media_types.empty())
                most = std::max(most, rows_[row].body.bytes_max);
    return most;
}

Problem Router::unknown(std::string_view path) const {
    Problem problem(problems::path_is_unknown);
    if (path.size() > compared_path_bytes_max) return problem;
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto asked = segments_of(path);
    std::size_t fewest = near_edits_max + 1;
    std::string_view nearest;
    for (const Row& row : rows_) {
        const auto edits = edits_between(segments_of(row.path), asked);
        if (edits >= fewest) continue;
        fewest = edits;
        nearest = row.path;
    }
    if (!nearest.empty()) problem.with("nearest", nearest);
    return problem;
}

}  // namespace holdfast::http
