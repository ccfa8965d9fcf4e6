#include "engine/http/metrics_text.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace holdfast::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricType read(const Counter& counter, ClientMetric& to) {
    to.counter.value = static_cast<double>(counter.value());
    return MetricType::Counter;
}

MetricType read(const Gauge& gauge, ClientMetric& to) {
    to.gauge.value = static_cast<double>(gauge.value());
    return MetricType::Gauge;
}

MetricType read(const Histogram& histogram, ClientMetric& to) {
    const auto [upper, per_unit] = histogram.buckets();
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= upper.size(); ++i) {
        so_far += histogram.count_in(i);
        const double bound = i < upper.size() ? static_cast<double>(upper[i]) / per_unit
                                              : std::numeric_limits<double>::infinity();
        to.histogram.bucket.push_back({so_far, bound});
    }
    to.histogram.sample_count = so_far;
    to.histogram.sample_sum = static_cast<double>(histogram.sum()) / per_unit;
    return MetricType::Histogram;
}

}  // namespace

std::string metrics_text(const Metrics& metrics) {
    std::vector<MetricFamily> families;
    metrics.each([&](const Metrics::Series& series) {
        auto family = std::ranges::find(families, series.name, &MetricFamily::name);
        if (family == families.end())
            family = families.insert(family, MetricFamily{series.name, series.help, {}, {}});
        ClientMetric& metric = family->metric.emplace_back();
        for (const MetricLabel& label : series.labels)
            metric.label.push_back({label.name, label.value});
        family->type =
            std::visit([&](const auto& value) { return read(value, metric); }, series.value);
    });
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families);
    return std::move(text).str();
}

}  // namespace holdfast::http
