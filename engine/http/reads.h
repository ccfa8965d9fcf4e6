// Reads: every GET over the read models.
//
// Order      with `wait_for`, a read sees what the token stands for, or says that it does not yet.
// Lifetime   longer than the Server that calls its rows' handlers; shorter than what Core names.
// Threading  any thread.
// Limits     a page has up to 1,000 rows; 100 SKUs are named at once.
#pragma once

#include "engine/http/core.h"
#include "engine/http/router.h"

namespace holdfast::http {

class Reads {
public:
    explicit Reads(const Core& core) : core_(core) {}

    std::vector<Row> rows();

private:
    using Read = std::expected<Response, Problem>;
    // A list comes in pages; what has no version of its own has a tag only where a cache may help.
    enum class Shape : std::uint8_t { document, document_without_tag, page, page_with_tag };
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
