// Loader: sends the year to an engine, day by day, as a shop would.
//
// Order      the opening; then of each day: its carts, then what touches stock in the file's order
//            (window.h), then its shipments; the next begins when the payments have ended.
// Invariant  which orders a cancellation meets follows from the engine's own answers.
#pragma once

#include <deque>
#include <optional>
#include <span>

#include "bench/year/bookmark.h"
#include "bench/year/figures.h"
#include "bench/year/requests.h"
#include "bench/year/window.h"

namespace holdfast::year {

struct Plan {
    std::vector<Place> engines;  // of one namespace: each takes its share of the requests
    std::size_t connections = 16;
    std::string bookmark;  // the file's path
    std::string load;      // Bookmark::load
};

class Loader {
public:
    Loader(const std::vector<Invoice>& year, const OpeningStock& opening, const Plan& plan);

    void run();
    const Book& book() const { return book_; }
    std::size_t orders() const { return sales_.size(); }

private:
    using Day = std::span<const Invoice>;

    void open();
    void take(Day day);
    std::vector<Operation> operations_of(Day day);
    void add_rows(const Invoice& invoice, std::vector<Operation>& to);
    void ship(std::size_t first_sale);
    void wait_until_paid();
    // In parallel, each until it is accepted; `not_yet` is the refusal that time heals.
    void send_all(const std::vector<Asking>& askings, std::string_view not_yet = {});

    void place(Sale& sale, Client* client);
    void give_back(const Spot& spot, const Row& row, Client* client);
    void adjust(const Spot& spot, const Row& row, Client* client);

    const std::vector<Invoice>& year_;
    const OpeningStock& opening_;
    Plan plan_;
    std::vector<Client> clients_;
    Book book_;
    Bookmark bookmark_;
    std::deque<Sale> sales_;
};

}  // namespace holdfast::year
