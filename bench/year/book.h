// Book: the orders that the engine accepted, as far as the rules for cancellations need them.
//
// Threading  by any thread; two operations that share a SKU come one after the other (window.h),
//            which is what keeps a line's figures to one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "bench/year/rows.h"

namespace holdfast::year {

// A line is a SKU at a price, quantities summed.
struct SoldLine {
    std::string sku;
    std::int64_t price;
    Kind kind;
    std::int64_t ordered = 0, cancelled = 0, returned = 0;

    std::string id() const;
    std::int64_t left() const { return ordered - cancelled - returned; }
};

struct Sale {
    const Invoice* invoice;
    std::int64_t shipping = 0;  // is no line but an amount
    std::vector<SoldLine> lines = {};
    bool is_accepted = false;

    std::int64_t total() const;
    bool is_cancelled_whole() const;
};
Sale sale_of(const Invoice& invoice);

// Of a row of a cancellation. Without a sale it met no order.
struct Part {
    const Sale* sale;
    const SoldLine* line;
    std::int64_t units;
    bool is_same_day;
};

struct Tally {
    std::int64_t adjustments_accepted = 0, adjustments_refused = 0, receipts = 0;
    struct Unmatched {
        std::int64_t units = 0, pence = 0;
    };
    std::map<std::string, Unmatched> unmatched = {};  // by month
};

class Book {
public:
    void accept(Sale& sale);
    void refuse(const std::string& operation);
    bool was_refused(const std::string& operation) const;

    // Takes the row's units off the orders that stand before it, the latest first.
    std::vector<Part> give_back(const Invoice& invoice, const Row& row);

    // Of a SKU, what the engine has available once it has heard of all that was told here.
    void move(const std::string& sku, std::int64_t units);
    std::int64_t available(const std::string& sku) const;

    void count_adjustment(bool is_accepted);
    void count_receipt();

    Tally tally() const;
    std::vector<std::string> refused() const;

private:
    using LineOf = std::tuple<std::string, std::string, std::int64_t>;  // customer, SKU, price

    mutable std::mutex mutex_;
    std::map<LineOf, std::vector<Sale*>> by_line_;  // in the file's order
    std::unordered_map<std::string, bool> refused_;
    std::unordered_map<std::string, std::int64_t> available_;
    Tally tally_;
};

}  // namespace holdfast::year
