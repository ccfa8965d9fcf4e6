// Core: what the routes of the engine itself work with, and do not own.
#pragma once

#include "engine/http/key_work.h"
#include "engine/ports/metrics.h"
#include "engine/runtime/engine.h"
#include "projections/views.h"

namespace holdfast::http {

struct Core {
    Engine& engine;
    projections::Projector& projector;
    const projections::Views& views;
    KeyStore& keys;  // to seal and open; what waits is for key_work
    KeyWork& key_work;
    Metrics& metrics;
};

}  // namespace holdfast::http
