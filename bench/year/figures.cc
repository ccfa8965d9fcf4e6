#include "bench/year/figures.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <simdjson.h>

#include "bench/year/rows.h"

namespace holdfast::year {
namespace {

using simdjson::dom::element;

constexpr auto settles_within = std::chrono::seconds(60);
constexpr auto settle_pause = std::chrono::milliseconds(50);
constexpr auto look_pause = std::chrono::milliseconds(5);

std::int64_t number_in(element row, std::string_view field) {
    std::int64_t number = 0;
    if (row[field].get(number) != simdjson::SUCCESS)
        stop(fmt::format("the engine's {} has no number {}", simdjson::minify(row), field));
    return number;
}
std::string text_in(element row, std::string_view field) {
    std::string_view text;
    if (row[field].get(text) != simdjson::SUCCESS) return {};
    return std::string(text);
}

// Every row of a list, page by page.
void each_row(Client& engine, const std::string& path, const std::function<void(element)>& visit) {
    std::string cursor;
    do {
        const auto mark = path.find('?') == std::string::npos ? '?' : '&';
        const auto target = cursor.empty() ? path : path + mark + "cursor=" + cursor;
        const auto answer = engine.get(target);
        simdjson::dom::parser parser;
        element page;
        simdjson::dom::array items;
        if (answer.status != 200 || parser.parse(answer.body).get(page) != simdjson::SUCCESS ||
            page["items"].get(items) != simdjson::SUCCESS)
            stop(fmt::format("GET {} was answered {}: {}", target, answer.status,
                             answer.body.substr(0, 500)));
        for (const element row : items) visit(row);
        cursor = text_in(page, "next");
    } while (!cursor.empty());
}

std::string digest(std::vector<std::string> lines) {
    std::ranges::sort(lines);
    std::string text;
    for (const auto& line : lines) text += line;
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1)
        stop("SHA-256 is not to be had");
    return fmt::format("{:02x}", fmt::join(hash.begin(), hash.begin() + size, ""));
}

struct Counters {
    std::int64_t on_hand = 0, reserved = 0, committed = 0;
};
using Stock = std::map<std::string, Counters>;

Counters counters_in(element row) {
    Counters counters;
    simdjson::dom::array shelves;
    if (row["locations"].get(shelves) != simdjson::SUCCESS) return counters;
    for (const element shelf : shelves) {
        counters.on_hand += number_in(shelf, "on_hand");
        counters.reserved += number_in(shelf, "reserved");
        counters.committed += number_in(shelf, "committed");
    }
    return counters;
}

Stock stock_in(Client& engine) {
    Stock stock;
    each_row(engine, "/v1/availability?limit=1000",
             [&](element row) { stock[text_in(row, "sku")] = counters_in(row); });
    return stock;
}

// What the table has, and what a row of the engine's sales calls it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> of_sales{{
    {"orders_accepted", "orders"},
    {"orders_refused", "refused"},
    {"lines", "lines"},
    {"goods_units", "units"},
    {"order_total_pence", "total"},
    {"cancelled_units", "cancelled_units"},
    {"cancelled_pence", "cancelled"},
    {"returned_units", "returned_units"},
    {"returned_pence", "returned"},
}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> of_totals{{
    {"authorized_pence", "authorized"},
    {"captured_pence", "captured"},
    {"voided_pence", "voided"},
    {"refunded_pence", "refunded"},
    {"shipments", "shipments"},
}};

using Sums = std::map<std::string, std::int64_t>;

void add_totals(Client& engine, Sums& to) {
    each_row(engine, "/v1/sales/totals", [&](element row) {
        for (const auto& [name, field] : of_totals) to[std::string(name)] += number_in(row, field);
    });
}

void add_sales(Client& engine, const Tally& tally, Sums& to) {
    each_row(engine, "/v1/sales?by=month&limit=1000", [&](element row) {
        const auto month = text_in(row, "group");
        for (const auto& [name, field] : of_sales) {
            to[fmt::format("{}.{}", month, name)] += number_in(row, field);
            to[fmt::format("totals.{}", name)] += number_in(row, field);
        }
        to[month + ".unmatched_units"] += 0;
        const auto pence = tally.unmatched.find(month);
        const auto sum = pence == tally.unmatched.end() ? 0 : pence->second.pence;
        to[month + ".unmatched_pence"] += sum;
        to["totals.unmatched_pence"] += sum;
    });
    add_totals(engine, to);
}

void add_movements(Client& engine, Sums& to) {
    for (const auto* name :
         {"receipts", "adjustments_accepted", "adjustments_refused", "totals.unmatched_units"})
        to[name] += 0;
    each_row(engine, "/v1/stock/movements?limit=1000", [&](element row) {
        const auto reason = text_in(row, "reason");
        if (reason == "stock_in") to["receipts"] += number_in(row, "movements");
        if (reason == "stock_out") {
            to["adjustments_accepted"] += number_in(row, "movements");
            to["adjustments_refused"] += number_in(row, "refused");
        }
        if (reason == "unmatched_return") {
            to[text_in(row, "month") + ".unmatched_units"] += number_in(row, "units_in");
            to["totals.unmatched_units"] += number_in(row, "units_in");
        }
    });
}

// invoice,units,total,cancelled,returned: units with vouchers, the last two of goods.
std::string line_of_order(element order) {
    std::int64_t units = 0, cancelled = 0, returned = 0;
    simdjson::dom::array lines;
    if (order["lines"].get(lines) == simdjson::SUCCESS)
        for (const element line : lines) {
            const bool is_goods = !line["untracked"].get_bool().value_unsafe();
            if (is_goods || text_in(line, "sku").starts_with("GIFT_"))
                units += number_in(line, "quantity");
            if (!is_goods) continue;
            cancelled += number_in(line, "amount_cancelled");
            returned += number_in(line, "amount_returned");
        }
    return fmt::format("{},{},{},{},{}\n", text_in(order, "order"), units,
                       number_in(order, "total"), cancelled, returned);
}

bool was_accepted(const std::string& state) {
    return state == "confirmed" || state == "completed" || state == "cancelled";
}

void flatten(const std::string& prefix, simdjson::dom::object from, Figures& to) {
    for (const auto [name, value] : from) {
        simdjson::dom::object inside;
        std::string_view text;
        const auto full = prefix + std::string(name);
        if (value.get(inside) == simdjson::SUCCESS)
            flatten(name == "months" ? "" : full + ".", inside, to);
        else if (value.get(text) == simdjson::SUCCESS)
            to[full] = text;
        else
            to[full] = simdjson::minify(value);
    }
}

std::string output_of(const std::string& command) {
    FILE* const pipe = popen(command.c_str(), "r");
    if (!pipe) stop("cannot start: " + command);
    std::string text;
    std::array<char, 4096> some;
    while (const auto size = std::fread(some.data(), 1, some.size(), pipe))
        text.append(some.data(), size);
    if (pclose(pipe) != 0) stop("failed: " + command);
    return text;
}

// Until it says that it is so; what is waited for, as an error would have it.
void wait_until(const std::function<bool()>& is_so, const std::string& what) {
    const auto until = std::chrono::steady_clock::now() + settles_within;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > until)
            stop(fmt::format("after {} s, {}", settles_within.count(), what));
        std::this_thread::sleep_for(look_pause);
    }
}

}  // namespace

void wait_until_paid(Client& engine, std::int64_t authorized, std::int64_t returned) {
    wait_until(
        [&] {
            Sums sums;
            add_totals(engine, sums);
            const auto ended = sums["captured_pence"] + sums["voided_pence"];
            // More, when it has had some of what is told before.
            return sums["authorized_pence"] >= authorized && ended == sums["authorized_pence"] &&
                   sums["refunded_pence"] >= returned;
        },
        fmt::format("{} pence are not captured or voided, or {} not refunded", authorized,
                    returned));
}

void wait_until_available(Client& engine, const std::string& sku, std::int64_t units) {
    wait_until(
        [&] {
            std::int64_t found = 0;
            each_row(engine, "/v1/availability?sku=" + sku, [&](element row) {
                const auto counters = counters_in(row);
                found += counters.on_hand - counters.reserved - counters.committed;
            });
            return found == units;
        },
        fmt::format("not {} units of {} are available", units, sku));
}

void wait_until_settled(Client& engine) {
    const auto until = std::chrono::steady_clock::now() + settles_within;
    while (true) {
        Sums sums;
        std::int64_t returned = 0;
        each_row(engine, "/v1/sales/totals", [&](element row) {
            for (const auto& [name, field] : of_totals)
                sums[std::string(name)] += number_in(row, field);
            returned += number_in(row, "returned");
        });
        std::int64_t held = 0;
        for (const auto& [sku, counters] : stock_in(engine))
            held += counters.reserved + counters.committed;
        const auto open = sums["authorized_pence"] - sums["captured_pence"] - sums["voided_pence"];
        const auto owed = returned - sums["refunded_pence"];
        if (held == 0 && open == 0 && owed == 0) return;
        if (std::chrono::steady_clock::now() > until) {
            fmt::print(stderr,
                       "holdfast-year: not settled after {} s: {} units held, {} pence authorized "
                       "and neither captured nor voided, {} pence not refunded\n",
                       settles_within.count(), held, open, owed);
            return;
        }
        std::this_thread::sleep_for(settle_pause);
    }
}

Figures figures_of_engine(Client& engine, const OpeningStock& opening, const Tally& tally) {
    Sums sums;
    add_sales(engine, tally, sums);
    add_movements(engine, sums);
    for (const auto& [sku, units] : opening) {
        sums["opening_units"] += units;
        sums["opening_skus"] += units > 0 ? 1 : 0;
    }
    auto stock = stock_in(engine);
    std::vector<std::string> stock_lines, order_lines;
    for (const auto& [sku, counters] : stock) {
        sums["final_on_hand"] += counters.on_hand;
        sums["final_reserved"] += counters.reserved;
        sums["final_committed"] += counters.committed;
    }
    for (const auto& [sku, units] : opening)
        stock_lines.push_back(fmt::format("{},{},{}\n", sku, units, stock[sku].on_hand));
    each_row(engine, "/v1/orders?limit=200", [&](element order) {
        if (was_accepted(text_in(order, "state"))) order_lines.push_back(line_of_order(order));
    });
    Figures figures;
    for (const auto& [name, sum] : sums) figures[name] = std::to_string(sum);
    figures["orders_sha256"] = digest(std::move(order_lines));
    figures["stock_sha256"] = digest(std::move(stock_lines));
    return figures;
}

Figures figures_of_oracle(const OracleRun& run) {
    const auto text = output_of(fmt::format("python3 -B '{}' --json --opening '{}' --file '{}'",
                                            run.script, run.opening, run.file));
    simdjson::dom::parser parser;
    simdjson::dom::object table;
    if (parser.parse(text).get(table) != simdjson::SUCCESS) stop("the oracle printed no JSON");
    Figures figures;
    flatten("", table, figures);
    return figures;
}

bool print_table(const Figures& engine, const Figures& oracle) {
    std::map<std::string, std::pair<std::string, std::string>> rows;
    for (const auto& [name, value] : engine) rows[name].first = value;
    for (const auto& [name, value] : oracle) rows[name].second = value;
    std::size_t differing = 0;
    fmt::print("{:30}{:>20}{:>20}\n", "figure", "engine", "oracle");
    for (const auto& [name, values] : rows) {
        const bool is_same = values.first == values.second;
        differing += is_same ? 0 : 1;
        const auto verdict = is_same ? "ok" : "DIFFERS";
        if (std::max(values.first.size(), values.second.size()) > 20)
            fmt::print("{:<14}  {}\n{:<14}  {}  {}\n", name, values.first, "", values.second,
                       verdict);
        else
            fmt::print("{:30}{:>20}{:>20}  {}\n", name, values.first, values.second, verdict);
    }
    fmt::print("{} figures, {}\n", rows.size(),
               differing == 0 ? "all the same" : fmt::format("{} DIFFER", differing));
    return differing == 0;
}

}  // namespace holdfast::year
