// Reads: every GET over the read models.
//
// Order      with `wait_for`, a read sees what the token stands for, or says that it does not yet.
// Lifetime   longer than the Server that calls its rows' handlers; shorter than what Core names.
// Invariant  a Shape says whether a read has a tag and how long a cache may keep it: in the routes'
//            document as in every answer. What has one to give is of such a Shape (assert).
// Threading  any thread.
// Limits     a page has up to 1,000 rows; 100 SKUs are named at once.
#pragma once

#include "engine/http/core.h"
#include "engine/http/router.h"
#include "engine/wire/json_write.h"

namespace holdfast::http {

class Reads {
public:
    explicit Reads(const Core& core) : core_(core) {}

    std::vector<Row> rows();

private:
    struct Shown {
        std::string text;
        std::string tag = {};  // the row's version, or what the page hashes to
    };
    using Read = std::expected<Shown, Problem>;
    // A list comes in pages; what has no version of its own has a tag only where a cache may help.
    enum class Shape : std::uint8_t { document, document_without_tag, page, page_with_tag };
    static constexpr bool has_tag(Shape shape) {
        return shape == Shape::document || shape == Shape::page_with_tag;
    }
    struct Route {
        std::string_view path;
        Scopes scopes;
        Read (Reads::*read)(const Request&) const;
        std::string_view summary;
        std::string_view shows;         // the component of the OpenAPI document
        Shape shape = Shape::document;  // of those
        std::vector<QueryParameter> query = {};
    };
    static std::vector<Route> routes();
    static void describe(Row& row, const Route& route);

    Task<Response> answer(const Route& route, Request& request) const;
    static std::string_view caching_of(Shape shape);
    static Response respond(const Route& route, const Request& request, Shown shown);
    template <class Row>
    static Read one(const projections::Found<Row>& found, std::string_view unknown,
                    const wire::Opener* open = nullptr);
    template <class Row>
    static Read many(const projections::Paged<Row>& page, const wire::Opener* open = nullptr);

    Read availability(const Request& request) const;
    Read location(const Request& request) const;
    Read locations(const Request& request) const;
    Read reservation(const Request& request) const;
    Read movements(const Request& request) const;
    Read stock_totals(const Request& request) const;
    Read stock_movements(const Request& request) const;
    Read cart(const Request& request) const;
    Read order(const Request& request) const;
    Read orders(const Request& request) const;
    Read payment(const Request& request) const;
    Read fulfillment(const Request& request) const;
    Read fulfillments(const Request& request) const;
    Read sales(const Request& request) const;
    Read sales_totals(const Request& request) const;

    Core core_;
};

}  // namespace holdfast::http
