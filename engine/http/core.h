// Core: what the routes of the engine itself work with, and do not own.
#pragma once

#include "engine/ports/key_store.h"
#include "engine/ports/metrics.h"
#include "engine/runtime/engine.h"
#include "projections/views.h"

namespace holdfast::http {

struct Core {
    Engine& engine;
    projections::Projector& projector;
    const projections::Views& views;
    KeyStore& keys;
    Metrics& metrics;
};

}  // namespace holdfast::http
