#include "bench/year/progress.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace holdfast::year {
namespace {

constexpr std::size_t bar_width = 40;

}  // namespace

Progress::Progress(std::size_t invoices) : invoices_(invoices), is_terminal_(isatty(2) == 1) {}

Progress::~Progress() {
    if (is_terminal_) fmt::print(stderr, "\n");
}

void Progress::reached(const std::string& date, std::size_t invoices) {
    const auto month = date.substr(0, 7);
    const bool is_end = invoices == invoices_;
    if (!is_terminal_ && month == month_ && !is_end) return;
    month_ = month;
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began_);
    const auto line = fmt::format("{}  {:>3} %  {:>6} of {} invoices  {:>4} s", date,
                                  invoices * 100 / invoices_, invoices, invoices_, seconds.count());
    if (is_terminal_)
        fmt::print(stderr, "\r{:=<{}}{:.<{}}  {}", "", invoices * bar_width / invoices_, "",
                   bar_width - invoices * bar_width / invoices_, line);
    else
        fmt::print(stderr, "{}\n", line);
}

}  // namespace holdfast::year
