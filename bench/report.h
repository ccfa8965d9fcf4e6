// Report: what a scenario measured, as a line for people or an object for programs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::bench {

struct Report {
    std::string scenario;
    double rate_per_s = 0;
    double limit_per_s = 0;  // what the same machine does without what is measured; 0: not asked
    double p50_us = 0, p99_us = 0;
    double peak_rss_mib = 0;
    std::vector<std::pair<std::string, double>> more;
};

void print(const Report& report, bool json);

// Sorts the samples.
double percentile(std::vector<std::uint32_t>& samples_us, double share);
// Of this process: the most memory it ever had, and the time its threads have spent by now.
double own_peak_rss_mib();
double own_cpu_s();
// The time each thread has spent by now, by its id; and what the one that spent most has since.
using ThreadTimes = std::map<std::string, double>;
ThreadTimes own_thread_times();
double busiest_thread_s(const ThreadTimes& before, const ThreadTimes& after);

}  // namespace holdfast::bench
