// Rows: the year's file as invoices, by the rules of docs/year.md.
//
// Order      invoices stand where their first rows stand, rows as in the file.
// Errors     a row that the rules have no answer for ends the program: it is never guessed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::year {

enum class Kind : std::uint8_t { goods, voucher, shipping, charge };
enum class Class : std::uint8_t { ledger, cancellation, stock_out, stock_in, charge_only, order };

struct Row {
    std::string sku;
    std::int64_t quantity, price;  // pence
    Kind kind;
};

struct Invoice {
    std::string number;
    std::string time;      // "2010-12-01 08:26:00", UTC
    std::string customer;  // empty: a guest
    std::string country;
    std::vector<Row> rows;
    Class is = Class::order;

    std::string date() const { return time.substr(0, 10); }
    std::string month() const { return time.substr(0, 7); }
    std::int64_t time_ms() const;
};

// Of a date like 2010-12-01.
std::int64_t begin_of_day_ms(std::string_view date);

// Reads CSV, packed with xz when the name says so.
std::vector<Invoice> read_year(const std::string& path);

// A share of the opening, exactly.
struct Share {
    std::int64_t numerator = 1, denominator = 1;
};
Share share_from(std::string_view text);

// The smallest opening of each goods SKU with which it never goes below 0, times the share.
std::map<std::string, std::int64_t> opening_of(const std::vector<Invoice>& year, Share share);

// Ends the program: what it was about cannot be done.
[[noreturn]] void stop(const std::string& why);

}  // namespace holdfast::year
