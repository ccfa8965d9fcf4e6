// The engine's metrics as Prometheus reads them.
//
// Source  the Prometheus text format, as prometheus-cpp writes it.
#pragma once

#include <string>

#include "engine/ports/metrics.h"

namespace holdfast::http {

constexpr std::string_view metrics_media_type = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_text(const Metrics& metrics);

}  // namespace holdfast::http
