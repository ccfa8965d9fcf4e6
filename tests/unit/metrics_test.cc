#include "engine/ports/metrics.h"

#include <gtest/gtest.h>

#include "engine/http/metrics_text.h"

namespace holdfast {
namespace {

TEST(Metrics, give_the_same_handle_for_the_same_name_and_labels) {
    Metrics metrics;
    auto& first = metrics.counter("a_total", "what a is", {{"k", "1"}});
    EXPECT_EQ(&first, &metrics.counter("a_total", "what a is", {{"k", "1"}}));
    EXPECT_NE(&first, &metrics.counter("a_total", "what a is", {{"k", "2"}}));
}
TEST(Metrics, are_read_by_prometheus) {
    Metrics metrics;
    metrics.counter("a_total", "What a is.", {{"k", "x\"y"}}).add(3);
    metrics.gauge("b", "What b is.").set(-2);
    metrics.counter("a_total", "What a is.", {{"k", "z"}}).add();
    auto& took = metrics.histogram("took_seconds", "How long.", latency_buckets);
    took.observe(50);
    took.observe(51);
    took.observe(20'000'000);
    const auto text = http::metrics_text(metrics);
    const std::string_view both_of_a =
        "# HELP a_total What a is.\n# TYPE a_total counter\na_total{k=\"x\\\"y\"} 3\n"
        "a_total{k=\"z\"} 1\n";
    const std::vector<std::string_view> expected{both_of_a,
                                                 "# TYPE b gauge\nb -2\n",
                                                 "took_seconds_count 3\n",
                                                 "took_seconds_sum 20.000101\n",
                                                 "took_seconds_bucket{le=\"5e-05\"} 1\n",
                                                 "took_seconds_bucket{le=\"0.0001\"} 2\n",
                                                 "took_seconds_bucket{le=\"10\"} 2\n",
                                                 "took_seconds_bucket{le=\"+Inf\"} 3\n"};
    for (const auto line : expected)
        EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
}

}  // namespace
}  // namespace holdfast
