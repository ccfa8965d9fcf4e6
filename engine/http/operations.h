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

std::vector<Row> operations(const Metrics& metrics, WaitsFor waits_for);

}  // namespace holdfast::http
