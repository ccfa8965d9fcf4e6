// Figures: the year's table, as the engine answers for it and as the oracle computes it.
//
// Order   by name; a figure of a month is `2010-12.orders_accepted`, of all `totals.…`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/year/book.h"
#include "bench/year/client.h"

namespace holdfast::year {

using Figures = std::map<std::string, std::string>;
using OpeningStock = std::map<std::string, std::int64_t>;

// Waits until of all that was authorized what is to be captured is, the rest is voided, and what
// came back is refunded: what the orders' payments were asked for has ended. Waits for a SKU's
// units. Both end the program when that takes too long.
void wait_until_paid(Client& engine, std::int64_t authorized, std::int64_t returned);
void wait_until_available(Client& engine, const std::string& sku, std::int64_t units);

// Waits until nothing is reserved or committed and what was authorized is captured or voided.
void wait_until_settled(Client& engine);

// Read from the engine, but for what only the file knows: the opening, and the price of what came
// back without an order.
Figures figures_of_engine(Client& engine, const OpeningStock& opening, const Tally& tally);

// What tests/oracle/year_oracle.py prints.
struct OracleRun {
    std::string script, file, opening;
};
Figures figures_of_oracle(const OracleRun& run);

// Prints engine against oracle; whether all agree.
bool print_table(const Figures& engine, const Figures& oracle);

}  // namespace holdfast::year
