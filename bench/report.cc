#include "bench/report.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>

namespace holdfast::bench {

double percentile(std::vector<std::uint32_t>& samples_us, double share) {
    if (samples_us.empty()) return 0;
    const auto place = static_cast<std::size_t>(share * static_cast<double>(samples_us.size() - 1));
    std::ranges::nth_element(samples_us, samples_us.begin() + static_cast<std::ptrdiff_t>(place));
    return samples_us[place];
}

double own_peak_rss_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

double own_cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

ThreadTimes own_thread_times() {
    ThreadTimes times;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task"))
        if (double ns = 0; std::ifstream(thread.path() / "schedstat") >> ns)
            times[thread.path().filename()] = ns / 1e9;
    return times;
}

double busiest_thread_s(const ThreadTimes& before, const ThreadTimes& after) {
    double busiest = 0;
    for (const auto& [thread, seconds] : after) {
        const auto known = before.find(thread);
        busiest = std::max(busiest, seconds - (known == before.end() ? 0 : known->second));
    }
    return busiest;
}

void print(const Report& report, bool json) {
    std::vector<std::pair<std::string, double>> figures{{"rate_per_s", report.rate_per_s},
                                                        {"limit_per_s", report.limit_per_s},
                                                        {"p50_us", report.p50_us},
                                                        {"p99_us", report.p99_us},
                                                        {"peak_rss_mib", report.peak_rss_mib}};
    figures.insert(figures.end(), report.more.begin(), report.more.end());
    std::printf(json ? "{\"scenario\":\"%s\"" : "%s\n", report.scenario.c_str());
    for (const auto& [name, value] : figures)
        std::printf(json ? ",\"%s\":%.0f" : "  %-16s %14.0f\n", name.c_str(), value);
    std::printf(json ? "}\n" : "\n");
    std::fflush(stdout);
}

}  // namespace holdfast::bench
