// Progress: how far the load is, on stderr: one changing line on a terminal, else a line a month.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace holdfast::year {

class Progress {
public:
    explicit Progress(std::size_t invoices);
    ~Progress();
    Progress(const Progress&) = delete;
    void reached(const std::string& date, std::size_t invoices);

private:
    std::size_t invoices_;
    bool is_terminal_;
    std::string month_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace holdfast::year
