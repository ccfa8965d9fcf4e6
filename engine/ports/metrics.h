// Metrics: what the engine counts, by name and labels, for whoever reads it.
//
// Lifetime   a handle lives as long as the Metrics it came from: get it once, keep it.
// Threading  any thread. Counting is one relaxed atomic add, without a lock; asking for a handle
//            and reading take a lock.
// Limits     names and labels come from the code, never from a request, so their number is fixed.
// Errors     none: one name as two kinds is impossible (assert).
#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holdfast {

class Counter {
public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

class Gauge {
public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t change) { value_.fetch_add(change, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_ = 0;
};

// The upper bounds of a histogram's buckets, ascending, in whole units; `per_unit` of them make one
// of the unit that readers expect (1,000,000 microseconds a second).
struct Buckets {
    std::span<const std::uint64_t> upper;
    std::uint32_t per_unit = 1;
};

inline constexpr std::array<std::uint64_t, 17> latencies_us{
    50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
inline constexpr Buckets latency_buckets{latencies_us, 1'000'000};
inline constexpr std::array<std::uint64_t, 14> powers_of_two{
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1'024, 2'048, 4'096, 8'192};
inline constexpr Buckets count_buckets{powers_of_two, 1};

class Histogram {
public:
    explicit Histogram(Buckets buckets) : buckets_(buckets), counts_(buckets.upper.size() + 1) {}

    void observe(std::uint64_t value) {
        std::size_t place = 0;
        while (place < buckets_.upper.size() && value > buckets_.upper[place]) ++place;
        counts_[place].add();
        sum_.add(value);
    }
    const Buckets& buckets() const { return buckets_; }
    std::uint64_t count_in(std::size_t bucket) const { return counts_[bucket].value(); }
    std::uint64_t sum() const { return sum_.value(); }

private:
    Buckets buckets_;
    std::vector<Counter> counts_;  // one more than the bounds: what lies above all of them
    Counter sum_;
};

struct MetricLabel {
    std::string name;
    std::string value;
    friend bool operator==(const MetricLabel&, const MetricLabel&) = default;
};
using Labels = std::vector<MetricLabel>;

class Metrics {
public:
    struct Series {
        template <class Kind, class... Made>
        Series(std::string_view of, std::string_view says, Labels with,
               std::in_place_type_t<Kind> as, Made... made)
            : name(of), help(says), labels(std::move(with)), value(as, made...) {}
        std::string name;
        std::string help;
        Labels labels;
        std::variant<Counter, Gauge, Histogram> value;
    };

    Counter& counter(std::string_view name, std::string_view help, Labels labels = {}) {
        return handle<Counter>(name, help, std::move(labels));
    }
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {}) {
        return handle<Gauge>(name, help, std::move(labels));
    }
    Histogram& histogram(std::string_view name, std::string_view help, Buckets buckets,
                         Labels labels = {}) {
        return handle<Histogram>(name, help, std::move(labels), buckets);
    }

    // Every series, in the order in which they were first asked for.
    template <class Visit> void each(Visit visit) const {
        const std::scoped_lock lock(mutex_);
        for (const Series& series : series_) visit(series);
    }

private:
    template <class Kind, class... Made>
    Kind& handle(std::string_view name, std::string_view help, Labels labels, Made... made) {
        const std::scoped_lock lock(mutex_);
        for (Series& series : series_) {
            if (series.name != name) continue;
            assert(std::holds_alternative<Kind>(series.value));
            if (series.labels == labels) return std::get<Kind>(series.value);
        }
        return std::get<Kind>(
            series_.emplace_back(name, help, std::move(labels), std::in_place_type<Kind>, made...)
                .value);
    }

    mutable std::mutex mutex_;
    std::deque<Series> series_;  // never moves what it holds
};

}  // namespace holdfast
