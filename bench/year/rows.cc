#include "bench/year/rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <unordered_map>

namespace holdfast::year {
namespace {

constexpr std::string_view columns =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
constexpr std::size_t columns_count = 8;
constexpr std::array<std::string_view, 3> shipping_codes{"POST", "DOT", "C2"};
constexpr std::array<std::string_view, 7> charge_codes{"M",         "D",   "S", "B", "BANK CHARGES",
                                                       "AMAZONFEE", "CRUK"};

std::int64_t integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [stopped, error] = std::from_chars(text.begin(), text.end(), number);
    if (error != std::errc() || stopped != text.end())
        stop("not a whole number: " + std::string(text));
    return number;
}

Kind kind_of(std::string_view sku) {
    if (std::ranges::find(shipping_codes, sku) != shipping_codes.end()) return Kind::shipping;
    if (std::ranges::find(charge_codes, sku) != charge_codes.end()) return Kind::charge;
    return sku.starts_with("GIFT_") ? Kind::voucher : Kind::goods;
}

// Pounds as decimal text to whole pence, rounded half up.
std::int64_t pence(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    const auto point = std::min(text.find('.'), text.size());
    auto fraction = std::string(text.substr(std::min(point + 1, text.size())));
    for (const char c : fraction)
        if (c < '0' || c > '9') stop("not a price: " + std::string(text));
    fraction.resize(std::max<std::size_t>(fraction.size(), 3), '0');
    const auto whole = integer(text.substr(0, point)) * 100 + integer(fraction.substr(0, 2)) +
                       (fraction[2] >= '5' ? 1 : 0);
    return is_negative ? -whole : whole;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string contents_of(const std::string& path) {
    if (!std::ifstream(path)) stop("cannot open " + path);
    std::string command = "cat '";
    if (path.contains('\'')) stop("a path with a quote: " + path);
    if (path.ends_with(".xz")) command = "xz -dc '";
    FILE* const pipe = popen((command + path + "'").c_str(), "r");
    if (!pipe) stop("cannot start xz");
    std::string text;
    std::array<char, 65536> some;
    while (const auto size = std::fread(some.data(), 1, some.size(), pipe))
        text.append(some.data(), size);
    if (pclose(pipe) != 0) stop("cannot read " + path);
    return text;
}

// One record after the other, its quotes removed (RFC 4180).
class Records {
public:
    explicit Records(std::string_view text) : rest_(text) {}
    bool next(std::vector<std::string>& fields) {
        if (rest_.empty()) return false;
        fields.assign(1, "");
        bool is_quoted = false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"' && is_quoted && rest_.starts_with('"')) {
                fields.back() += c;
                rest_.remove_prefix(1);
            } else if (c == '"') {
                is_quoted = !is_quoted;
            } else if (c == '\n' && !is_quoted) {
                break;
            } else if (c == ',' && !is_quoted) {
                fields.emplace_back();
            } else if (c != '\r' || is_quoted) {
                fields.back() += c;
            }
        }
        return true;
    }

private:
    std::string_view rest_;
};

Class class_of(const Invoice& invoice) {
    const auto all = [&](auto rule) { return std::ranges::all_of(invoice.rows, rule); };
    if (invoice.number.starts_with('A')) return Class::ledger;
    if (invoice.number.starts_with('C')) return Class::cancellation;
    if (all([](const Row& row) { return row.quantity < 0; })) return Class::stock_out;
    if (invoice.customer.empty() && all([](const Row& row) { return row.price == 0; }))
        return Class::stock_in;
    if (all([](const Row& row) { return row.kind == Kind::shipping || row.kind == Kind::charge; }))
        return Class::charge_only;
    return Class::order;
}

// What is sent out counts up and what comes back counts down; the rules know no mixture.
void check_signs(const Invoice& invoice) {
    if (invoice.is == Class::ledger || invoice.is == Class::charge_only) return;
    const bool is_up = invoice.is == Class::order || invoice.is == Class::stock_in;
    for (const auto& row : invoice.rows)
        if (row.quantity == 0 || (row.quantity > 0) != is_up || row.price < 0)
            stop("invoice " + invoice.number + ": no rule for its row of " + row.sku);
}

void take(std::vector<std::string>& fields, std::vector<Invoice>& year,
          std::unordered_map<std::string, std::size_t>& places) {
    if (fields.size() != columns_count) stop("a row has not eight fields");
    auto& customer = fields[6];
    if (customer.ends_with(".0")) customer.resize(customer.size() - 2);
    const auto [place, is_new] = places.try_emplace(fields[0], year.size());
    if (is_new) year.push_back({fields[0], fields[4], customer, fields[7], {}});
    auto& invoice = year[place->second];
    if (invoice.customer != customer || invoice.country != fields[7])
        stop("invoice " + invoice.number + " has two customers or two countries");
    if (fields[4].substr(0, 10) != invoice.date())
        stop("invoice " + invoice.number + " spans two days");
    auto sku = upper(fields[1]);
    const auto kind = kind_of(sku);
    invoice.rows.push_back({std::move(sku), integer(fields[3]), pence(fields[5]), kind});
}

}  // namespace

void stop(const std::string& why) {
    std::fprintf(stderr, "\nholdfast-year: %s\n", why.c_str());
    std::_Exit(2);  // other threads may wait for the engine
}

std::int64_t begin_of_day_ms(std::string_view date) {
    namespace chrono = std::chrono;
    const chrono::year_month_day day(
        chrono::year(static_cast<int>(integer(date.substr(0, 4)))),
        chrono::month(static_cast<unsigned>(integer(date.substr(5, 2)))),
        chrono::day(static_cast<unsigned>(integer(date.substr(8, 2)))));
    return chrono::milliseconds(chrono::sys_days(day).time_since_epoch()).count();
}

std::int64_t Invoice::time_ms() const {
    const auto at = [&](std::size_t from) {
        return integer(std::string_view(time).substr(from, 2));
    };
    return begin_of_day_ms(date()) + ((at(11) * 60 + at(14)) * 60 + at(17)) * 1000;
}

std::vector<Invoice> read_year(const std::string& path) {
    const auto text = contents_of(path);
    Records records(text);
    std::vector<std::string> fields;
    std::string head;
    if (records.next(fields))
        for (const auto& field : fields) head += (head.empty() ? "" : ",") + field;
    if (head != columns) stop("the first row must be " + std::string(columns));
    std::vector<Invoice> year;
    std::unordered_map<std::string, std::size_t> places;
    while (records.next(fields)) take(fields, year, places);
    for (std::size_t i = 0; i < year.size(); ++i) {
        if (i > 0 && year[i].date() < year[i - 1].date())
            stop("invoice " + year[i].number + " stands after a later day");
        year[i].is = class_of(year[i]);
        check_signs(year[i]);
    }
    return year;
}

Share share_from(std::string_view text) {
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
        const Share share{integer(text.substr(0, slash)), integer(text.substr(slash + 1))};
        if (share.numerator < 0 || share.denominator <= 0) stop("a share is not negative");
        return share;
    }
    const auto point = std::min(text.find('.'), text.size());
    auto digits = std::string(text.substr(0, point));
    Share share;
    if (point < text.size()) {
        digits += text.substr(point + 1);
        for (auto i = point + 1; i < text.size(); ++i) share.denominator *= 10;
    }
    if (digits.size() > 9) stop("a share has at most nine digits");
    share.numerator = integer(digits);
    if (share.numerator < 0) stop("a share is not negative");
    return share;
}

std::map<std::string, std::int64_t> opening_of(const std::vector<Invoice>& year, Share share) {
    std::map<std::string, std::int64_t> running, opening;
    for (const auto& invoice : year) {
        const bool is_down = invoice.is == Class::order || invoice.is == Class::stock_out;
        const bool is_up = invoice.is == Class::stock_in || invoice.is == Class::cancellation;
        for (const auto& row : invoice.rows) {
            if (row.kind != Kind::goods) continue;
            auto& sum = running[row.sku];
            auto& needed = opening[row.sku];
            const auto units = std::abs(row.quantity);
            sum += is_down ? -units : is_up ? units : 0;
            needed = std::max(needed, -sum);
        }
    }
    for (auto& [sku, units] : opening) units = units * share.numerator / share.denominator;
    return opening;
}

}  // namespace holdfast::year
