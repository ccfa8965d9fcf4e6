// What operators and their tools ask: is it alive, is it ready, what has it counted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/http/router.h"
#include "engine/ports/metrics.h"

namespace holdfast::http {

// What a request must still wait for before the engine can serve it, as a sentence; empty: nothing.
using WaitsFor = std::function<std::string()>;

// `measure` brings the gauges up to date before they are read.
std::vector<Row> operations(const Metrics& metrics, WaitsFor waits_for,
                            std::function<void()> measure);

}  // namespace holdfast::http
